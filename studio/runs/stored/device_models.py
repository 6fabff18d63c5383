"""The trained models of a comparison that can be written as C, with examples to score them."""

from dataclasses import dataclass

from studio.core.arrays import Floats
from studio.core.errors import UserError
from studio.core.results.c_refusals import why_no_c
from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.models import raw_sequences, stored_model
from studio.sessions import SessionFile

_EXAMPLES = 128


@dataclass(frozen=True, eq=False)
class DeviceModel:
    """The best run of a contender by validation, with its test set.

    Attributes:
        model: The model; its test set is None where the data cannot be read.
        sequences: Examples in their own units, each (time, channels).
    """

    model: TrainedModel
    sequences: tuple[Floats, ...]


def device_models(session: SessionFile, comparison: int) -> dict[str, DeviceModel | str]:
    """For each contender that can be written as C its model, or why there is none, a clause."""
    history = session.history(comparison)
    found: dict[str, DeviceModel | str] = {}
    for contender in history.contenders:
        if why_no_c(contender.spec, history.preprocessing):
            continue
        try:
            model = stored_model(session, comparison, contender.name)
            raw = raw_sequences(session, comparison, _EXAMPLES, model.run.fold_id)
        except UserError as error:
            found[contender.name] = error.what
        else:
            found[contender.name] = DeviceModel(model.scored_on(raw.test), raw.sequences)
    return found

"""The loss that the training settings choose, as the preprocessing keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from studio.core.errors import SpecError
from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.examples import PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.training_spec import LossName, TrainingSpec

_OF_NUMBERS: tuple[LossName, ...] = ("squared", "absolute", "huber", "quantiles")
_OF_CLASSES: tuple[LossName, ...] = ("cross-entropy", "label-smoothing", "focal")


def with_chosen_loss(prepared: PreparedTask, training: TrainingSpec) -> PreparedTask:
    """The task with the loss of the training settings, where it is not the usual one.

    Raises:
        SpecError: The loss does not fit the task.
    """
    name = training.loss
    if name is None:
        return prepared
    allowed = _losses_of(prepared.preprocessing)
    if name not in allowed:
        raise SpecError(
            f"the loss {name} does not fit the task {prepared.preprocessing.kind}",
            field="loss",
            remedy=f"Choose one of {', '.join(allowed)}" if allowed else "Leave the loss out",
        )
    chosen = _CHOSEN[name](training) if name in _CHOSEN else None
    preprocessing = prepared.preprocessing.model_copy(update={"chosen_loss": chosen})
    return replace(prepared, preprocessing=preprocessing)


def _losses_of(preprocessing: Preprocessing) -> tuple[LossName, ...]:
    if preprocessing.kind == "next-step":
        return ()
    return _OF_NUMBERS if preprocessing.outcomes is None else _OF_CLASSES


_CHOSEN: Mapping[LossName, Callable[[TrainingSpec], ChosenLoss]] = MappingProxyType(
    {
        "absolute": lambda _: ChosenLoss(name="mae"),
        "huber": lambda training: ChosenLoss(name="huber", delta=training.huber_delta),
        "quantiles": lambda training: ChosenLoss(name="pinball", quantiles=training.quantiles),
        "label-smoothing": lambda training: ChosenLoss(
            name="label-smoothing", smoothing=training.label_smoothing
        ),
        "focal": lambda training: ChosenLoss(name="focal", gamma=training.focal_gamma),
    }
)
"""The others are the usual ones."""

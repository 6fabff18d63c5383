"""Text that the trained networks of a comparison write."""

from collections.abc import Sequence

import numpy as np

from studio.core.errors import SessionError, SpecError
from studio.core.model import TrainedModel
from studio.core.preparation import Preparation
from studio.core.sampling import SamplingSpec, WrittenText
from studio.data.symbols import cut, joined
from studio.runs.compute import Compute
from studio.runs.models import stored_model
from studio.sessions import SessionFile

_LINE_ENDS = ("\n", "\\x0a")
_OTHER, _COMMONEST = 0, 1


def can_write(preparation: Preparation) -> bool:
    """Whether models of a task say which symbol follows, and so can write."""
    return preparation.kind == "next-token"


def models_that_write(session: SessionFile, comparison: int) -> list[TrainedModel]:
    """Each contender's model of the best run and epoch so far, where one has finished.

    Raises:
        SessionError: No epoch of any contender has finished.
    """
    contenders = session.history(comparison).contenders
    begun = [each for each in contenders if any(run.best_epoch for run in each.runs)]
    if not begun:
        raise SessionError(
            "no epoch has finished yet", remedy="Wait for the first epoch, or train the networks"
        )
    return [stored_model(session, comparison, each.name) for each in begun]


def write_texts(models: Sequence[TrainedModel], spec: SamplingSpec) -> list[WrittenText]:
    """What each model writes, all with the same random numbers; on the compute thread.

    Raises:
        SpecError: The task is not next-token.
    """
    return [_write(model, spec) for model in models]


def sample_model(model: TrainedModel, spec: SamplingSpec, compute: Compute) -> WrittenText:
    """What a model writes, computed on the compute thread.

    Raises:
        SpecError: The task is not next-token.
    """
    return compute.submit(lambda: _write(model, spec)).result()


def _write(model: TrainedModel, spec: SamplingSpec) -> WrittenText:
    from studio.nn.rebuilding import rebuild  # noqa: PLC0415 - imports torch
    from studio.nn.sampling import sample_codes  # noqa: PLC0415 - likewise

    preparation = model.preparation
    if not can_write(preparation):
        raise SpecError(
            f"a network writes where the task is next-token, and this one's is {preparation.kind}",
            where=model.contender.name,
            remedy="Choose a comparison of a text",
        )
    codes, unknown = prompt_codes(spec.prompt, preparation)
    network = rebuild(model.contender, preparation, model.weights)
    draws = np.random.default_rng(spec.draw).random(spec.length)
    found = sample_codes(network, preparation, codes, draws, spec.temperature)
    symbols = preparation.outcomes or ()
    text = joined([symbols[code] for code in found], preparation.tokens or "characters")
    return WrittenText(model.run, model.epoch, text, unknown)


def prompt_codes(prompt: str, preparation: Preparation) -> tuple[list[int], tuple[str, ...]]:
    """A prompt as codes, and its symbols that are not in the vocabulary.

    Without a prompt the network reads a line end where there is one, else the commonest symbol.
    What is not in the vocabulary is read as "another symbol"; letters of an alphabet may be small,
    and those outside it are left out.
    """
    symbols = preparation.outcomes or ()
    code_of = {symbol: code for code, symbol in enumerate(symbols)}
    tokens = cut(prompt, preparation.tokens or "characters")
    if preparation.vocabulary is None:
        tokens = [token.upper() for token in tokens]
    unknown = tuple(dict.fromkeys(token for token in tokens if token not in code_of))
    if preparation.vocabulary is None:
        tokens = [token for token in tokens if token in code_of]
    codes = [code_of.get(token, _OTHER) for token in tokens]
    if not codes:
        line_end = next((code_of[each] for each in _LINE_ENDS if each in code_of), None)
        first = min(_COMMONEST, len(symbols) - 1)
        codes = [first if line_end is None else line_end]
    return codes, unknown

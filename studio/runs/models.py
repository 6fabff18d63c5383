"""Trained models out of a session: which run, which epoch, its gates."""

from dataclasses import dataclass

from studio.core.arrays import Floats
from studio.core.errors import SessionError
from studio.core.events import Trace
from studio.core.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec
from studio.runs.compute import Compute
from studio.runs.restoring import restore_task
from studio.sessions import SessionFile


@dataclass(frozen=True)
class StoredModel:
    """A network of a session at one epoch, before it is built.

    Attributes:
        contender: Its settings.
        preparation: What feeds it and reads its answer.
        run: The run that it comes from.
        epoch: After which epoch.
        weights: Safetensors bytes.
    """

    contender: ContenderSpec
    preparation: Preparation
    run: RunHistory
    epoch: int
    weights: bytes


def find_contender(history: ComparisonHistory, name: str) -> ContenderHistory:
    """A contender by its name, letter case aside.

    Raises:
        SessionError: There is none; the message names those that there are.
    """
    try:
        return history.contender(name)
    except KeyError:
        known = ", ".join(contender.name for contender in history.contenders)
        raise SessionError(
            f"there is no contender {name!r}", remedy=f"Choose one of: {known}"
        ) from None


def find_run(contender: ContenderHistory, seed: int | None) -> RunHistory:
    """The run of a seed, or without one the best by validation (the first without validation).

    Raises:
        SessionError: No such run has a finished epoch.
    """
    usable = [run for run in contender.runs if run.best_epoch]
    if seed is not None:
        usable = [run for run in usable if run.run.seed == seed]
    if not usable:
        which = f"seed {seed} of {contender.name}" if seed is not None else contender.name
        raise SessionError(
            f"{which} has no finished epoch", remedy="Train it first, or choose another seed"
        )
    return min(usable, key=_validation_loss)


def _validation_loss(run: RunHistory) -> float:
    best = next(record for record in run.epochs if record.epoch == run.best_epoch)
    return 0.0 if best.validation_loss is None else best.validation_loss


def stored_model(
    session: SessionFile,
    comparison: int,
    name: str,
    seed: int | None = None,
    epoch: int | None = None,
) -> StoredModel:
    """A contender's model; without an epoch the one whose weights were kept.

    Raises:
        SessionError: There is no such contender, run or kept epoch.
    """
    history = session.history(comparison)
    contender = find_contender(history, name)
    if epoch == 0:
        run = contender.run(seed) if seed is not None else contender.runs[0]
        chosen = 0
    else:
        run = find_run(contender, seed)
        chosen = epoch if epoch is not None else run.best_epoch or 0
    weights = session.weights(comparison, run.run, chosen)
    return StoredModel(contender.spec, history.preparation, run, chosen, weights)


def stored_sequence(session: SessionFile, comparison: int, part: str, index: int) -> Floats:
    """The scaled input of an example, from those kept in the session or from the dataset.

    Returns:
        (time, channels) float32.

    Raises:
        SessionError: The part has no such example.
        DatasetError: The example is not kept in the session and the data cannot be read.
    """
    history = session.history(comparison)
    count = history.part_sizes[part]
    if not 0 <= index < count:
        raise SessionError(
            f"the {part} part has no example {index}",
            remedy=f"Choose one from 0 to {count - 1}" if count else "Choose another part",
        )
    for kept in session.examples(comparison):
        if (kept.part, kept.index) == (part, index):
            return kept.inputs
    restored = restore_task(history, session.dataset(comparison), str(session.path))
    return restored.task.parts[part].sequence(index)


def trace_model(model: StoredModel, sequence: Floats, compute: Compute) -> Trace:
    """Gates and states of an example, computed on the compute thread."""

    def job() -> Trace:
        from studio.nn.rebuilding import rebuild  # noqa: PLC0415 - imports torch
        from studio.nn.tracing import trace_network  # noqa: PLC0415 - imports torch

        network = rebuild(model.contender, model.preparation, model.weights)
        return trace_network(network, sequence)

    return compute.submit(job).result()

"""Trained models out of a session: which run, which epoch, its gates."""

from itertools import islice

from studio.core.arrays import Floats
from studio.core.errors import DatasetError, SessionError
from studio.core.events import Trace
from studio.core.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.model import TrainedModel
from studio.runs.compute import Compute
from studio.runs.restoring import restore_task
from studio.sessions import SessionFile


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
        SessionError: There is no such run, or none has a finished epoch.
    """
    usable = [run for run in _of_seed(contender, seed) if run.best_epoch]
    if not usable:
        which = f"seed {seed} of {contender.name}" if seed is not None else contender.name
        raise SessionError(
            f"{which} has no finished epoch", remedy="Train it first, or choose another seed"
        )
    return min(usable, key=_validation_loss)


def _of_seed(contender: ContenderHistory, seed: int | None) -> list[RunHistory]:
    """The run of a seed, or without one all."""
    runs = [run for run in contender.runs if seed is None or run.run.seed == seed]
    if not runs:
        known = ", ".join(str(run.run.seed) for run in contender.runs)
        raise SessionError(
            f"there is no seed {seed} of {contender.name}", remedy=f"Choose one of: {known}"
        )
    return runs


def _validation_loss(run: RunHistory) -> float:
    best = next(record for record in run.epochs if record.epoch == run.best_epoch)
    return 0.0 if best.validation_loss is None else best.validation_loss


def stored_model(
    session: SessionFile,
    comparison: int,
    name: str,
    seed: int | None = None,
    epoch: int | None = None,
) -> TrainedModel:
    """A contender's model; without an epoch the one whose weights were kept.

    Raises:
        SessionError: There is no such contender, run or kept epoch.
    """
    history = session.history(comparison)
    contender = find_contender(history, name)
    if epoch == 0:
        run = _of_seed(contender, seed)[0]
        chosen = 0
    else:
        run = find_run(contender, seed)
        chosen = epoch if epoch is not None else run.best_epoch or 0
    weights = session.weights(comparison, run.run, chosen)
    scored = run.result is not None and run.result.kept_epoch == chosen
    return TrainedModel(
        contender=contender.spec,
        preparation=history.preparation,
        run=run.run,
        epoch=chosen,
        weights=weights,
        scores=run.result.scores if run.result and scored else {},
        dataset_name=history.dataset_name,
    )


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


def raw_sequences(session: SessionFile, comparison: int, most: int) -> tuple[Floats, ...]:
    """Real examples in their own units to check an export with, of the test part first.

    Takes the dataset where it can be found, and what the session keeps where not.

    Returns:
        Up to `most` arrays of (time, channels), float32.
    """
    history = session.history(comparison)
    try:
        task = restore_task(history, session.dataset(comparison), str(session.path)).task
    except DatasetError:
        scaled = [kept.inputs for kept in session.examples(comparison)]
    else:
        parts = (task.test, task.validation, task.training)
        numbered = ((part, index) for part in parts for index in range(len(part)))
        scaled = [part.sequence(index) for part, index in islice(numbered, most)]
    return tuple(history.preparation.input_scaler.undo(each) for each in scaled[:most])


def traced(model: TrainedModel, sequence: Floats) -> Trace:
    """Gates and states of an example; to be called in the compute thread."""
    from studio.nn.rebuilding import rebuild  # noqa: PLC0415 - imports torch
    from studio.nn.tracing import trace_network  # noqa: PLC0415 - imports torch

    network = rebuild(model.contender, model.preparation, model.weights)
    return trace_network(network, sequence)


def trace_model(model: TrainedModel, sequence: Floats, compute: Compute) -> Trace:
    """Gates and states of an example, computed on the compute thread."""
    return compute.submit(lambda: traced(model, sequence)).result()

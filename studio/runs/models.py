"""Trained models out of a session: which run, which epoch, its gates."""

from itertools import islice

from studio.core.arrays import Floats
from studio.core.division import Division
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


def find_run(
    contender: ContenderHistory, seed: int | None, division: Division | None = None
) -> RunHistory:
    """The run of a seed and division, or the best of all by validation (else the first).

    Raises:
        SessionError: There is no such run, or none has a finished epoch.
    """
    usable = [run for run in _chosen(contender, seed, division) if run.best_epoch]
    if not usable:
        which = f"seed {seed} of {contender.name}" if seed is not None else contender.name
        raise SessionError(
            f"{which} has no finished epoch", remedy="Train it first, or choose another seed"
        )
    return min(usable, key=lambda run: run.best_loss)


def _chosen(
    contender: ContenderHistory, seed: int | None, division: Division | None
) -> list[RunHistory]:
    """The runs of a seed and a division; without them all."""
    runs = [run for run in contender.runs if seed is None or run.run.seed == seed]
    if not runs:
        known = ", ".join(map(str, dict.fromkeys(run.run.seed for run in contender.runs)))
        raise SessionError(
            f"there is no seed {seed} of {contender.name}", remedy=f"Choose one of: {known}"
        )
    found = [run for run in runs if division in {None, run.run.division}]
    if not found:
        known = "; ".join(dict.fromkeys(str(run.run.division) for run in runs))
        remedy = f"Choose one of: {known}" if known else "The data is not divided into folds"
        raise SessionError(f"there is no {division} of {contender.name}", remedy=remedy)
    return found


def stored_model(  # noqa: PLR0913, PLR0917 - what tells a model from others
    session: SessionFile,
    comparison: int,
    name: str,
    seed: int | None = None,
    epoch: int | None = None,
    division: Division | None = None,
) -> TrainedModel:
    """A contender's model; without an epoch the one whose weights were kept.

    Raises:
        SessionError: There is no such contender, run, fold or kept epoch.
    """
    history = session.history(comparison)
    contender = find_contender(history, name)
    if epoch == 0:
        run = _chosen(contender, seed, division)[0]
        chosen = 0
    else:
        run = find_run(contender, seed, division)
        chosen = epoch if epoch is not None else run.best_epoch or 0
    weights = session.weights(comparison, run.run, chosen)
    scored = run.result is not None and run.result.kept_epoch == chosen
    return TrainedModel(
        contender=contender.spec,
        preparation=history.on(run.run.division).preparation,
        run=run.run,
        epoch=chosen,
        weights=weights,
        scores=run.result.scores if run.result and scored else {},
        dataset_name=history.dataset_name,
    )


def stored_sequence(
    session: SessionFile,
    comparison: int,
    part: str,
    index: int,
    division: Division | None = None,
) -> Floats:
    """The scaled input of an example, from those kept in the session or from the dataset.

    Without a division it is one of the first, of which alone examples are kept.

    Returns:
        (time, channels) float32.

    Raises:
        SessionError: The part has no such example.
        DatasetError: The example is not kept in the session and the data cannot be read.
    """
    history = session.history(comparison)
    which = division or history.spec.task.divisions[0]
    count = history.on(which).part_sizes[part]
    if not 0 <= index < count:
        raise SessionError(
            f"the {part} part has no example {index}",
            remedy=f"Choose one from 0 to {count - 1}" if count else "Choose another part",
        )
    if which == history.spec.task.divisions[0]:
        for kept in session.examples(comparison):
            if (kept.part, kept.index) == (part, index):
                return kept.inputs
    restored = restore_task(history, session.dataset(comparison), str(session.path), which)
    return restored.task.parts[part].sequence(index)


def raw_sequences(
    session: SessionFile, comparison: int, most: int, division: Division | None = None
) -> tuple[Floats, ...]:
    """Real examples in their own units to check an export with, of the test part first.

    Takes the dataset where it can be found, and what the session keeps where not.

    Returns:
        Up to `most` arrays of (time, channels), float32.
    """
    history = session.history(comparison)
    which = division or history.spec.task.divisions[0]
    try:
        task = restore_task(history, session.dataset(comparison), str(session.path), which).task
    except DatasetError:
        scaled = [kept.inputs for kept in session.examples(comparison)]
        which = history.spec.task.divisions[0]  # whose examples are kept
    else:
        parts = (task.test, task.validation, task.training)
        numbered = ((part, index) for part in parts for index in range(len(part)))
        scaled = [part.sequence(index) for part, index in islice(numbered, most)]
    scaler = history.on(which).preparation.input_scaler
    return tuple(scaler.undo(each) for each in scaled[:most])


def traced(model: TrainedModel, sequence: Floats) -> Trace:
    """Gates and states of an example; to be called in the compute thread."""
    from studio.nn.rebuilding import rebuild  # noqa: PLC0415 - imports torch
    from studio.nn.tracing import trace_network  # noqa: PLC0415 - imports torch

    network = rebuild(model.contender, model.preparation, model.weights)
    return trace_network(network, sequence)


def trace_model(model: TrainedModel, sequence: Floats, compute: Compute) -> Trace:
    """Gates and states of an example, computed on the compute thread."""
    return compute.submit(lambda: traced(model, sequence)).result()

"""Trained models from a session: by run and epoch."""

from itertools import islice
from typing import NamedTuple

import numpy as np

from studio.core.arrays import Floats, Integers
from studio.core.errors import DatasetError, SessionError
from studio.core.prepared.examples import Examples
from studio.core.results.events import Trace
from studio.core.results.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.results.missing_cells import require_cells
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.fold_ids import FoldId
from studio.runs.execution.compute import Compute
from studio.runs.stored.dataset_recovery import recover_task
from studio.runs.stored.gate_inspection import require_gates, series_of_example, stack_trace
from studio.runs.stored.weights_check import fitting_weights
from studio.sessions import SessionFile


def find_contender(history: ComparisonHistory, name: str) -> ContenderHistory:
    """A contender by its name, case-insensitive.

    Raises:
        SessionError: There is none; the message lists the contenders.
    """
    try:
        return history.contender(name)
    except KeyError:
        choices = ", ".join(contender.name for contender in history.contenders)
        raise SessionError(
            f"there is no contender {name!r}", remedy=f"Choose one of: {choices}"
        ) from None


def find_run(
    contender: ContenderHistory, seed: int | None, fold_id: FoldId | None = None
) -> RunHistory:
    """The run of a seed and fold, or the best of those that match by validation loss.

    Raises:
        SessionError: There is no such run, or none has a finished epoch.
    """
    usable = [run for run in _matching_runs(contender, seed, fold_id) if run.best_epoch]
    if not usable:
        name = f"seed {seed} of {contender.name}" if seed is not None else contender.name
        raise SessionError(
            f"{name} has no finished epoch", remedy="Train it first, or choose another seed"
        )
    return min(usable, key=lambda run: run.best_loss)


def _matching_runs(
    contender: ContenderHistory, seed: int | None, fold_id: FoldId | None
) -> list[RunHistory]:
    """The runs of a seed and a fold; None matches all."""
    runs = [run for run in contender.runs if seed is None or run.run.seed == seed]
    if not runs:
        choices = ", ".join(map(str, dict.fromkeys(run.run.seed for run in contender.runs)))
        raise SessionError(
            f"there is no seed {seed} of {contender.name}", remedy=f"Choose one of: {choices}"
        )
    matching = [run for run in runs if fold_id in {None, run.run.fold_id}]
    if not matching:
        choices = "; ".join(dict.fromkeys(str(run.run.fold_id) for run in runs))
        remedy = f"Choose one of: {choices}" if choices else "There are no folds"
        raise SessionError(f"there is no {fold_id} of {contender.name}", remedy=remedy)
    return matching


def stored_model(  # noqa: PLR0913, PLR0917 - what identifies a model
    session: SessionFile,
    comparison: int,
    name: str,
    seed: int | None = None,
    epoch: int | None = None,
    fold_id: FoldId | None = None,
) -> TrainedModel:
    """A contender's model, by default of the best epoch.

    Raises:
        SessionError: There is no such contender, run, fold or stored epoch.
    """
    return session.together(
        lambda whole: _stored_model(whole, comparison, name, seed, epoch, fold_id)
    )


def _stored_model(  # noqa: PLR0913, PLR0917 - likewise
    session: SessionFile,
    comparison: int,
    name: str,
    seed: int | None,
    epoch: int | None,
    fold_id: FoldId | None,
) -> TrainedModel:
    history = session.history(comparison)
    contender = find_contender(history, name)
    require_cells(history, [contender.spec])
    if epoch == 0:
        run = _matching_runs(contender, seed, fold_id)[0]
        chosen = 0
    else:
        run = find_run(contender, seed, fold_id)
        chosen = epoch if epoch is not None else run.best_epoch or 0
    weights = session.weights(comparison, run.run, chosen)
    scored = run.result is not None and run.result.kept_epoch == chosen
    return TrainedModel(
        contender=contender.spec,
        preprocessing=history.on(run.run.fold_id).preprocessing,
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
    fold_id: FoldId | None = None,
) -> Floats:
    """The scaled input of an example, stored in the session or from the dataset.

    By default of the first fold, the only one whose examples are stored.

    Returns:
        (time, channels) float32.

    Raises:
        SessionError: The set has no such example.
        DatasetError: The example is not stored in the session and the data cannot be read.
    """
    history = session.history(comparison)
    wanted = fold_id or history.spec.task.fold_ids[0]
    count = history.on(wanted).part_sizes[part]
    if not 0 <= index < count:
        raise SessionError(
            f"the {part} set has no example {index}",
            remedy=f"Choose one from 0 to {count - 1}" if count else "Choose another set",
        )
    if wanted == history.spec.task.fold_ids[0]:
        for stored in session.examples(comparison):
            if (stored.part, stored.index) == (part, index):
                return stored.inputs
    recovered = recover_task(history, session.dataset(comparison), str(session.path), wanted)
    return recovered.task.parts[part].sequence(index)


class RawExamples(NamedTuple):
    """Examples in their own units.

    Attributes:
        sequences: Each (time, channels).
        series: The index of each one's series where each series has its own scaler, (examples,),
            else None.
        test: The test set itself; None where the dataset cannot be read.
    """

    sequences: tuple[Floats, ...]
    series: Integers | None
    test: Examples | None = None


def raw_sequences(
    session: SessionFile, comparison: int, most: int, fold_id: FoldId | None = None
) -> RawExamples:
    """Real examples in their own units to check an export with, from the test set first.

    Reads the dataset if possible, otherwise the examples stored in the session.

    Returns:
        Up to `most` examples.
    """
    history = session.history(comparison)
    wanted = fold_id or history.spec.task.fold_ids[0]
    test: Examples | None = None
    try:
        task = recover_task(history, session.dataset(comparison), str(session.path), wanted).task
    except DatasetError:
        copies = session.examples(comparison)[:most]
        scaled = [(stored.inputs, stored.position) for stored in copies]
        wanted = history.spec.task.fold_ids[0]  # whose examples are stored
    else:
        test = task.test
        parts = (test, task.validation, task.training)
        numbered = ((part, index) for part in parts for index in range(len(part)))
        scaled = [
            (part.sequence(index), int(part.positions[index]))
            for part, index in islice(numbered, most)
        ]
    preprocessing = history.on(wanted).preprocessing
    places = [series_of_example(preprocessing, position) for _, position in scaled]
    sequences = tuple(
        preprocessing.inputs_in_units(inputs[None], series)[0]
        for (inputs, _), series in zip(scaled, places, strict=True)
    )
    own = [series for series in places if series is not None]
    return RawExamples(sequences, np.concatenate(own) if own else None, test)


def trace_of(model: TrainedModel, sequence: Floats) -> Trace:
    """Gates and states of an example; call it on the compute thread.

    Raises:
        SessionError: The model is a convolutional network.
    """
    require_gates(model.contender)
    if model.stack is not None:
        return stack_trace(model.stack, sequence)
    from studio.nn.inference.tracing import trace_network
    from studio.nn.networks.load_network import load_network

    with fitting_weights(model):
        network = load_network(model.contender, model.preprocessing, model.weights)
    return trace_network(network, sequence)


def trace_model(model: TrainedModel, sequence: Floats, compute: Compute) -> Trace:
    """Gates and states of an example, computed on the compute thread.

    Raises:
        SessionError: The model is a convolutional network.
    """
    return compute.submit(lambda: trace_of(model, sequence)).result()

"""Prepares tasks with a prediction at every step: next token, next step, tags."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import DataNote, ExamplesLeftOut
from studio.core.prepared.examples import IGNORE_INDEX, PADDING_KEY, Examples, PreparedTask
from studio.core.prepared.scaler import Scaler
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskKind, TaskSpec
from studio.data.dataset import Column, ExampleSet
from studio.data.splitting.split_examples import split_notes
from studio.data.tasks.inputs import Inputs, rows_of
from studio.data.tasks.padded_parts import make_examples, make_preprocessing
from studio.data.tasks.usable_examples import divide_examples

_SWITCHED_ON = 1


def prepare_per_step(  # noqa: PLR0913, PLR0917 - what parts are made of
    dataset: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[DataNote, ...],
    fold_id: FoldId = SINGLE_SPLIT,
) -> PreparedTask:
    """Splits sequences and gives each of their steps its target.

    Raises:
        SpecError: A set would be empty.
        DatasetError: No sequence is left.
    """
    assert task.kind is not None  # noqa: S101 - the task is complete
    ahead = 0 if task.kind == "tag" else 1
    divided = divide_examples(
        dataset, task, features, fold_id, lambda pool: _long_enough(dataset, pool, ahead, task)
    )
    parts = divided.parts
    inputs = _inputs(divided.chosen, parts[0], task)
    steps = _Steps(inputs, _goals(dataset, inputs, task.kind), ahead)
    make = steps.keys if task.kind == "next-step" else steps.predictions
    training, validation, test = (make(part) for part in parts)
    names = dataset.tags.names if dataset.tags and task.kind == "tag" else None
    own = {"kind": task.kind, "class_names": names}
    lengths = inputs.lengths[divided.pool] - ahead
    preprocessing = make_preprocessing(dataset, task, inputs, targets, lengths=lengths, own=own)
    split = split_notes(dataset, parts, task.group)
    every_note = (*notes, *divided.notes, *inputs.notes, *split)
    return PreparedTask(dataset.name, preprocessing, training, validation, test, every_note)


def _long_enough(
    dataset: ExampleSet, pool: Integers, ahead: int, task: TaskSpec
) -> tuple[Integers, tuple[DataNote, ...]]:
    """The sequences in which a step is predicted, and a note on the others.

    Raises:
        SpecError: Sequences are cut so short that nothing is predicted.
        DatasetError: No sequence is long enough.
    """
    if task.longest is not None and task.longest <= ahead:
        raise SpecError(
            "a sequence of one time step has no next step",
            where="longest",
            remedy=f"Choose at least {ahead + 1}",
        )
    enough = pool[dataset.lengths[pool] > ahead]
    if not len(enough):
        raise DatasetError(
            "has no sequence of at least two time steps",
            where=dataset.source,
            remedy="Use longer sequences",
        )
    short = len(pool) - len(enough)
    return enough, (ExamplesLeftOut(short, "one step"),) if short else ()


def _inputs(chosen: ExampleSet, training: Integers, task: TaskSpec) -> Inputs:
    """The inputs; keys stay bytes, as a long piano roll would need four times the memory."""
    if task.kind != "next-step":
        return Inputs.fit(chosen, training, task)
    fitted = Inputs.fit(chosen, training, task.model_copy(update={"scaling": "none"}))
    return Inputs(
        names=fitted.names,
        units=fitted.units,
        scaler=Scaler.identity(len(fitted.names)),
        rows=chosen.values.astype(np.uint8),
        starts=fitted.starts,
        lengths=fitted.lengths,
        sources=fitted.sources,
        positions=fitted.positions,
    )


def _goals(dataset: ExampleSet, inputs: Inputs, kind: TaskKind) -> Integers:
    """The class or symbol of each row, (steps,); IGNORE_INDEX where it is ambiguous."""
    if kind == "tag":
        assert dataset.tags is not None  # noqa: S101 - the task is complete
        return dataset.tags.codes
    if kind == "next-step":
        return np.empty(0, dtype=np.int64)
    if inputs.vocabulary is not None:
        return inputs.vocabulary.code_of[dataset.values[:, 0].astype(np.int64)]
    certain = dataset.values.max(axis=1) == _SWITCHED_ON
    return np.where(certain, dataset.values.argmax(axis=1), IGNORE_INDEX).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Steps:
    """Inputs, and targets so many steps ahead."""

    inputs: Inputs
    goals: Integers
    ahead: int

    def predictions(self, part: Integers) -> Examples:
        """Sequences with one class or symbol to predict at each step."""
        lengths = self.inputs.lengths[part] - self.ahead
        starts, sources = self.inputs.starts[part], self.inputs.sources[part]
        inside = _inside(lengths)
        width = self.inputs.rows.shape[1]
        read = np.zeros((*inside.shape, width), dtype=self.inputs.rows.dtype)
        read[inside] = self.inputs.rows[rows_of(starts, lengths)]
        predictions = np.full(inside.shape, IGNORE_INDEX, dtype=np.int64)
        predictions[inside] = self.goals[rows_of(sources + self.ahead, lengths)]
        return make_examples(
            self.inputs.positions[part], read, lengths, predictions, predictions, per_step=True
        )

    def keys(self, part: Integers) -> Examples:
        """Sequences with the keys of the next step as targets; both share one array."""
        lengths = self.inputs.lengths[part]
        inside = _inside(lengths)
        width = self.inputs.rows.shape[1]
        rolls = np.full((*inside.shape, width), PADDING_KEY, dtype=np.uint8)
        rolls[inside] = self.inputs.rows[rows_of(self.inputs.starts[part], lengths)]
        on = np.full(inside.shape, IGNORE_INDEX, dtype=np.int16)
        on[inside] = rolls[inside].sum(axis=1, dtype=np.int16)
        following, keys_on = rolls[:, 1:], on[:, 1:].copy()
        return make_examples(
            self.inputs.positions[part],
            rolls[:, :-1],
            lengths - 1,
            following,
            keys_on,
            per_step=True,
        )


def _inside(lengths: Integers) -> NDArray[np.bool_]:
    """Which steps are not padding, (examples, time)."""
    return np.asarray(np.arange(int(lengths.max(initial=1))) < lengths[:, np.newaxis])

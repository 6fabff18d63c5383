"""Sequences that are answered at every step: by what follows, or by a tag."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.division import WHOLE, Division
from studio.core.errors import DatasetError, SpecError
from studio.core.examples import KEYS_END, NOT_ASKED, Examples, PreparedTask
from studio.core.preparation import Scaler
from studio.core.task import TaskKind, TaskSpec
from studio.data.cutting import cut_training
from studio.data.dataset import Column, ExampleSet
from studio.data.dividing import divide, division_notes
from studio.data.inputs import Inputs, rows_of
from studio.data.labelled import choose, pool_of
from studio.data.sequence_sets import examples_of, preparation_of

_SWITCHED_ON = 1


def prepare_stepwise(  # noqa: PLR0913, PLR0917 - what parts are made of
    dataset: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[str, ...],
    division: Division = WHOLE,
) -> PreparedTask:
    """Divides sequences and says what each of their steps is to answer.

    Raises:
        SpecError: A part would be empty.
        DatasetError: No sequence is left.
    """
    assert task.kind is not None  # noqa: S101 - the task is complete
    chosen = choose(dataset, features)
    pool, left_out = pool_of(dataset, chosen, task)
    ahead = 0 if task.kind == "tag" else 1
    pool, short = _long_enough(dataset, pool, ahead, task.longest)
    parts, cut = cut_training(dataset, divide(dataset, pool, task, division), task, division)
    inputs = _inputs(chosen, parts[0], task)
    steps = _Steps(inputs, _goals(dataset, inputs, task.kind), ahead)
    make = steps.keys if task.kind == "next-step" else steps.answers
    training, validation, test = (make(part) for part in parts)
    names = dataset.tags.names if dataset.tags and task.kind == "tag" else None
    own = {"kind": task.kind, "class_names": names}
    lengths = inputs.lengths[pool] - ahead
    preparation = preparation_of(dataset, task, inputs, targets, lengths=lengths, own=own)
    divided = division_notes(dataset, parts, task.group)
    found = (*notes, *left_out, *short, *cut, *inputs.notes, *divided)
    return PreparedTask(dataset.name, preparation, training, validation, test, found)


def _long_enough(
    dataset: ExampleSet, pool: Integers, ahead: int, longest: int | None
) -> tuple[Integers, tuple[str, ...]]:
    """The sequences in which a step is answered, and a sentence on the others.

    Raises:
        SpecError: Sequences are cut so short that no step is answered.
        DatasetError: No sequence is long enough.
    """
    if longest is not None and longest <= ahead:
        raise SpecError(
            "a sequence of one step has no next one",
            where="longest",
            remedy=f"Choose at least {ahead + 1}",
        )
    enough = pool[dataset.lengths[pool] > ahead]
    if not len(enough):
        raise DatasetError(
            "has no sequence of two steps", where=dataset.source, remedy="Give longer sequences"
        )
    short = len(pool) - len(enough)
    return enough, (f"{short:,} sequences of one step are left out",) if short else ()


def _inputs(chosen: ExampleSet, training: Integers, task: TaskSpec) -> Inputs:
    """What is read; keys stay bytes, as a long piano roll would take four times the memory."""
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
    )


def _goals(dataset: ExampleSet, inputs: Inputs, kind: TaskKind) -> Integers:
    """The class or symbol of each row, (steps,); NOT_ASKED where it is not certain."""
    if kind == "tag":
        assert dataset.tags is not None  # noqa: S101 - the task is complete
        return dataset.tags.codes
    if kind == "next-step":
        return np.empty(0, dtype=np.int64)
    if inputs.vocabulary is not None:
        return inputs.vocabulary.code_of[dataset.values[:, 0].astype(np.int64)]
    certain = dataset.values.max(axis=1) == _SWITCHED_ON
    return np.where(certain, dataset.values.argmax(axis=1), NOT_ASKED).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Steps:
    """What is read, and what is answered so many steps ahead."""

    inputs: Inputs
    goals: Integers
    ahead: int

    def answers(self, part: Integers) -> Examples:
        """Sequences whose steps are answered by one class or symbol each."""
        lengths = self.inputs.lengths[part] - self.ahead
        starts = self.inputs.starts[part]
        inside = _inside(lengths)
        width = self.inputs.rows.shape[1]
        read = np.zeros((*inside.shape, width), dtype=self.inputs.rows.dtype)
        read[inside] = self.inputs.rows[rows_of(starts, lengths)]
        answers = np.full(inside.shape, NOT_ASKED, dtype=np.int64)
        answers[inside] = self.goals[rows_of(starts + self.ahead, lengths)]
        return examples_of(part, read, lengths, answers, answers, stepwise=True)

    def keys(self, part: Integers) -> Examples:
        """Sequences whose steps are answered by the keys of the next; both are one array."""
        lengths = self.inputs.lengths[part]
        inside = _inside(lengths)
        width = self.inputs.rows.shape[1]
        rolls = np.full((*inside.shape, width), KEYS_END, dtype=np.uint8)
        rolls[inside] = self.inputs.rows[rows_of(self.inputs.starts[part], lengths)]
        on = np.full(inside.shape, NOT_ASKED, dtype=np.int16)
        on[inside] = rolls[inside].sum(axis=1, dtype=np.int16)
        following, keys_on = rolls[:, 1:], on[:, 1:].copy()
        return examples_of(part, rolls[:, :-1], lengths - 1, following, keys_on, stepwise=True)


def _inside(lengths: Integers) -> NDArray[np.bool_]:
    """Which steps are not padding, (examples, time)."""
    return np.asarray(np.arange(int(lengths.max(initial=1))) < lengths[:, np.newaxis])

"""Which steps of each series lie in which set: each series cut in time, or whole series."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from studio.core.arrays import Integers
from studio.core.errors import SpecError
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import ExampleSet
from studio.data.splitting.split_examples import NO_GROUP, split_examples
from studio.data.splitting.splits import PART_NAMES, part_sizes, sizes_in_time


@dataclass(frozen=True)
class Span:
    """Neighbouring steps of one series that lie in one set.

    Attributes:
        start: The first row.
        end: One past the last row.
        part: The index of the set in PART_NAMES.
    """

    start: int
    end: int
    part: int


def splits_in_time(task: TaskSpec) -> bool:
    """Whether each series is divided in time order, rather than put into one set as a whole.

    Args:
        task: The task, with its group filled in.
    """
    return task.split_series == "by-time" and task.group in {None, "", NO_GROUP}


def spans_of(sequences: ExampleSet, task: TaskSpec, fold_id: FoldId) -> tuple[Span, ...]:
    """The stretches of the series that lie in the sets, in the order of their rows.

    Args:
        sequences: The series.
        task: The complete task.
        fold_id: The fold that is tested.

    Raises:
        SpecError: There are too few series or groups for the sets.
    """
    spans = (
        _in_time(sequences, task, fold_id)
        if splits_in_time(task)
        else _whole(sequences, task, fold_id)
    )
    return tuple(sorted(spans, key=lambda span: span.start))


def _in_time(sequences: ExampleSet, task: TaskSpec, fold_id: FoldId) -> Iterator[Span]:
    """Each series cut at the borders of the sets; one of a given set lies in it as a whole."""
    ends = (sequences.starts + sequences.lengths).tolist()
    given = _given_parts(sequences)
    for start, end, part in zip(sequences.starts.tolist(), ends, given, strict=True):
        if part is not None:
            yield Span(start, end, part)
            continue
        borders = start + np.concatenate([[0], np.cumsum(_sizes(end - start, task, fold_id))])
        for index, (first, last) in enumerate(pairwise(borders.tolist())):
            yield Span(first, last, index)


def _given_parts(sequences: ExampleSet) -> Iterator[int | None]:
    """The set that each series is given for, or None where it is to be divided."""
    nothing = np.zeros(len(sequences), dtype=np.bool_)
    in_test = nothing if sequences.in_test is None else sequences.in_test
    in_validation = nothing if sequences.in_validation is None else sequences.in_validation
    for tests, validates in zip(in_test.tolist(), in_validation.tolist(), strict=True):
        others = None if sequences.in_validation is None else PART_NAMES.index("training")
        held_out = PART_NAMES.index("validation") if validates else others
        yield PART_NAMES.index("test") if tests else held_out


def _sizes(length: int, task: TaskSpec, fold_id: FoldId) -> tuple[int, ...]:
    """Steps of a series in each set; the rest after a fold is in none."""
    assert task.split is not None  # noqa: S101 - the task is complete
    if len(task.split) < len(PART_NAMES):
        return part_sizes(length, task.split)
    return sizes_in_time(length, task.split, task.folds, fold_id.fold)[: len(PART_NAMES)]


def _whole(sequences: ExampleSet, task: TaskSpec, fold_id: FoldId) -> Iterator[Span]:
    for part, members in enumerate(series_of_parts(sequences, task, fold_id)):
        for index in members.tolist():
            start = int(sequences.starts[index])
            yield Span(start, start + int(sequences.lengths[index]), part)


def series_of_parts(sequences: ExampleSet, task: TaskSpec, fold_id: FoldId) -> list[Integers]:
    """The series in the training, validation and test set, drawn with the split seed.

    Raises:
        SpecError: There are too few series or groups for the sets.
    """
    _refuse_few_series(len(sequences), task)
    return split_examples(sequences, np.arange(len(sequences), dtype=np.int64), task, fold_id)


def _refuse_few_series(count: int, task: TaskSpec) -> None:
    """Raises SpecError where there are fewer series than sets or folds to draw them into."""
    sets = sum(share > 0 for share in task.split or ())
    if count < max(sets, task.folds or 0):
        what = f"{task.folds} folds" if task.folds is not None else f"{sets} sets"
        raise SpecError(
            f"there are only {count} series for {what}",
            where="folds" if task.folds is not None else "split_series",
            remedy="Choose fewer folds"
            if task.folds is not None
            else "Split each series by time, or leave out the validation set",
        )

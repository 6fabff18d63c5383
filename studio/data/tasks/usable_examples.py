"""Which examples of a dataset are used, and how they are divided."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import DatasetError
from studio.core.notes import DataNote, ExamplesLeftOut
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column, ExampleSet, is_coded
from studio.data.splitting.duplicates import first_of_each
from studio.data.splitting.split_examples import split_examples
from studio.data.splitting.training_subset import subset_training
from studio.data.transform.missing_values import sequences_with_missing_values

_Narrowed: TypeAlias = tuple[Integers, tuple[DataNote, ...]]


@dataclass(frozen=True, eq=False)
class DividedExamples:
    """The examples of each set.

    Attributes:
        chosen: The dataset with the inputs alone.
        pool: The examples that are used, in ascending order.
        parts: Those of the training, validation and test set.
        notes: What was left out.
    """

    chosen: ExampleSet
    pool: Integers
    parts: list[Integers]
    notes: tuple[DataNote, ...]


def divide_examples(
    dataset: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    fold_id: FoldId,
    narrow: Callable[[Integers], _Narrowed] = lambda pool: (pool, ()),
) -> DividedExamples:
    """Chooses inputs and examples, splits them, and reduces the training set if that is set.

    Args:
        dataset: The examples.
        task: The complete task.
        features: The inputs.
        fold_id: The fold that is tested.
        narrow: Further examples that the task cannot use: the pool without them, and notes.

    Raises:
        SpecError: A set would be empty.
        DatasetError: No example is left.
    """
    chosen = _select_columns(dataset, features)
    usable, left_out = _usable(dataset, chosen, task)
    pool, narrowed = narrow(usable)
    split = split_examples(dataset, pool, task, fold_id)
    parts, reduced = subset_training(dataset, split, task, fold_id)
    return DividedExamples(chosen, pool, parts, (*left_out, *narrowed, *reduced))


def unlabelled_examples(dataset: ExampleSet) -> NDArray[np.bool_]:
    """Whether each example has no label, (examples,)."""
    if dataset.class_names is not None:
        return np.asarray(dataset.labels < 0, dtype=np.bool_)
    return np.asarray(np.isnan(dataset.labels).any(axis=1), dtype=np.bool_)


def _select_columns(dataset: ExampleSet, features: tuple[Column, ...]) -> ExampleSet:
    """The dataset with the chosen channels only, or the chosen steps where columns are steps."""
    if is_coded(dataset):
        return dataset
    names = [column.name for column in dataset.features]
    kept = [names.index(column.name) for column in features]
    if not dataset.row_per_example:
        return replace(dataset, channels=features, values=dataset.values[:, kept])
    steps = dataset.values.reshape(len(dataset), -1)[:, kept]
    lengths = np.full(len(dataset), len(kept), dtype=np.int64)
    return replace(dataset, values=steps.reshape(-1, 1), lengths=lengths)


def _usable(
    dataset: ExampleSet, chosen: ExampleSet, task: TaskSpec
) -> tuple[Integers, tuple[ExamplesLeftOut, ...]]:
    """The examples that are used, in ascending order, and notes on those that are not."""
    is_used = np.ones(len(dataset), dtype=np.bool_)
    notes: list[ExamplesLeftOut] = []
    if task.missing != "refuse":
        is_used &= ~unlabelled_examples(dataset)
        notes.append(ExamplesLeftOut(len(is_used) - int(is_used.sum()), "no label"))
    if task.missing == "drop":
        gappy = (
            sequences_with_missing_values(chosen.values, chosen.starts, chosen.lengths) & is_used
        )
        is_used &= ~gappy
        notes.append(ExamplesLeftOut(int(gappy.sum()), "missing values"))
    if task.duplicates == "drop":
        repeats = is_used.copy()
        repeats[_firsts(dataset, np.flatnonzero(is_used))] = False
        is_used &= ~repeats
        notes.append(ExamplesLeftOut(int(repeats.sum()), "duplicate"))
    if not is_used.any():
        raise DatasetError(
            "has no example left",
            where=dataset.source,
            remedy="Choose another treatment of missing values",
        )
    return np.flatnonzero(is_used).astype(np.int64), tuple(note for note in notes if note.count)


def _firsts(dataset: ExampleSet, used: Integers) -> Integers:
    """The first of equal examples; one in a given test set comes before training examples."""
    if dataset.in_test is not None:
        used = used[np.argsort(~dataset.in_test[used], kind="stable")]
    return used[first_of_each(dataset.kinds[used])]

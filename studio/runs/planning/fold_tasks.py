"""The prepared data of each fold, on demand: one is in memory at a time."""

from collections.abc import Callable

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.fold_ids import FoldId
from studio.data import Dataset, prepare

Tasks = Callable[[FoldId], PreparedTask]
"""The prepared data of a fold; the same fold gives bitwise equal arrays."""


def fold_tasks(dataset: Dataset, spec: ComparisonSpec, first: PreparedTask) -> Tasks:
    """Prepares each fold of a dataset on demand.

    Args:
        dataset: The loaded dataset.
        spec: The comparison; its task has all settings filled in.
        first: The first fold, already prepared.
    """

    def task_of(fold_id: FoldId) -> PreparedTask:
        if fold_id == spec.task.fold_ids[0]:
            return first
        return prepare(dataset, spec.task, fold_id, spec.training)[0]

    return task_of

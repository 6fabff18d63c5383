"""The prepared data of each fold, on demand: one is in memory at a time."""

from collections.abc import Callable

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data import Dataset, prepare

Tasks = Callable[[FoldId], PreparedTask]
"""The prepared data of a fold; the same fold gives bitwise equal arrays."""


def fold_tasks(dataset: Dataset, task: TaskSpec, first: PreparedTask) -> Tasks:
    """Prepares each fold of a dataset on demand.

    Args:
        dataset: The loaded dataset.
        task: The task with all settings filled in.
        first: The first fold, already prepared.
    """

    def task_of(fold_id: FoldId) -> PreparedTask:
        if fold_id == task.fold_ids[0]:
            return first
        return prepare(dataset, task, fold_id)[0]

    return task_of

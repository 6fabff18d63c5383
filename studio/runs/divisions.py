"""The prepared data of each division, made when it is trained on: one is in memory at a time."""

from collections.abc import Callable

from studio.core.division import Division
from studio.core.examples import PreparedTask
from studio.core.task import TaskSpec
from studio.data import Dataset, prepare

Tasks = Callable[[Division], PreparedTask]
"""The prepared data of a division; the same division gives the same arrays to the last bit."""


def tasks_of(dataset: Dataset, task: TaskSpec, first: PreparedTask) -> Tasks:
    """Prepares each division of a dataset when it is asked for.

    Args:
        dataset: What was loaded.
        task: With everything filled in.
        first: The first division, which is there already.
    """

    def prepared(division: Division) -> PreparedTask:
        if division == task.divisions[0]:
            return first
        return prepare(dataset, task, division)[0]

    return prepared

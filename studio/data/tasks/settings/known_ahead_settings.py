"""What is refused of columns that are known in advance."""

from studio.core.errors import SpecError
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column


def refuse_known_ahead(task: TaskSpec) -> None:
    """Raises SpecError where columns are known in advance, but nothing is forecast."""
    if task.known_ahead and task.kind != "forecast":
        raise SpecError(
            "columns that are known in advance are read at the steps that a forecast predicts, "
            f"but the task is {task.kind}",
            where="known_ahead",
            remedy="Leave it out, or choose the task forecast",
        )


def refuse_known_targets(known: tuple[Column, ...], targets: tuple[Column, ...]) -> None:
    """Raises SpecError where a target is known in advance, or nothing else is left to predict."""
    if not targets:
        raise SpecError(
            "every column is known in advance, so none is left to predict",
            where="known_ahead",
            remedy="Leave out the column to predict",
        )
    both = [column.name for column in targets if column in known]
    if both:
        raise SpecError(
            f"'{both[0]}' is predicted, so it cannot be known in advance: the networks would read "
            "the answer",
            where="known_ahead",
            remedy="Leave it out there, or choose another target",
        )

"""What an example of each class weighs in the training loss."""

from dataclasses import replace

import numpy as np

from studio.core.arrays import Truth
from studio.core.errors import SpecError
from studio.core.examples import PreparedTask
from studio.core.task import TaskSpec

_CLASSES_TOLD = 6


def refuse_unweighable(task: TaskSpec) -> None:
    """Raises SpecError where classes are to be weighed and the task has none."""
    if task.class_weights != "none" and task.kind not in {"classify", "tag"}:
        raise SpecError(
            f"there are no classes to weigh in the task {task.kind}",
            where="class_weights",
            remedy="Leave the class weights out",
        )


def weighted(prepared: PreparedTask, task: TaskSpec) -> PreparedTask:
    """The same task with class weights from its training part, where the task asks for them."""
    names = prepared.preparation.class_names
    if task.class_weights == "none" or names is None:
        return prepared
    weights = balanced(prepared.training.targets, len(names))
    preparation = prepared.preparation.model_copy(update={"class_weights": weights})
    return replace(
        prepared, preparation=preparation, notes=(*prepared.notes, _note(names, weights))
    )


def balanced(targets: Truth, classes: int) -> tuple[float, ...]:
    """Weights with which every class that occurs has the same sum, (classes,).

    Their mean over all examples is 1, so the learning rate means what it meant. A class without
    an example weighs nothing.

    Args:
        targets: Classes of examples or steps, below 0 where nothing is asked.
        classes: How many there are.
    """
    counts = np.bincount(targets[targets >= 0].astype(np.int64), minlength=classes)
    present = int((counts > 0).sum())
    weights = np.divide(counts.sum(), present * counts, out=np.zeros(classes), where=counts > 0)
    return tuple(weights.tolist())


def _note(names: tuple[str, ...], weights: tuple[float, ...]) -> str:
    told = [f"{name} {weight:.3g}" for name, weight in zip(names, weights, strict=True)]
    more = ", ..." if len(told) > _CLASSES_TOLD else ""
    return (
        f"the training loss weighs classes so that each counts the same "
        f"({', '.join(told[:_CLASSES_TOLD])}{more}); the validation loss and all scores are "
        "unweighted"
    )

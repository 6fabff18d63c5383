"""Class weights of the training loss."""

from dataclasses import replace

import numpy as np

from studio.core.arrays import Truth
from studio.core.errors import SpecError
from studio.core.notes import ClassesBalanced
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.task_spec import TaskSpec


def refuse_class_weights(task: TaskSpec) -> None:
    """Raises SpecError where class weights are set and the task has no classes."""
    if task.class_weights != "none" and task.kind not in {"classify", "tag"}:
        raise SpecError(
            f"the task {task.kind} has no classes to weight",
            where="class_weights",
            remedy="Leave the class weights out",
        )


def with_class_weights(prepared: PreparedTask, task: TaskSpec) -> PreparedTask:
    """The task with class weights fitted on its training set, if they are set."""
    names = prepared.preprocessing.class_names
    if task.class_weights == "none" or names is None:
        return prepared
    weights = balanced_weights(prepared.training.targets, len(names))
    preprocessing = prepared.preprocessing.model_copy(update={"class_weights": weights})
    note = ClassesBalanced(tuple(zip(names, weights, strict=True)))
    return replace(prepared, preprocessing=preprocessing, notes=(*prepared.notes, note))


def balanced_weights(targets: Truth, classes: int) -> tuple[float, ...]:
    """Weights with which every class that occurs has the same total weight, (classes,).

    Their mean over all examples is 1, so the scale of the loss, and with it the learning rate,
    stays the same. A class without an example has weight 0.

    Args:
        targets: Classes of examples or steps, negative where ignored.
        classes: Number of classes.
    """
    counts = np.bincount(targets[targets >= 0].astype(np.int64), minlength=classes)
    present = int((counts > 0).sum())
    weights = np.divide(counts.sum(), present * counts, out=np.zeros(classes), where=counts > 0)
    return tuple(weights.tolist())

"""The metric that decides: the usual one of the task, the user's, or one for imbalanced classes."""

from dataclasses import replace

import numpy as np

from studio.core.errors import SpecError
from studio.core.notes import MainMetricBalanced
from studio.core.prepared.examples import PreparedTask
from studio.core.results.metrics import metrics_of
from studio.core.specs.task_spec import TaskSpec

IMBALANCED = 0.8
"""From this share of one class on, accuracy says little: always guessing it scores as much."""


def with_main_metric(prepared: PreparedTask, task: TaskSpec) -> PreparedTask:
    """The task with its main metric, where that is not the usual one.

    Raises:
        SpecError: The chosen metric does not fit the task.
    """
    metrics = [metric.name for metric in metrics_of(prepared.preprocessing) if metric.has_direction]
    if task.metric is not None:
        if task.metric not in metrics:
            raise SpecError(
                f"{task.metric} is no metric of this task and loss",
                where="metric",
                remedy=f"Choose one of {', '.join(metrics)}",
            )
        return _with(prepared, task.metric)
    names = prepared.preprocessing.class_names
    if names is None:
        return prepared
    classes = prepared.training.targets_in_units
    counts = np.bincount(classes[classes >= 0].astype(np.int64), minlength=len(names))
    share = float(counts.max()) / max(1, int(counts.sum()))
    if share < IMBALANCED:
        return prepared
    note = MainMetricBalanced(names[int(counts.argmax())], share)
    return replace(_with(prepared, "balanced_accuracy"), notes=(*prepared.notes, note))


def _with(prepared: PreparedTask, metric: str) -> PreparedTask:
    preprocessing = prepared.preprocessing.model_copy(update={"main_metric": metric})
    return replace(prepared, preprocessing=preprocessing)

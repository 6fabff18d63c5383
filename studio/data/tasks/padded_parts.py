"""Preprocessing and padded examples of the tasks on sets of sequences."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.prepared.examples import Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column, ExampleSet
from studio.data.tasks.inputs import Inputs


def make_preprocessing(  # noqa: PLR0913 - what preprocessing is made of
    dataset: ExampleSet,
    task: TaskSpec,
    inputs: Inputs,
    targets: tuple[Column, ...],
    *,
    lengths: Integers,
    own: Mapping[str, Any],
) -> Preprocessing:
    """The preprocessing of a set of sequences.

    Args:
        dataset: The set.
        task: The complete task.
        inputs: The fitted inputs.
        targets: What is predicted.
        lengths: Steps of the examples that are used, (examples,).
        own: Fields that depend on the task: kind, class names, target scaler.
    """
    return Preprocessing(
        input_names=inputs.names,
        input_units=inputs.units,
        input_scaler=inputs.scaler,
        target_names=tuple(column.name for column in targets),
        target_units=tuple(column.unit for column in targets),
        min_length=int(lengths.min()),
        max_length=int(lengths.max()),
        missing=task.missing,
        fill=inputs.fill,
        longest=task.longest,
        kept=task.kept,
        static=inputs.static,
        vocabulary=inputs.vocabulary.symbols if inputs.vocabulary else None,
        tokens=dataset.tokens,
        **own,
    )


def make_examples(  # noqa: PLR0913 - what examples are made of
    positions: Integers,
    read: NDArray[Any],
    lengths: Integers,
    targets: NDArray[Any],
    targets_in_units: NDArray[Any],
    *,
    per_step: bool,
) -> Examples:
    """The examples of a set; shapes as in Examples.

    Args:
        positions: Where each comes from, (examples,).
        read: Padded inputs.
        lengths: Steps of each, (examples,).
        targets: What is predicted.
        targets_in_units: What scores compare predictions with.
        per_step: Whether every step is predicted.
    """
    equal = len(np.unique(lengths)) <= 1
    return Examples(
        inputs=read,
        lengths=None if equal else lengths.copy(),
        targets=targets,
        targets_in_units=targets_in_units,
        positions=positions.astype(np.int64),
        per_step=per_step,
    )

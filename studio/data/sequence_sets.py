"""What sets of sequences have in common once their parts are known: preparation and examples."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.examples import Examples
from studio.core.preparation import Preparation
from studio.core.task import TaskSpec
from studio.data.dataset import Column, ExampleSet
from studio.data.inputs import Inputs


def preparation_of(  # noqa: PLR0913 - what a preparation is made of
    dataset: ExampleSet,
    task: TaskSpec,
    inputs: Inputs,
    targets: tuple[Column, ...],
    *,
    lengths: Integers,
    own: Mapping[str, Any],
) -> Preparation:
    """The preparation of a set of sequences.

    Args:
        dataset: The set.
        task: The complete task.
        inputs: What was fitted for the networks to read.
        targets: What is predicted.
        lengths: Steps of the examples that are used, (examples,).
        own: What one task has that others have not: kind, class names, target scaler.
    """
    return Preparation(
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
        vocabulary=inputs.vocabulary.symbols if inputs.vocabulary else None,
        tokens=dataset.tokens,
        **own,
    )


def examples_of(  # noqa: PLR0913 - what examples are made of
    part: Integers,
    read: NDArray[Any],
    lengths: Integers,
    targets: NDArray[Any],
    truth: NDArray[Any],
    *,
    stepwise: bool,
) -> Examples:
    """The examples of a part; shapes as in Examples.

    Args:
        part: Their numbers in the dataset, (examples,).
        read: What networks read, padded.
        lengths: Steps of each, (examples,).
        targets: What is to be answered.
        truth: What scores compare with.
        stepwise: Whether every step is answered.
    """
    equal = len(np.unique(lengths)) <= 1
    return Examples(
        inputs=read,
        lengths=None if equal else lengths.copy(),
        targets=targets,
        truth=truth,
        positions=part.astype(np.int64),
        stepwise=stepwise,
    )

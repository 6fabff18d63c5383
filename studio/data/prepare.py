"""Prepared arrays from a dataset and a task."""

import numpy as np

from studio.core.division import Division
from studio.core.errors import DatasetError, SpecError
from studio.core.examples import PreparedTask
from studio.core.spec import TaskSpec
from studio.core.task import STEPWISE
from studio.data.dataset import Column, Dataset, ExampleSet, Series
from studio.data.forecasts import prepare_forecast
from studio.data.labelled import prepare_labelled
from studio.data.stepwise import prepare_stepwise
from studio.data.tasks import columns_named, resolve
from studio.data.tokens import prepare_tokens
from studio.data.weights import refuse_unweighable, weighted

LARGEST = 1e30
"""Values beyond this are refused; single precision ends at 3.4e38."""


def prepare(
    dataset: Dataset, task: TaskSpec, division: Division | None = None
) -> tuple[PreparedTask, TaskSpec]:
    """Splits, windows and scales a dataset; everything is fitted on the training part only.

    The same dataset and task give the same arrays to the last bit.

    Args:
        dataset: What `load` gave.
        task: What was asked for; None in it is filled in.
        division: Which of the task's divisions; the first where none is named.

    Returns:
        The arrays, and the task with everything filled in.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset cannot serve the task, or values are missing in it.
    """
    read, complete, notes = resolve(dataset, task)
    which = division or complete.divisions[0]
    refuse_unweighable(complete)
    _refuse_uncarried(read, complete)
    features = columns_named(read.columns, complete.features or ())
    targets = columns_named(read.columns, complete.target or ())
    if complete.missing == "refuse":
        refuse_missing((*features, *targets), read.source)
    refuse_huge(read)
    if isinstance(read, Series) and read.symbols is not None:
        return prepare_tokens(read, complete, notes, which), complete
    if isinstance(read, Series):
        return prepare_forecast(read, complete, features, targets, notes, which), complete
    prepare_examples = prepare_stepwise if complete.kind in STEPWISE else prepare_labelled
    prepared = prepare_examples(read, complete, features, targets, notes, which)
    return weighted(prepared, complete), complete


def _refuse_uncarried(dataset: Dataset, task: TaskSpec) -> None:
    if task.carry_state and not (isinstance(dataset, Series) and dataset.symbols is not None):
        raise SpecError(
            "a state is carried through one long text, and this is none",
            where="carry_state",
            remedy="Leave it out",
        )


def refuse_huge(dataset: Dataset) -> None:
    """Raises DatasetError where values are too large for the single precision of training."""
    values = [dataset.values]
    if isinstance(dataset, ExampleSet) and dataset.class_names is None:
        values.append(np.asarray(dataset.labels, dtype=np.float64))
    for array in values:
        highs = [np.nanmax(np.abs(array[:, at]), initial=0) for at in range(array.shape[1])]
        largest = float(max(highs, default=0))
        if largest > LARGEST:
            raise DatasetError(
                f"holds the value {largest:.3g}, beyond what training can hold",
                where=dataset.source,
                remedy="Change the unit, or correct the value",
            )


def refuse_missing(columns: tuple[Column, ...], source: str) -> None:
    """Raises DatasetError where a column that is used has missing values."""
    for column in columns:
        if column.missing:
            several = f"{column.missing} values are missing, the first of them here"
            raise DatasetError(
                "a value is missing" if column.missing == 1 else several,
                where=f"{column.first_missing or source}, column '{column.name}'",
                remedy="Choose what becomes of missing values, or leave the column out",
            )

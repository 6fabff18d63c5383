"""Prepares arrays for training from a dataset and a task."""

from dataclasses import replace

import numpy as np

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import DataNote
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import TaskSpec, TrainingSpec
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import STEPWISE
from studio.data.dataset import Column, Dataset, ExampleSet, Series
from studio.data.tasks.class_windows import as_cut, cut_series, is_cut
from studio.data.tasks.fitted.chosen_loss import with_chosen_loss
from studio.data.tasks.fitted.class_weights import refuse_class_weights, with_class_weights
from studio.data.tasks.fitted.main_metric import with_main_metric
from studio.data.tasks.forecast import prepare_forecast
from studio.data.tasks.next_token import prepare_next_token
from studio.data.tasks.per_step import prepare_per_step
from studio.data.tasks.resolve_task import columns_named, resolve_task
from studio.data.tasks.sequence_examples import prepare_sequences
from studio.data.tasks.track import prepare_track

LARGEST = 1e30
"""Larger values are refused; single precision ends at 3.4e38."""


def prepare(
    dataset: Dataset,
    task: TaskSpec,
    fold_id: FoldId | None = None,
    training: TrainingSpec = TrainingSpec(),  # noqa: B008 - frozen
) -> tuple[PreparedTask, TaskSpec]:
    """Splits, windows and scales a dataset; everything is fitted on the training set only.

    The same dataset and task give the same arrays to the last bit.

    Args:
        dataset: The dataset from `load`.
        task: The task; fields that are None are filled in.
        fold_id: The fold or split to prepare; the first by default.
        training: Its loss decides what the networks' outputs are.

    Returns:
        The arrays, and the completed task.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset does not fit the task, or has missing values.
    """
    read, complete, notes = _resolved(dataset, task)
    prepared = _prepare(read, complete, notes, fold_id or complete.fold_ids[0])
    return with_main_metric(with_chosen_loss(prepared, training), complete), complete


def prepare_whole(
    dataset: Dataset,
    task: TaskSpec,
    training: TrainingSpec = TrainingSpec(),  # noqa: B008 - frozen
) -> PreparedTask:
    """The same with all data in the training set, given sets too, on which everything is fitted.

    Validation and test set are empty.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset does not fit the task, or has missing values.
    """
    read, complete, notes = _resolved(dataset, task)
    undivided = complete.model_copy(
        update={"split": (1.0, 0.0, 0.0), "folds": None, "repeats": 1, "training_examples": None}
    )
    if isinstance(read, ExampleSet):
        read = replace(read, in_test=None, in_validation=None)
    prepared = _prepare(read, undivided, notes, SINGLE_SPLIT)
    return with_main_metric(with_chosen_loss(prepared, training), undivided)


def _resolved(dataset: Dataset, task: TaskSpec) -> tuple[Dataset, TaskSpec, tuple[DataNote, ...]]:
    read, complete, notes = resolve_task(dataset, task)
    _refuse_lost_statics(dataset, read, complete)
    return read, complete, notes


def _prepare(
    read: Dataset, complete: TaskSpec, notes: tuple[DataNote, ...], which: FoldId
) -> PreparedTask:
    refuse_class_weights(complete)
    _refuse_carried_state(read, complete)
    features = columns_named(read.columns, complete.features or ())
    targets = columns_named(read.columns, complete.target or ())
    if complete.missing == "refuse":
        refuse_missing((*features, *targets), read.source)
    refuse_large_values(read)
    if isinstance(read, Series) and read.symbols is not None:
        return prepare_next_token(read, complete, notes, which)
    if isinstance(read, Series):
        return prepare_forecast(read, complete, features, targets, notes, which)
    if complete.kind == "track":
        assert isinstance(read, ExampleSet)  # noqa: S101 - the task is complete
        return prepare_track(read, complete, features, targets, notes, which)
    prepare_examples = prepare_per_step if complete.kind in STEPWISE else prepare_sequences
    if not is_cut(read, complete):
        prepared = prepare_examples(read, complete, features, targets, notes, which)
        return with_class_weights(prepared, complete)
    examples, cut_notes = cut_series(read, complete, which)
    every_note = (*notes, *cut_notes)
    prepared = prepare_examples(examples, complete, features, targets, every_note, which)
    return with_class_weights(as_cut(prepared, complete), complete)


def _refuse_carried_state(dataset: Dataset, task: TaskSpec) -> None:
    if (
        task.carry_state
        and task.kind != "track"
        and not (isinstance(dataset, Series) and dataset.symbols is not None)
    ):
        raise SpecError(
            "state is carried only through one long text, or one series of the task track",
            where="carry_state",
            remedy="Leave it out",
        )


def _refuse_lost_statics(dataset: Dataset, read: Dataset, task: TaskSpec) -> None:
    if not dataset.statics or (read.statics and task.kind == "forecast"):
        return
    is_whole = isinstance(read, ExampleSet) and read.statics and not is_cut(read, task)
    if not is_whole or task.kind not in {"classify", "regress"}:
        windows = " of windows" if task.kind == "classify" else ""
        raise SpecError(
            "static columns are read by forecasts, and by classification and regression of whole "
            f"sequences, but the task is {task.kind}{windows}",
            where="static",
            remedy="Leave them out",
        )


def refuse_large_values(dataset: Dataset) -> None:
    """Raises DatasetError where values are too large for the single precision of training."""
    values = [dataset.values]
    if isinstance(dataset, ExampleSet) and dataset.class_names is None:
        values.append(np.asarray(dataset.labels, dtype=np.float64))
    for array in values:
        highs = [np.nanmax(np.abs(array[:, index]), initial=0) for index in range(array.shape[1])]
        largest = float(max(highs, default=0))
        if largest > LARGEST:
            raise DatasetError(
                f"holds the value {largest:.3g}, too large for training in single precision",
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
                remedy="Choose how to treat missing values, or leave the column out",
            )

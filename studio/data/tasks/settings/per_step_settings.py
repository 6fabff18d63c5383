"""Completes tasks that predict the next step: next token, next row of switches."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import DataNote, WindowAssumed
from studio.core.specs.comparison_spec import TaskKind, TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series, find_column, is_coded
from studio.data.splitting.split_examples import NO_GROUP, group_column
from studio.data.splitting.splits import check_split, split_into_folds
from studio.data.transform.tagged_sequences import sequences_of

_DEFAULT_WINDOW = 64
_FEWEST_WINDOWS = 20
_MOST_NAMED = 6
_NEEDS: Mapping[TaskKind, str] = MappingProxyType(
    {
        "tag": "tagging needs sequences with a class for each step",
        "next-token": "next-token prediction needs text",
        "next-step": "next-step prediction needs sequences of columns that are 0 or 1",
    }
)


def resolve_per_step(
    dataset: Dataset, task: TaskSpec, kind: TaskKind
) -> tuple[Dataset, TaskSpec, list[DataNote]]:
    """The dataset as the task reads it, the complete task, and notes on what was chosen.

    Raises:
        SpecError: The data or a setting does not fit the task.
        DatasetError: The data is too short.
    """
    if isinstance(dataset, Series) and dataset.symbols is not None and kind == "next-token":
        return dataset, *complete_tokens(dataset, task)
    read = _sequences(dataset)
    if read is None:
        raise _misfit(dataset, kind)
    if kind == "next-token" and read.symbols is None and not read.one_hot:
        raise _misfit(dataset, kind)
    if kind == "next-step" and not _are_switches(read):
        raise SpecError(
            "next-step prediction needs columns that are 0 or 1, without missing values",
            where="task",
            remedy="Choose the task forecast",
        )
    return read, _complete(read, task, kind), []


def _sequences(dataset: Dataset) -> ExampleSet | None:
    """Several series as sequences without labels; None for a single series."""
    if isinstance(dataset, ExampleSet):
        return dataset
    return None if dataset.lengths is None else sequences_of(dataset)


def _are_switches(dataset: ExampleSet) -> bool:
    return dataset.symbols is None and bool(np.isin(dataset.values, (0, 1)).all())


def _complete(dataset: ExampleSet, task: TaskSpec, kind: TaskKind) -> TaskSpec:
    refuse_forecast_settings(task, kind)
    if task.window is not None:
        raise SpecError(
            "a window cuts one long text or series, but this dataset holds sequences",
            where="window",
            remedy="Leave it out, or set longest to cut sequences",
        )
    features = dataset.features
    names = tuple(column.name for column in features)
    if task.features and not is_coded(dataset):
        wanted = [find_column(features, name, "features").name for name in task.features]
        names = tuple(dict.fromkeys(wanted))
    if task.target and set(task.target) != set(names):
        listed = ", ".join(names[:_MOST_NAMED])
        raise SpecError(
            f"the task {kind} predicts {listed}", where="target", remedy="Leave the target out"
        )
    chosen = {
        "kind": kind,
        "target": names,
        "features": names,
        "split": split_of(dataset, task),
        "group": group_column(dataset, task.group),
        "scaling": "none",
    }
    return task.model_copy(update=chosen)


def complete_tokens(series: Series, task: TaskSpec) -> tuple[TaskSpec, list[DataNote]]:
    """The completed task of one long text, and notes on what was chosen.

    Raises:
        SpecError: A setting does not fit a text.
        DatasetError: The text is shorter than a window.
    """
    refuse_forecast_settings(task, "next-token")
    refuse_repeats(task)
    if task.longest is not None or task.group not in {None, NO_GROUP, ""}:
        raise SpecError(
            "longest and group apply to examples, but this is one long text",
            where="group" if task.longest is None else "longest",
            remedy="Leave them out",
        )
    notes: list[DataNote] = []
    window = task.window
    if window is None:
        window = min(_DEFAULT_WINDOW, max(2, len(series) // _FEWEST_WINDOWS))
        notes.append(WindowAssumed(window, of_text=True))
    if len(series) < window + 2:
        raise DatasetError(
            f"has only {len(series):,} tokens, too few for a window of {window}",
            where=series.source,
            remedy="Choose a shorter window, or use more text",
        )
    names = tuple(column.name for column in series.channels)
    _refuse_columns(task, names)
    chosen = {
        "kind": "next-token",
        "target": names,
        "features": names,
        "window": window,
        "split": check_split(task.split, has_test=False),
        "scaling": "none",
    }
    return task.model_copy(update=chosen), notes


def refuse_forecast_settings(task: TaskSpec, kind: TaskKind) -> None:
    """Raises SpecError where a horizon, a stride or a calendar is set."""
    if (task.horizon, task.stride) != (1, 1):
        raise SpecError(
            f"horizon and stride apply to forecasts, but the task is {kind}",
            where="horizon" if task.horizon != 1 else "stride",
            remedy="Leave them out",
        )
    if task.calendar:
        raise SpecError(
            "the calendar applies to forecasts only", where="calendar", remedy="Leave it out"
        )


def _refuse_columns(task: TaskSpec, names: tuple[str, ...]) -> None:
    for where, given in (("target", task.target), ("features", task.features)):
        if given and set(given) != set(names):
            raise SpecError("a text has only one column", where=where, remedy="Leave it out")


def split_of(dataset: ExampleSet, task: TaskSpec) -> tuple[float, ...] | None:
    """The shares to use; None where the data gives all three sets.

    Raises:
        SpecError: Shares do not fit the given sets.
    """
    if task.folds is not None:
        _refuse_folds_of_given_parts(dataset)
        return split_into_folds(task.split, task.folds)
    if dataset.in_validation is None:
        return check_split(task.split, has_test=dataset.in_test is not None)
    if task.split is not None:
        raise SpecError(
            "the data gives all three sets", where="split", remedy="Leave the split out"
        )
    return None


def _refuse_folds_of_given_parts(dataset: ExampleSet) -> None:
    if dataset.in_test is not None:
        raise SpecError(
            "the data gives the test set, so it cannot be split into folds",
            where="folds",
            remedy="Leave the folds out, or put all examples into one file",
        )


def refuse_repeats(task: TaskSpec) -> None:
    """Raises SpecError where a split in time order would be repeated."""
    if task.repeats > 1:
        raise SpecError(
            "a series is split in time order, so repeats would all be the same",
            where="repeats",
            remedy="Leave the repeats out",
        )


def _misfit(dataset: Dataset, kind: TaskKind) -> SpecError:
    what = "one series of numbers" if isinstance(dataset, Series) else "sequences of numbers"
    if isinstance(dataset, Series) and dataset.symbols is not None:
        what = "one long text"
    return SpecError(
        f"{_NEEDS[kind]}, but this is {what}",
        where="task",
        remedy="Choose another task, or leave it out to use the one that fits",
    )

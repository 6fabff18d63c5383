"""Complete tasks that are answered at every step: the next token, the next step, a tag."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from studio.core.errors import DatasetError, SpecError
from studio.core.spec import TaskKind, TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series, find_column, is_coded
from studio.data.dividing import NO_GROUP, group_of
from studio.data.splits import check_split, split_into_folds
from studio.data.symbols import unlabelled

_DEFAULT_PIECE = 64
_FEWEST_PIECES = 20
_MOST_NAMED = 6
_IS_THAT_OF: Mapping[TaskKind, str] = MappingProxyType(
    {
        "tag": "tags are those of the steps of sequences",
        "next-token": "the next token is that of a text",
        "next-step": "the next step is that of sequences of columns that are 0 or 1",
    }
)


def resolve_stepwise(
    dataset: Dataset, task: TaskSpec, kind: TaskKind
) -> tuple[Dataset, TaskSpec, list[str]]:
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
    if kind == "tag" and read.tags is None:
        raise SpecError(
            "no column says what each step is",
            where="task",
            remedy="Give a long table with an id, a time and a label that changes within sequences",
        )
    if kind == "next-token" and read.symbols is None and not read.one_hot:
        raise _misfit(dataset, kind)
    if kind == "next-step" and not _are_switches(read):
        raise SpecError(
            "the next step is predicted of columns that are 0 or 1 and have no gaps",
            where="task",
            remedy="Choose the task forecast",
        )
    return read, _complete(read, task, kind), []


def _sequences(dataset: Dataset) -> ExampleSet | None:
    """Several series as sequences without labels; None where there is one alone."""
    if isinstance(dataset, ExampleSet):
        return dataset
    if dataset.lengths is None:
        return None
    labels, names = unlabelled(len(dataset.lengths))
    columns = tuple(
        replace(column, role="feature") if column.role == "target" else column
        for column in dataset.columns
    )
    return ExampleSet(
        name=dataset.name,
        source=dataset.source,
        columns=columns,
        channels=tuple(column for column in columns if column.role == "feature"),
        values=dataset.values,
        lengths=dataset.lengths,
        labels=labels,
        class_names=names,
        problems=dataset.problems,
    )


def _are_switches(dataset: ExampleSet) -> bool:
    return dataset.symbols is None and bool(np.isin(dataset.values, (0, 1)).all())


def _complete(dataset: ExampleSet, task: TaskSpec, kind: TaskKind) -> TaskSpec:
    refuse_forecast_settings(task, kind)
    if task.window is not None:
        raise SpecError(
            "a window cuts one long text or series, and these are sequences",
            where="window",
            remedy="Leave it out, or choose longest to cut sequences",
        )
    features = dataset.features
    names = tuple(column.name for column in features)
    if task.features and not is_coded(dataset):
        wanted = [find_column(features, name, "features").name for name in task.features]
        names = tuple(dict.fromkeys(wanted))
    targets = names
    if kind == "tag":
        targets = tuple(column.name for column in dataset.targets)
    if task.target and set(task.target) != set(targets):
        listed = ", ".join(targets[:_MOST_NAMED])
        raise SpecError(
            f"the task {kind} predicts {listed}", where="target", remedy="Leave the target out"
        )
    chosen = {
        "kind": kind,
        "target": targets,
        "features": names,
        "split": split_of(dataset, task),
        "group": group_of(dataset, task.group),
        "scaling": task.scaling if kind == "tag" and not is_coded(dataset) else "none",
    }
    return task.model_copy(update=chosen)


def complete_tokens(series: Series, task: TaskSpec) -> tuple[TaskSpec, list[str]]:
    """The task of one long text with everything filled in, and notes on what was chosen.

    Raises:
        SpecError: A setting does not fit a text.
        DatasetError: The text is shorter than a piece.
    """
    refuse_forecast_settings(task, "next-token")
    refuse_repeats(task)
    if task.longest is not None or task.group not in {None, NO_GROUP, ""}:
        raise SpecError(
            "longest and group belong to examples, and this is one long text",
            where="group" if task.longest is None else "longest",
            remedy="Leave them out",
        )
    notes, window = [], task.window
    if window is None:
        window = min(_DEFAULT_PIECE, max(2, len(series) // _FEWEST_PIECES))
        notes.append(f"the text is cut into pieces of {window} tokens because no window is given")
    if len(series) < window + 2:
        raise DatasetError(
            f"has {len(series):,} tokens, and a piece takes {window}",
            where=series.source,
            remedy="Choose a shorter window, or give more text",
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
            f"horizon and stride belong to forecasts, and the task is {kind}",
            where="horizon" if task.horizon != 1 else "stride",
            remedy="Leave them out",
        )
    if task.calendar:
        raise SpecError(
            "the calendar belongs to forecasts", where="calendar", remedy="Leave it out"
        )


def _refuse_columns(task: TaskSpec, names: tuple[str, ...]) -> None:
    for where, given in (("target", task.target), ("features", task.features)):
        if given and set(given) != set(names):
            raise SpecError("a text has nothing to choose from", where=where, remedy="Leave it out")


def split_of(dataset: ExampleSet, task: TaskSpec) -> tuple[float, ...] | None:
    """The shares to use; None where all three parts are given.

    Raises:
        SpecError: Shares do not fit the parts that are given.
    """
    if task.folds is not None:
        _refuse_folds_of_given_parts(dataset)
        return split_into_folds(task.split, task.folds)
    if dataset.in_validation is None:
        return check_split(task.split, has_test=dataset.in_test is not None)
    if task.split is not None:
        raise SpecError(
            "all three parts are given by the data", where="split", remedy="Leave the split out"
        )
    return None


def _refuse_folds_of_given_parts(dataset: ExampleSet) -> None:
    if dataset.in_test is not None:
        raise SpecError(
            "the test part is given by the data, so there is nothing to divide into folds",
            where="folds",
            remedy="Leave the folds out, or give all examples in one file",
        )


def refuse_repeats(task: TaskSpec) -> None:
    """Raises SpecError where one order in time would have to be divided more than once."""
    if task.repeats > 1:
        raise SpecError(
            "one series is divided in time order, which cannot be drawn anew",
            where="repeats",
            remedy="Leave the repeats out",
        )


def _misfit(dataset: Dataset, kind: TaskKind) -> SpecError:
    what = "one series of numbers" if isinstance(dataset, Series) else "sequences of numbers"
    if isinstance(dataset, Series) and dataset.symbols is not None:
        what = "one long text"
    return SpecError(
        f"{_IS_THAT_OF[kind]}, and this is {what}",
        where="task",
        remedy="Choose another task, or leave it out to take the one that fits",
    )

"""From what was asked for to a complete task, checked against the dataset."""

import numpy as np

from studio.core.errors import DatasetError, SpecError
from studio.core.spec import TaskKind, TaskSpec
from studio.core.task import STEPWISE
from studio.data.dataset import Column, Dataset, ExampleSet, Series, find_column, is_coded
from studio.data.dividing import NO_GROUP, group_of
from studio.data.recast import recast
from studio.data.splits import check_split
from studio.data.stepwise_tasks import refuse_repeats, resolve_stepwise, split_of

TASKS: tuple[TaskKind, ...] = ("classify", "regress", "forecast", "tag", "next-token", "next-step")
_LONGEST_DEFAULT_WINDOW = 32
_MOST_NAMED = 6


def detect_task(dataset: Dataset, task: TaskSpec) -> TaskSpec:
    """Fills in everything that the task leaves open.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset cannot serve the task.
    """
    return resolve(dataset, task)[1]


def natural_task(dataset: Dataset) -> TaskKind:
    """The task that a dataset is made for."""
    if isinstance(dataset, Series):
        return "forecast" if dataset.symbols is None else "next-token"
    if dataset.tags is not None:
        return "tag"
    if dataset.targets:
        return "regress" if dataset.class_names is None else "classify"
    if dataset.symbols is not None or dataset.one_hot:
        return "next-token"
    switches = len(dataset.channels) > 1 and bool(np.isin(dataset.values, (0, 1)).all())
    return "next-step" if switches else "forecast"


def resolve(dataset: Dataset, task: TaskSpec) -> tuple[Dataset, TaskSpec, tuple[str, ...]]:
    """The dataset as the task reads it, the complete task, and notes on what was chosen.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset cannot serve the task.
    """
    kind = task.kind or natural_task(dataset)
    if isinstance(dataset, ExampleSet) and dataset.tags is not None and kind not in STEPWISE:
        raise SpecError(
            f"the label changes within sequences, and the task is {kind}",
            where="task",
            remedy="Choose the task tag",
        )
    if kind in STEPWISE:
        read, complete, notes = resolve_stepwise(dataset, task, kind)
        return read, complete, (*read.notes, *read.problems, *notes)
    read = recast(dataset, task)
    kind = task.kind or natural_task(read)
    if isinstance(read, Series):
        complete, notes = _forecast(read, task)
    else:
        complete, notes = _labelled(read, task, kind)
    return read, complete, (*read.notes, *read.problems, *notes)


def columns_named(columns: tuple[Column, ...], names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of the names, which a complete task gives."""
    return tuple(find_column(columns, name, "columns") for name in names)


def _forecast(series: Series, task: TaskSpec) -> tuple[TaskSpec, list[str]]:
    _refuse_for_forecasts(task)
    refuse_repeats(task)
    notes = []
    targets = _chosen(series, task.target, "target")
    if targets is None:
        targets = tuple(column for column in series.channels if column.role == "target")
        if len(series.channels) > 1:
            notes.append(
                f"the last column of numbers, '{targets[0].name}', is forecast "
                "because no target is named"
            )
    features = _chosen(series, task.features, "features") or series.channels
    unread = [column.name for column in targets if column not in features]
    if unread:
        notes.append(f"the past of {_listed(unread)} is not among what the networks read")
    window = task.window
    longest = len(series) if series.lengths is None else int(series.lengths.max())
    if window is None:
        window = min(_LONGEST_DEFAULT_WINDOW, max(2, longest // 10))
        notes.append(f"each forecast reads {window} past steps because no window is given")
    _check_length(series, window, task.horizon)
    complete = task.model_copy(
        update={
            "kind": "forecast",
            "target": tuple(column.name for column in targets),
            "features": tuple(column.name for column in features),
            "window": window,
            "split": check_split(task.split, has_test=False),
        }
    )
    return complete, notes


def _refuse_for_forecasts(task: TaskSpec) -> None:
    if task.missing == "interpolate":
        raise SpecError(
            "interpolation would let a window see values behind its end",
            where="missing",
            remedy="Choose forward, mask or drop",
        )
    if task.longest is not None or task.group not in {None, NO_GROUP, ""}:
        raise SpecError(
            "longest and group belong to examples, and the task is forecast",
            where="group" if task.longest is None else "longest",
            remedy="Leave them out",
        )


def _check_length(series: Series, window: int, horizon: int) -> None:
    needed = window + horizon + 1
    longest = len(series) if series.lengths is None else int(series.lengths.max())
    if longest < needed:
        raise DatasetError(
            f"has {longest} time steps, and a window of {window} with a horizon of {horizon} "
            f"needs at least {needed}",
            where=series.source,
            remedy="Choose a shorter window, or give more data",
        )


def _labelled(dataset: ExampleSet, task: TaskSpec, kind: TaskKind) -> tuple[TaskSpec, list[str]]:
    if (task.window, task.horizon, task.stride) != (None, 1, 1):
        raise SpecError(
            f"window, horizon and stride belong to forecasts, and the task is {kind}",
            where="window",
            remedy="Leave them out, or choose the task forecast",
        )
    for name in task.target or ():
        if find_column(dataset.columns, name, "target") not in dataset.targets:
            names = _listed([column.name for column in dataset.targets])
            raise SpecError(
                f"'{name}' is not a label", where="target", remedy=f"Name {names}, or none"
            )
    targets = dataset.targets
    if task.target:
        targets = tuple(dict.fromkeys(columns_named(dataset.columns, task.target)))
    features = dataset.features
    if task.features:
        features = tuple(
            dict.fromkeys(find_column(features, name, "features") for name in task.features)
        )
    _check_labels(dataset)
    if task.calendar:
        raise SpecError(
            "the calendar belongs to forecasts", where="calendar", remedy="Leave it out"
        )
    complete = task.model_copy(
        update={
            "kind": kind,
            "target": tuple(column.name for column in targets),
            "features": tuple(column.name for column in features),
            "split": split_of(dataset, task),
            "group": group_of(dataset, task.group),
            "scaling": "none" if is_coded(dataset) else task.scaling,
        }
    )
    return complete, _class_notes(dataset)


def _check_labels(dataset: ExampleSet) -> None:
    if dataset.class_names is None:
        return
    present = np.unique(dataset.labels[dataset.labels >= 0])
    if len(present) < 2:  # noqa: PLR2004 - one class is no choice
        names = [dataset.class_names[int(at)] for at in present]
        raise DatasetError(
            f"holds one class only{', ' + repr(names[0]) if names else ''}",
            where=dataset.source,
            remedy="Give examples of at least two classes",
        )


def _class_notes(dataset: ExampleSet) -> list[str]:
    if dataset.class_names is None:
        return []
    present = set(np.unique(dataset.labels).tolist())
    absent = [name for at, name in enumerate(dataset.class_names) if at not in present]
    return [f"no example has the class {_listed(absent)}, which is left out"] if absent else []


def _chosen(series: Series, names: tuple[str, ...] | None, where: str) -> tuple[Column, ...] | None:
    if not names:
        return None
    chosen = []
    for name in dict.fromkeys(names):
        column = find_column(series.columns, name, where)
        if column not in series.channels:
            raise SpecError(
                f"the column '{name}' holds no numbers to use ({column.kind}, {column.role})",
                where=where,
                remedy=f"Choose among {_listed([each.name for each in series.channels])}",
            )
        chosen.append(column)
    return tuple(dict.fromkeys(chosen))


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_MOST_NAMED])
    return f"{shown}, ..." if len(names) > _MOST_NAMED else shown

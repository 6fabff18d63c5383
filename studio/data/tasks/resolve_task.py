"""Completes a task and checks it against the dataset."""

from collections.abc import Sequence

import numpy as np

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import (
    ClassesUnused,
    DataNote,
    TargetAssumed,
    TargetPastUnread,
    WindowAssumed,
)
from studio.core.specs.comparison_spec import TaskKind, TaskSpec
from studio.core.specs.task_spec import STEPWISE
from studio.data.dataset import Column, Dataset, ExampleSet, Series, find_column, is_coded
from studio.data.splitting.split_examples import NO_GROUP, group_column
from studio.data.splitting.splits import check_split
from studio.data.tasks.plugin_tasks import read_for_plugin_task
from studio.data.tasks.settings.known_ahead_settings import refuse_known_ahead, refuse_known_targets
from studio.data.tasks.settings.per_step_settings import refuse_repeats, resolve_per_step, split_of
from studio.data.tasks.settings.tagged_settings import (
    reads_tags,
    refuse_unused_settings,
    resolve_tagged,
)
from studio.data.tasks.settings.track_settings import refuse_settings_of_track, resolve_track
from studio.data.transform.reinterpret import reinterpret

TASKS: tuple[TaskKind, ...] = (
    "classify",
    "regress",
    "forecast",
    "tag",
    "next-token",
    "next-step",
    "track",
)
_LONGEST_DEFAULT_WINDOW = 32
_MOST_NAMED = 6


def detect_task(dataset: Dataset, task: TaskSpec) -> TaskSpec:
    """Fills in the fields of a task that are None.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset does not fit the task.
    """
    return resolve_task(dataset, task)[1]


def default_task(dataset: Dataset) -> TaskKind:
    """The task that suits a dataset."""
    if dataset.tags is not None:
        return "tag"
    if isinstance(dataset, Series):
        return "forecast" if dataset.symbols is None else "next-token"
    if dataset.targets:
        return "regress" if dataset.class_names is None else "classify"
    if dataset.symbols is not None or dataset.one_hot:
        return "next-token"
    switches = len(dataset.channels) > 1 and bool(np.isin(dataset.values, (0, 1)).all())
    return "next-step" if switches else "forecast"


def resolve_task(
    dataset: Dataset, task: TaskSpec
) -> tuple[Dataset, TaskSpec, tuple[DataNote, ...]]:
    """The dataset as the task reads it, the complete task, and notes on what was chosen.

    Raises:
        SpecError: A setting does not fit the dataset.
        DatasetError: The dataset does not fit the task.
    """
    read, complete, chosen = _resolved(dataset, task)
    refuse_unused_settings(read, complete)
    refuse_settings_of_track(complete)
    refuse_known_ahead(complete)
    return read, complete, (*read.notes, *read.problems, *chosen)


def _resolved(dataset: Dataset, task: TaskSpec) -> tuple[Dataset, TaskSpec, Sequence[DataNote]]:
    if task.plugin is not None:
        dataset, task = read_for_plugin_task(dataset, task)
    kind = task.kind or default_task(dataset)
    if kind == "track":
        return resolve_track(dataset, task)
    if reads_tags(dataset, task, kind):
        return resolve_tagged(dataset, task, kind)
    if isinstance(dataset, ExampleSet) and dataset.tags is not None and kind not in STEPWISE:
        raise SpecError(
            f"the label changes within sequences, but the task is {kind}",
            where="task",
            remedy="Choose the task tag, or classify for windows with a class",
        )
    if kind in STEPWISE:
        return resolve_per_step(dataset, task, kind)
    read = reinterpret(dataset, task)
    kind = task.kind or default_task(read)
    if isinstance(read, Series):
        return read, *_forecast(read, task)
    return read, *_labelled(read, task, kind)


def columns_named(columns: tuple[Column, ...], names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns that a complete task names."""
    return tuple(find_column(columns, name, "columns") for name in names)


def _forecast(series: Series, task: TaskSpec) -> tuple[TaskSpec, list[DataNote]]:
    _refuse_for_forecasts(task)
    if task.split_series == "by-time":
        refuse_repeats(task)
    notes: list[DataNote] = []
    known = _chosen(series, task.known_ahead, "known_ahead") or ()
    targets = _chosen(series, task.target, "target")
    if targets is None:
        free = tuple(column for column in series.channels if column not in known)
        named = tuple(column for column in free if column.role == "target")
        targets = named or free[-1:]
        if len(series.channels) > 1 and targets:
            notes.append(TargetAssumed(targets[0].name))
    refuse_known_targets(known, targets)
    features = _chosen(series, task.features, "features") or series.channels
    features = tuple(dict.fromkeys((*features, *known)))
    unread = tuple(column.name for column in targets if column not in features)
    if unread:
        notes.append(TargetPastUnread(unread))
    window = task.window
    longest = len(series) if series.lengths is None else int(series.lengths.max())
    if window is None:
        window = min(_LONGEST_DEFAULT_WINDOW, max(2, longest // 10))
        notes.append(WindowAssumed(window))
    _check_length(series, window, task.horizon)
    complete = task.model_copy(
        update={
            "kind": "forecast",
            "target": tuple(column.name for column in targets),
            "features": tuple(column.name for column in features),
            "known_ahead": tuple(column.name for column in known) or None,
            "window": window,
            "split": check_split(task.split, has_test=False),
        }
    )
    return complete, notes


def _refuse_for_forecasts(task: TaskSpec) -> None:
    if task.missing == "interpolate":
        raise SpecError(
            "interpolation would leak values from after a window into it",
            where="missing",
            remedy="Choose forward, mask or drop",
        )
    if task.longest is not None or task.group not in {None, NO_GROUP, ""}:
        raise SpecError(
            "longest and group apply to examples, but the task is forecast",
            where="group" if task.longest is None else "longest",
            remedy="Leave them out",
        )


def _check_length(series: Series, window: int, horizon: int) -> None:
    needed = window + horizon + 1
    longest = len(series) if series.lengths is None else int(series.lengths.max())
    if longest < needed:
        raise DatasetError(
            f"has {longest} time steps, but a window of {window} with a horizon of {horizon} "
            f"needs at least {needed}",
            where=series.source,
            remedy="Choose a shorter window, or use more data",
        )


def _labelled(
    dataset: ExampleSet, task: TaskSpec, kind: TaskKind
) -> tuple[TaskSpec, list[ClassesUnused]]:
    if (task.window, task.horizon, task.stride) != (None, 1, 1):
        raise SpecError(
            "window, horizon and stride apply to forecasts and to series with a class for each "
            f"step, but the task is {kind} and these are whole examples",
            where="window",
            remedy="Leave them out, or choose the task forecast",
        )
    for name in task.target or ():
        if find_column(dataset.columns, name, "target") not in dataset.targets:
            names = _listed([column.name for column in dataset.targets])
            raise SpecError(
                f"'{name}' is not a label",
                where="target",
                remedy=f"Choose {names}, or leave the target out",
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
            "the calendar applies to forecasts only", where="calendar", remedy="Leave it out"
        )
    complete = task.model_copy(
        update={
            "kind": kind,
            "target": tuple(column.name for column in targets),
            "features": tuple(column.name for column in features),
            "split": split_of(dataset, task),
            "group": group_column(dataset, task.group),
            "scaling": "none" if is_coded(dataset) else task.scaling,
        }
    )
    return complete, _class_notes(dataset)


def _check_labels(dataset: ExampleSet) -> None:
    if dataset.class_names is None:
        return
    present = np.unique(dataset.labels[dataset.labels >= 0])
    if len(present) < 2:  # noqa: PLR2004 - one class is no choice
        names = [dataset.class_names[int(index)] for index in present]
        raise DatasetError(
            f"holds only one class{', ' + repr(names[0]) if names else ''}",
            where=dataset.source,
            remedy="Use examples of at least two classes",
        )


def _class_notes(dataset: ExampleSet) -> list[ClassesUnused]:
    if dataset.class_names is None:
        return []
    present = set(np.unique(dataset.labels).tolist())
    absent = tuple(name for index, name in enumerate(dataset.class_names) if index not in present)
    return [ClassesUnused(absent)] if absent else []


def _chosen(series: Series, names: tuple[str, ...] | None, where: str) -> tuple[Column, ...] | None:
    if not names:
        return None
    chosen = []
    for name in dict.fromkeys(names):
        column = find_column(series.columns, name, where)
        if column not in series.channels:
            raise SpecError(
                f"the column '{name}' has no usable numbers ({column.kind}, {column.role})",
                where=where,
                remedy=f"Choose one of {_listed([channel.name for channel in series.channels])}",
            )
        chosen.append(column)
    return tuple(dict.fromkeys(chosen))


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_MOST_NAMED])
    return f"{shown}, ..." if len(names) > _MOST_NAMED else shown

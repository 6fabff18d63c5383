"""Completes tasks on series with a class for each step: tags, and windows with a class."""

import numpy as np

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import ClassesUnused, DataNote, LabelWindowAssumed
from studio.core.specs.task_spec import TaskKind, TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series, find_column, is_coded
from studio.data.splitting.series_parts import splits_in_time
from studio.data.splitting.split_examples import group_column
from studio.data.splitting.splits import check_split
from studio.data.tasks.settings.per_step_settings import refuse_repeats, split_of
from studio.data.transform.reinterpret import names_its_targets, row_per_step
from studio.data.transform.tagged_sequences import tagged_rows, tagged_series

_DEFAULT_WINDOW = 64
_FEWEST_WINDOWS = 20
_FEWEST_CLASSES = 2


def reads_tags(dataset: Dataset, task: TaskSpec, kind: TaskKind) -> bool:
    """Whether the task predicts the classes of steps, each step's or those of windows."""
    if kind not in {"tag", "classify"} or dataset.symbols is not None:
        return False
    if dataset.tags is not None or kind == "tag":
        return True
    is_table = isinstance(dataset, Series) or dataset.row_per_example
    return is_table and task.window is not None


def resolve_tagged(
    dataset: Dataset, task: TaskSpec, kind: TaskKind
) -> tuple[ExampleSet, TaskSpec, list[DataNote]]:
    """The series with their tags, the complete task, and notes on what was chosen.

    Sequences that are tagged without a window stay whole; anything else is cut.

    Raises:
        SpecError: No column holds classes, or a setting does not fit.
        DatasetError: There is only one class, or no series is as long as a window.
    """
    read = as_tagged(dataset, task)
    _refuse_settings(task, kind)
    window = _window(read, task, kind)
    chosen = {
        "kind": kind,
        "target": tuple(column.name for column in read.targets),
        "features": _features(read, task),
        "window": window,
        "group": group_column(read, task.group),
        "scaling": "none" if is_coded(read) else task.scaling,
    }
    complete = task.model_copy(update=chosen)
    complete = complete.model_copy(update={"split": _split(read, complete)})
    assumed = () if window is None or task.window else (LabelWindowAssumed(window),)
    return read, complete, [*_class_notes(read), *assumed]


def _window(read: ExampleSet, task: TaskSpec, kind: TaskKind) -> int | None:
    """The window as set, or one that suits the series; None keeps sequences whole."""
    longest = int(read.lengths.max())
    if task.window is not None and longest < task.window:
        raise DatasetError(
            f"has only {longest} time steps, but a window has {task.window}",
            where=read.source,
            remedy="Choose a shorter window, or use more data",
        )
    if task.window is not None or (kind == "tag" and len(read) > 1):
        return task.window
    return min(_DEFAULT_WINDOW, max(2, longest // _FEWEST_WINDOWS))


def _features(read: ExampleSet, task: TaskSpec) -> tuple[str, ...]:
    names = tuple(column.name for column in read.features)
    if not task.features or is_coded(read):
        return names
    wanted = (find_column(read.features, name, "features").name for name in task.features)
    return tuple(dict.fromkeys(wanted))


def _split(read: ExampleSet, complete: TaskSpec) -> tuple[float, ...] | None:
    """The shares of the sets, of the steps of each series or of whole ones."""
    is_in_time = complete.window is not None and splits_in_time(complete)
    if is_in_time:
        refuse_repeats(complete)
    if is_in_time and read.in_test is None:
        return check_split(complete.split, has_test=False)
    return split_of(read, complete)


def as_tagged(dataset: Dataset, task: TaskSpec) -> ExampleSet:
    """The series of a dataset with the class of each step.

    Raises:
        SpecError: No column holds classes.
    """
    if isinstance(dataset, Series):
        return tagged_series(dataset, task)
    if dataset.row_per_example and task.target and not names_its_targets(dataset, task.target):
        return tagged_series(row_per_step(dataset), task)
    if dataset.row_per_example and dataset.class_names is not None:
        return tagged_rows(dataset)
    if dataset.tags is None:
        raise SpecError(
            "no column holds a class for each time step",
            where="task",
            remedy="Use a series or a long table with a label that changes within sequences",
        )
    _refuse_another_target(dataset, task)
    return dataset


def _refuse_another_target(dataset: ExampleSet, task: TaskSpec) -> None:
    names = [column.name for column in dataset.targets]
    if task.target and set(task.target) != set(names):
        raise SpecError(
            f"the class of each step is in {', '.join(names)}",
            where="target",
            remedy="Leave the target out",
        )


def _refuse_settings(task: TaskSpec, kind: TaskKind) -> None:
    if task.horizon != 1 or task.calendar:
        raise SpecError(
            f"horizon and calendar apply to forecasts, but the task is {kind}",
            where="horizon" if task.horizon != 1 else "calendar",
            remedy="Leave them out",
        )
    if kind == "tag" and task.stride != 1:
        raise SpecError(
            "tagged pieces follow each other without a stride",
            where="stride",
            remedy="Leave it out, or choose the task classify",
        )
    if task.window is not None and task.longest is not None:
        raise SpecError(
            "the window already sets the length of the examples",
            where="longest",
            remedy="Leave it out",
        )


def _class_notes(read: ExampleSet) -> tuple[ClassesUnused, ...]:
    """A note on classes that no step has.

    Raises:
        DatasetError: There is only one class.
    """
    assert read.tags is not None  # noqa: S101 - see _tagged
    present = set(np.unique(read.tags.codes).tolist())
    used = [name for index, name in enumerate(read.tags.names) if index in present]
    if len(used) < _FEWEST_CLASSES:
        raise DatasetError(
            f"holds only one class{', ' + repr(used[0]) if used else ''}",
            where=read.source,
            remedy="Use data of at least two classes",
        )
    absent = tuple(name for name in read.tags.names if name not in used)
    return (ClassesUnused(absent),) if absent else ()


def refuse_unused_settings(read: Dataset, task: TaskSpec) -> None:
    """Raises SpecError where a setting of several series or of windows with a class has no use."""
    if task.mixed != "majority" and not (task.kind == "classify" and task.window is not None):
        raise SpecError(
            "only windows with a class can have steps of several classes",
            where="mixed",
            remedy="Leave it out",
        )
    several = read.lengths is not None and len(read.lengths) > 1
    if task.scale_by == "series":
        _refuse_unused_scalers(task, several=several)
    if task.split_series == "by-time":
        return
    has_series = task.kind in {"tag", "track"} or (
        task.window is not None and task.kind != "next-token"
    )
    if not (has_series and several):
        raise SpecError(
            "there are no several series to draw into the sets",
            where="split_series",
            remedy="Leave it out",
        )


def _refuse_unused_scalers(task: TaskSpec, *, several: bool) -> None:
    """Raises SpecError where there are no several series to forecast, or nothing is scaled."""
    if task.kind != "forecast":
        what = f"only forecasts scale each series on its own, but the task is {task.kind}"
    elif not several:
        what = "there are no several series to scale on their own"
    elif task.scaling == "none":
        what = "nothing is scaled, so no series needs a scaler of its own"
    else:
        return
    raise SpecError(what, where="scale_by", remedy="Leave it out")

"""Completes the task track: numbers at each step of one or several series."""

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import DataNote, LabelWindowAssumed, TargetAssumed
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column, Dataset, ExampleSet, Series, find_column
from studio.data.splitting.series_parts import splits_in_time
from studio.data.splitting.split_examples import group_column
from studio.data.splitting.splits import check_split
from studio.data.tasks.settings.per_step_settings import (
    refuse_forecast_settings,
    refuse_repeats,
    split_of,
)
from studio.data.transform.reinterpret import reinterpret
from studio.data.transform.tagged_sequences import sequences_of

_LONGEST_DEFAULT_WINDOW = 200
_FEWEST_WINDOWS = 20


def resolve_track(dataset: Dataset, task: TaskSpec) -> tuple[ExampleSet, TaskSpec, list[DataNote]]:
    """The series as sequences, the complete task, and notes on what was chosen.

    Several series stay whole unless a window is set; one series is cut.

    Raises:
        SpecError: There is no number at each step, or a setting does not fit.
        DatasetError: No series is as long as a window.
    """
    series = _series(dataset, task)
    _refuse_settings(task)
    targets, notes = _targets(series, task)
    features = _features(series, task, targets)
    read = sequences_of(series)
    window = _window(read, task)
    if window is not None and not task.window:
        notes.append(LabelWindowAssumed(window))
    complete = task.model_copy(
        update={
            "kind": "track",
            "target": tuple(column.name for column in targets),
            "features": tuple(column.name for column in features),
            "window": window,
            "group": group_column(read, task.group),
        }
    )
    _refuse_long_washout(read, complete)
    _refuse_carried_state(read, complete)
    return read, complete.model_copy(update={"split": _split(read, complete)}), notes


def refuse_settings_of_track(task: TaskSpec) -> None:
    """Raises SpecError where a washout or a past target is set for another task."""
    for field, is_set in (("washout", task.washout), ("past_target", task.past_target)):
        if is_set and task.kind != "track":
            raise SpecError(
                f"only the task track has this setting, but the task is {task.kind}",
                where=field,
                remedy="Leave it out, or choose the task track",
            )


def _series(dataset: Dataset, task: TaskSpec) -> Series:
    is_labelled = isinstance(dataset, ExampleSet) and not (
        dataset.row_per_example or (dataset.tags is None and not dataset.targets)
    )
    if dataset.symbols is not None or is_labelled:
        raise SpecError(
            "tracking needs a number to predict at each step, but this is "
            + ("text" if dataset.symbols is not None else "sequences with a label each"),
            where="task",
            remedy="Use a series or a long table with a column of numbers to predict",
        )
    read = reinterpret(dataset, task.model_copy(update={"kind": "forecast"}))
    assert isinstance(read, Series)  # noqa: S101 - forecasts read series
    return read


def _refuse_settings(task: TaskSpec) -> None:
    refuse_forecast_settings(task, "track")
    if task.missing == "interpolate":
        raise SpecError(
            "interpolation would leak values from after a step into it",
            where="missing",
            remedy="Choose forward, mask or drop",
        )
    if task.window is not None and task.longest is not None:
        raise SpecError(
            "the window already sets the length of the examples",
            where="longest",
            remedy="Leave it out",
        )


def _targets(series: Series, task: TaskSpec) -> tuple[tuple[Column, ...], list[DataNote]]:
    if task.target:
        return _numeric(series, task.target, "target"), []
    named = tuple(column for column in series.channels if column.role == "target")
    targets = named or series.channels[-1:]
    return targets, [TargetAssumed(targets[0].name, at_each_step=True)]


def _features(series: Series, task: TaskSpec, targets: tuple[Column, ...]) -> tuple[Column, ...]:
    if task.features:
        features = _numeric(series, task.features, "features")
    else:
        features = tuple(column for column in series.channels if column not in targets)
    both = [column.name for column in features if column in targets]
    if both:
        raise SpecError(
            f"'{both[0]}' is the target, whose value at a step must not be read there",
            where="features",
            remedy="Leave it out; past_target reads the target of the step before",
        )
    if not features:
        raise SpecError(
            "no column is left as an input",
            where="target",
            remedy="Use data with a column beside the target, or choose the task forecast",
        )
    return features


def _numeric(series: Series, names: tuple[str, ...], where: str) -> tuple[Column, ...]:
    columns = [find_column(series.columns, name, where) for name in dict.fromkeys(names)]
    for column in columns:
        if column not in series.channels:
            listed = ", ".join(f"'{channel.name}'" for channel in series.channels[:6])
            raise SpecError(
                f"the column '{column.name}' has no usable numbers ({column.kind}, {column.role})",
                where=where,
                remedy=f"Choose one of {listed}",
            )
    return tuple(dict.fromkeys(columns))


def _window(read: ExampleSet, task: TaskSpec) -> int | None:
    longest = int(read.lengths.max())
    if task.window is not None and longest < task.window:
        raise DatasetError(
            f"has only {longest} time steps, but a window has {task.window}",
            where=read.source,
            remedy="Choose a shorter window, or use more data",
        )
    if task.window is not None or len(read) > 1:
        return task.window
    suited = max(2, longest // _FEWEST_WINDOWS, 2 * task.washout)
    return min(_LONGEST_DEFAULT_WINDOW, suited) if task.washout < suited else suited


def _refuse_long_washout(read: ExampleSet, task: TaskSpec) -> None:
    steps = task.window or task.longest or int(read.lengths.max())
    if task.washout >= steps:
        raise SpecError(
            f"a washout of {task.washout} steps leaves none of {steps} to score",
            where="washout",
            remedy="Choose a shorter washout, or a longer window",
        )


def _refuse_carried_state(read: ExampleSet, task: TaskSpec) -> None:
    if task.carry_state and (len(read) > 1 or task.window is None):
        raise SpecError(
            "the state is carried from window to window of one series, but there are several",
            where="carry_state",
            remedy="Leave it out; whole series are read without a window",
        )
    if task.carry_state and task.missing == "drop":
        raise SpecError(
            "the state cannot be carried past windows that are dropped",
            where="missing",
            remedy="Choose forward or mask, or leave carry_state out",
        )


def _split(read: ExampleSet, complete: TaskSpec) -> tuple[float, ...] | None:
    is_in_time = complete.window is not None and splits_in_time(complete)
    if is_in_time:
        refuse_repeats(complete)
        return check_split(complete.split, has_test=False)
    return split_of(read, complete)

"""Forecasts: what was in the last steps of a series, and what comes next."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.division import WHOLE, Division
from studio.core.examples import Examples, PreparedTask
from studio.core.preparation import Preparation, Scaler
from studio.core.task import TaskSpec
from studio.data.calendar import calendar_channels
from studio.data.cutting import cut_note
from studio.data.dataset import Column, Series
from studio.data.gaps import Gaps
from studio.data.scaled import fit_scaler, scaled_values
from studio.data.splits import PART_NAMES
from studio.data.windows import WindowPlan, windows_at


def prepare_forecast(  # noqa: PLR0913, PLR0917 - what parts are made of
    series: Series,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[str, ...],
    division: Division = WHOLE,
) -> PreparedTask:
    """Cuts windows from a series; inputs are overlapping views of one scaled array.

    The steps that can be predicted, from the window's length on, are divided in time order, in
    several series each by itself. All steps that a window predicts lie in its own part; what it
    reads may reach back across the border. A window never predicts a value that was filled in.

    Raises:
        SpecError: A part would be empty, or the dates cannot be read.
    """
    inputs, outputs = _columns_of(series, features), _columns_of(series, targets)
    plan = replace(
        _plan(series, task, inputs, outputs),
        folds=task.folds,
        division=division,
        latest=task.training_examples,
    )
    fitted = plan.training_rows()
    read = _Read.fit(series, task, features, inputs, plan)
    target_scaler = fit_scaler(task.scaling, _given(outputs[fitted]))
    training, validation, test = (
        _examples(plan, part, read.scaled, outputs, target_scaler)
        for part in range(len(PART_NAMES))
    )
    preparation = Preparation(
        kind="forecast",
        input_names=read.names,
        input_units=read.units,
        input_scaler=read.scaler,
        target_names=tuple(column.name for column in targets),
        target_units=tuple(column.unit for column in targets),
        target_scaler=target_scaler,
        window=task.window,
        horizon=task.horizon,
        stride=task.stride,
        min_length=plan.window,
        max_length=plan.window,
        missing=task.missing,
        fill=read.fill,
        naive_error=_persistence_error(outputs, plan.whole.training_rows(), plan.lengths),
    )
    found = (*notes, *read.notes, *_left_out(plan, len(training)))
    return PreparedTask(series.name, preparation, training, validation, test, found)


@dataclass(frozen=True, eq=False)
class _Read:
    """The channels that windows are cut from, and what was fitted for them."""

    scaled: Floats
    names: tuple[str, ...]
    units: tuple[str, ...]
    scaler: Scaler
    fill: tuple[float, ...] | None
    notes: tuple[str, ...]

    @classmethod
    def fit(
        cls,
        series: Series,
        task: TaskSpec,
        features: tuple[Column, ...],
        inputs: Doubles,
        plan: WindowPlan,
    ) -> "_Read":
        """Fills and scales the features; masks and the calendar stand behind them, unscaled."""
        fitted, plain = plan.training_rows(), len(features)
        gaps = Gaps.fit(task.missing, inputs[fitted], inputs)
        filled = gaps.filled(inputs, plan.lengths)
        scaler = fit_scaler(task.scaling, filled[fitted, :plain]).with_plain(gaps.masks)
        scaled = scaled_values(scaler, filled)
        more = gaps.mask_names(features)
        if task.calendar:
            dates, channels = calendar_channels(series.times, task.calendar)
            scaled = np.concatenate([scaled, channels.astype(np.float32)], axis=1)
            scaler, more = scaler.with_plain(len(dates)), (*more, *dates)
        return cls(
            scaled=scaled,
            names=(*(column.name for column in features), *more),
            units=(*(column.unit for column in features), *("",) * len(more)),
            scaler=scaler,
            fill=tuple(gaps.fill.tolist()) if gaps.masked.any() else None,
            notes=constant_notes(features, filled[fitted, :plain]),
        )


def constant_notes(columns: tuple[Column, ...], rows: Doubles) -> tuple[str, ...]:
    """A sentence for each column that never changes in the rows of the training part."""
    return tuple(
        f"the column '{column.name}' never changes in the training part and tells nothing"
        for column, spread in zip(columns, np.ptp(rows, axis=0), strict=True)
        if spread == 0
    )


def _plan(series: Series, task: TaskSpec, inputs: Doubles, outputs: Doubles) -> WindowPlan:
    assert task.window is not None  # noqa: S101 - the task is complete
    assert task.split is not None  # noqa: S101
    lengths = np.array([len(series)]) if series.lengths is None else series.lengths
    read, predicted = _is_given(inputs), _is_given(outputs)
    usable = None
    if not (read.all() and predicted.all()):
        usable = (read if task.missing == "drop" else np.ones_like(read), predicted)
    return WindowPlan(lengths, task.window, task.horizon, task.stride, task.split, usable)


def _left_out(plan: WindowPlan, kept: int) -> tuple[str, ...]:
    short = int(np.sum(plan.lengths <= plan.window + plan.horizon))
    notes = [f"{short} series are shorter than a window and are left out"] if short else []
    if plan.usable is not None:
        notes.append("windows that would read a dropped gap or predict any gap are left out")
    if plan.latest is not None:
        notes.append(f"{cut_note(kept, len(plan.whole.positions(0)))}, the latest")
    return tuple(notes)


def _columns_of(series: Series, columns: tuple[Column, ...]) -> Doubles:
    names = [column.name for column in series.channels]
    chosen = [names.index(column.name) for column in columns]
    if chosen == list(range(len(names))):
        return series.values
    return np.ascontiguousarray(series.values[:, chosen])


def _given(rows: Doubles) -> Doubles:
    """Rows without a gap."""
    given = _is_given(rows)
    return rows if given.all() else rows[given]


def _is_given(rows: Doubles) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(rows).any(axis=1), dtype=np.bool_)


def _persistence_error(
    outputs: Doubles, fitted: Integers | slice, lengths: Integers
) -> tuple[float, ...] | None:
    """Mean absolute error of taking the last value for the next, for each column.

    None where gaps leave a column without two values behind each other.
    """
    if isinstance(fitted, slice):
        columns = [np.abs(np.diff(each)) for each in outputs[fitted].T]
        if any(np.isnan(each).all() for each in columns):
            return None
        return tuple(float(np.nanmean(each)) for each in columns)
    first_steps = np.cumsum(lengths) - lengths
    later = fitted[~np.isin(fitted, first_steps)]
    errors = np.abs(outputs[later] - outputs[later - 1])
    if np.isnan(errors).all(axis=0).any():
        return None
    return tuple(np.nanmean(errors, axis=0).tolist())


def _examples(
    plan: WindowPlan, part: int, scaled: Floats, outputs: Doubles, target_scaler: Scaler
) -> Examples:
    inputs, positions = windows_at(scaled, plan, part)
    ahead = _ahead(outputs, positions, plan.horizon)
    shape = (len(positions), plan.horizon * outputs.shape[1])
    return Examples(
        inputs=inputs,
        lengths=None,
        targets=np.ascontiguousarray(target_scaler.apply(ahead).reshape(shape)),
        truth=np.ascontiguousarray(ahead.astype(np.float32).reshape(shape)),
        positions=positions,
    )


def _ahead(values: Doubles, positions: Integers, horizon: int) -> Doubles:
    """The values at each position and the following ones, (examples, horizon, targets)."""
    return np.asarray(values[positions[:, np.newaxis] + np.arange(horizon)], dtype=np.float64)

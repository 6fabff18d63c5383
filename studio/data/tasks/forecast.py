"""Prepares forecasts: windows of a series and the values after them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.notes import (
    ConstantInput,
    DataNote,
    GappyWindowsLeftOut,
    SeasonBeyondWindow,
    ShortSeriesLeftOut,
    TrainingSetReduced,
)
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler, SeriesScaler
from studio.core.prepared.static_columns import StaticColumn
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column, Series
from studio.data.splitting.series_parts import series_of_parts
from studio.data.splitting.split_examples import NO_GROUP
from studio.data.splitting.splits import PART_NAMES
from studio.data.splitting.windows import WindowPlan, windows_at
from studio.data.tasks.fitted.scaling import (
    fit_scaler,
    fit_series_scaler,
    naive_errors,
    scaled_values,
)
from studio.data.tasks.fitted.season import find_season
from studio.data.tasks.fitted.series_scaling import series_notes, series_scaling
from studio.data.transform.calendar_inputs import calendar_channels
from studio.data.transform.known_ahead import names_ahead, with_values_ahead
from studio.data.transform.missing_values import MissingValues
from studio.data.transform.static_columns import StaticChannels
from studio.data.transform.tagged_sequences import sequences_of


def prepare_forecast(  # noqa: PLR0913, PLR0917 - what parts are made of
    series: Series,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[DataNote, ...],
    fold_id: FoldId = SINGLE_SPLIT,
) -> PreparedTask:
    """Cuts windows from a series; inputs are overlapping views of one scaled array.

    The steps that can be predicted, from the window's length on, are split in time order, each of
    several series on its own, unless whole series are drawn into the sets. All steps that a window
    predicts lie in one set; its inputs may reach back into the set before. A window never predicts
    a value that was filled in.

    Raises:
        SpecError: A set would be empty, or the dates cannot be read.
    """
    inputs, outputs = _columns_of(series, features), _columns_of(series, targets)
    plan = replace(
        _plan(series, task, inputs, outputs, _places(features, task.known_ahead)),
        folds=task.folds,
        fold_id=fold_id,
        latest=task.training_examples,
        part_of_series=_part_of_series(series, task, fold_id),
    )
    own_rows = plan.training_rows_by_series() if task.scale_by == "series" else None
    read = _Read.fit(series, task, features, inputs, plan, own_rows)
    target_scaler = fit_scaler(task.scaling, _given(outputs[plan.training_rows()]))
    scaling, scaling_notes = None, tuple[DataNote, ...]()
    if own_rows is not None and read.series_scaler is not None:
        given = [rows[_is_given(outputs[rows])] for rows in own_rows]
        own_targets = fit_series_scaler(task.scaling, outputs, given, target_scaler)
        scaling = series_scaling(series, own_rows, read.series_scaler, own_targets, read.fills)
        scaling_notes = tuple(series_notes(own_rows, features, inputs, targets, outputs))
    season = task.season or find_season(_longest_training_series(outputs[:, 0], plan))
    preprocessing = Preprocessing(
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
        keeps_series=plan.part_of_series is not None,
        series_scaling=scaling,
        season=season,
        known_ahead=task.known_ahead or (),
        ahead_sources=read.ahead_sources,
        static=read.static,
        **{
            "series_ends": None if scaling is None else tuple(np.cumsum(plan.lengths).tolist()),
            **naive_errors(outputs, plan.whole.training_rows(), plan.lengths),
        },
    )
    training, validation, test = (
        _examples(plan, part, read.scaled, outputs, preprocessing)
        for part in range(len(PART_NAMES))
    )
    every_note = (
        *notes,
        *read.notes,
        *scaling_notes,
        *_left_out(plan, len(training)),
        *([SeasonBeyondWindow(season, plan.window)] if season and season > plan.window else ()),
    )
    return PreparedTask(series.name, preprocessing, training, validation, test, every_note)


@dataclass(frozen=True, eq=False)
class _Read:
    """The channels that windows are cut from, with scaler and fill values, also of each series."""

    scaled: Floats
    names: tuple[str, ...]
    units: tuple[str, ...]
    scaler: Scaler
    fill: tuple[float, ...] | None
    notes: tuple[DataNote, ...]
    series_scaler: SeriesScaler | None = None
    fills: Doubles | None = None
    ahead_sources: tuple[int, ...] = ()
    static: tuple[StaticColumn, ...] = ()

    @classmethod
    def fit(  # noqa: PLR0913, PLR0917 - what the inputs are made of
        cls,
        series: Series,
        task: TaskSpec,
        features: tuple[Column, ...],
        inputs: Doubles,
        plan: WindowPlan,
        own_rows: list[Integers] | None,
    ) -> "_Read":
        """Fills and scales the features; masks and calendar channels follow, unscaled.

        own_rows are the training steps of each series where each is scaled on its own.
        """
        fitted, plain = plan.training_rows(), len(features)
        gaps = MissingValues.fit(task.missing, inputs[fitted], inputs)
        fills = None if own_rows is None else gaps.fill_of_series(inputs, own_rows)
        filled = gaps.filled(inputs, plan.lengths, fills)
        scaler = fit_scaler(task.scaling, filled[fitted, :plain])
        own = None
        if own_rows is not None:
            own = fit_series_scaler(task.scaling, filled[:, :plain], own_rows, scaler)
            own = own.with_unscaled(gaps.masks)
        scaler = scaler.with_unscaled(gaps.masks)
        scaled = scaled_values(own or scaler, filled, plan.lengths)
        added_names = gaps.mask_names(features)
        if task.calendar:
            dates, channels = calendar_channels(series.times, task.calendar)
            scaled = np.concatenate([scaled, channels.astype(np.float32)], axis=1)
            scaler, added_names = scaler.with_unscaled(len(dates)), (*added_names, *dates)
            own = None if own is None else own.with_unscaled(len(dates))
        read = cls(
            scaled=scaled,
            names=(*(column.name for column in features), *added_names),
            units=(*(column.unit for column in features), *("",) * len(added_names)),
            scaler=scaler,
            fill=tuple(gaps.fill.tolist()) if gaps.masked.any() else None,
            notes=() if own_rows else constant_notes(features, filled[fitted, :plain]),
            series_scaler=own,
            fills=None if fills is None or not gaps.masked.any() else np.vstack([fills, gaps.fill]),
        )
        known = _places(features, task.known_ahead)
        masks = np.flatnonzero(gaps.masked) if gaps.masks else np.array([], dtype=np.int64)
        known += [plain + rank for rank, place in enumerate(masks.tolist()) if place in known]
        return read.with_statics(series, task, plan).with_known_ahead(
            known, task.horizon, plan.lengths
        )

    def with_statics(self, series: Series, task: TaskSpec, plan: WindowPlan) -> "_Read":
        """Further channels: what does not change within a series, at each of its steps."""
        if not series.statics:
            return self
        rows = plan.training_rows_by_series()
        trained = np.flatnonzero([len(own) > 0 for own in rows])
        static = StaticChannels.fit(series.statics, trained, task.scaling, series.source)
        steps = np.repeat(static.scaler.apply(static.values), plan.lengths, axis=0)
        own = self.series_scaler
        return replace(
            self,
            scaled=np.concatenate([self.scaled, steps], axis=1),
            names=(*self.names, *static.names),
            units=(*self.units, *("",) * len(static.names)),
            scaler=self.scaler.with_channels(static.scaler),
            series_scaler=None if own is None else own.with_channels(static.scaler),
            static=static.columns,
            notes=(*self.notes, *static.notes),
        )

    def with_known_ahead(self, sources: list[int], horizon: int, lengths: Integers) -> "_Read":
        """Further channels: what these hold at the steps that are predicted."""
        own, copied = self.series_scaler, sources * horizon
        return replace(
            self,
            scaled=with_values_ahead(self.scaled, sources, horizon, lengths),
            names=(*self.names, *names_ahead([self.names[source] for source in sources], horizon)),
            units=(*self.units, *(self.units[source] for source in copied)),
            scaler=self.scaler.with_copies(copied),
            series_scaler=None if own is None else own.with_copies(copied),
            ahead_sources=tuple(sources),
        )


def constant_notes(columns: tuple[Column, ...], rows: Doubles) -> tuple[ConstantInput, ...]:
    """A note on each column that never changes in the rows of the training set."""
    return tuple(
        ConstantInput(column.name)
        for column, spread in zip(columns, np.ptp(rows, axis=0), strict=True)
        if spread == 0
    )


def _places(columns: tuple[Column, ...], names: tuple[str, ...] | None) -> list[int]:
    return [index for index, column in enumerate(columns) if column.name in (names or ())]


def _plan(
    series: Series, task: TaskSpec, inputs: Doubles, outputs: Doubles, ahead: list[int]
) -> WindowPlan:
    """The windows; `ahead` are the inputs that are read at the predicted steps too."""
    assert task.window is not None  # noqa: S101 - the task is complete
    assert task.split is not None  # noqa: S101
    lengths = np.array([len(series)]) if series.lengths is None else series.lengths
    read, predicted = _is_given(inputs), _is_given(outputs)
    usable = None
    if not (read.all() and predicted.all()):
        drops = task.missing == "drop"
        known = _is_given(inputs[:, ahead]) if drops else True
        usable = (read if drops else np.ones_like(read), predicted & known)
    return WindowPlan(lengths, task.window, task.horizon, task.stride, task.split, usable)


def _part_of_series(series: Series, task: TaskSpec, fold_id: FoldId) -> Integers | None:
    """The set that each whole series is drawn into, (series,), or None to split each in time."""
    if task.split_series == "by-time":
        return None
    sequences = sequences_of(series)
    ungrouped = task.model_copy(update={"group": NO_GROUP})
    part_of = np.empty(len(sequences), dtype=np.int64)
    for part, members in enumerate(series_of_parts(sequences, ungrouped, fold_id)):
        part_of[members] = part
    return part_of


def _longest_training_series(target: Doubles, plan: WindowPlan) -> Doubles:
    """The training steps of the series that has most of them, (steps,)."""
    rows = max(plan.training_rows_by_series(), key=len)
    return np.asarray(target[rows], dtype=np.float64)


def _left_out(plan: WindowPlan, used: int) -> Iterator[DataNote]:
    short = int(np.sum(plan.lengths <= plan.window + plan.horizon))
    if short:
        yield ShortSeriesLeftOut(short)
    if plan.usable is not None:
        yield GappyWindowsLeftOut()
    if plan.latest is not None:
        yield TrainingSetReduced(used, len(plan.whole.positions(0)), latest=True)


def _columns_of(series: Series, columns: tuple[Column, ...]) -> Doubles:
    names = [column.name for column in series.channels]
    chosen = [names.index(column.name) for column in columns]
    if chosen == list(range(len(names))):
        return series.values
    return np.ascontiguousarray(series.values[:, chosen])


def _given(rows: Doubles) -> Doubles:
    """The rows without a missing value."""
    given = _is_given(rows)
    return rows if given.all() else rows[given]


def _is_given(rows: Doubles) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(rows).any(axis=1), dtype=np.bool_)


def _examples(
    plan: WindowPlan, part: int, scaled: Floats, outputs: Doubles, preprocessing: Preprocessing
) -> Examples:
    inputs, positions = windows_at(scaled, plan, part)
    shape = (len(positions), plan.horizon * outputs.shape[1])
    ahead = np.ascontiguousarray(_ahead(outputs, positions, plan.horizon).reshape(shape))
    targets = preprocessing.scaled_targets(ahead, preprocessing.scaled_series(positions))
    return Examples(
        inputs=inputs,
        lengths=None,
        targets=np.ascontiguousarray(targets),
        targets_in_units=ahead,
        positions=positions,
    )


def _ahead(values: Doubles, positions: Integers, horizon: int) -> Doubles:
    """The values at each position and the following ones, (examples, horizon, targets)."""
    return np.asarray(values[positions[:, np.newaxis] + np.arange(horizon)], dtype=np.float64)

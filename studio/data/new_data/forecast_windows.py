"""Windows of a new series, up to the one that ends with its last row."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.core.new_data_notes import GapsLeftOut, SeriesNotTrained, TooShort, UnknownAhead
from studio.core.notes import DataNote
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Series
from studio.data.new_data.columns import column_notes, columns_at, match_columns
from studio.data.new_data.gaps import fill_as_trained
from studio.data.new_data.known_rows import (
    ends_of_targets,
    nothing_known_ahead,
    with_statics,
)
from studio.data.new_data.new_data import NewData
from studio.data.tasks.fitted.series_scaling import names_of
from studio.data.transform.calendar_inputs import calendar_channels
from studio.data.transform.known_ahead import with_values_ahead


def forecast_windows(series: Series, task: TaskSpec, preprocessing: Preprocessing) -> NewData:
    """Every window of each series, `stride` steps apart and counted from its end.

    The last window of a series predicts beyond its last row, or with columns that are known in
    advance beyond the last row that holds a target: from the rows after it only those columns are
    read.

    Args:
        series: The new data.
        task: The complete task of the model.
        preprocessing: Of the model.

    Raises:
        DatasetError: A column is missing, no series is as long as a window, or what is known in
            advance is missing after every window.
    """
    window = preprocessing.window or 1
    features = task.features or ()
    chosen = match_columns(series.columns, series.channels, features, series.source)
    inputs = columns_at(series.values, chosen)
    lengths = np.array([len(series)]) if series.lengths is None else series.lengths
    targets = _targets(series, preprocessing)
    ends = np.cumsum(lengths)
    if preprocessing.known_ahead:
        ends = ends_of_targets(targets, lengths)
    starts, places, left_out = _windows(lengths, ends, window, preprocessing.stride, series.source)
    own = _own_scalers(series, preprocessing, len(lengths))
    rows, unknown_statics = _scaled(series, task, preprocessing, inputs, lengths, own)
    plain = rows.shape[1] - preprocessing.ahead_size
    is_whole = _without_gaps(rows[:, :plain], starts, window)
    is_read = is_whole & _without_gaps(rows[:, plain:], starts, window)
    positions = starts + window
    if is_whole.any() and not is_read.any():
        raise nothing_known_ahead(preprocessing, series.source)
    notes = [
        *series.notes,
        *column_notes(
            series.channels, chosen, preprocessing.input_units, preprocessing.target_names
        ),
        *left_out,
        *unknown_statics,
        *_new_series(series, own, len(lengths)),
    ]
    if not is_whole.all():
        notes.append(GapsLeftOut(int((~is_whole).sum()), "window"))
    if unknown := int((is_whole & ~is_read).sum()):
        notes.append(UnknownAhead(unknown, preprocessing.known_ahead, preprocessing.horizon))
    return NewData(
        name=series.name,
        preprocessing=preprocessing,
        rows=rows,
        starts=starts[is_read],
        lengths=np.full(int(is_read.sum()), window, dtype=np.int64),
        series=None if own is None else own[places[is_read]],
        truth=_truth(targets, positions[is_read], ends[places[is_read]], preprocessing.horizon),
        positions=positions[is_read],
        labels=_labels(series, positions[is_read], places[is_read]),
        inputs=inputs,
        input_columns=features,
        targets=targets,
        row_ends=ends,
        known_ends=np.cumsum(lengths),
        times=series.times,
        notes=tuple(notes),
    )  # fmt: skip


def _windows(
    lengths: Integers, ends: Integers, window: int, stride: int, source: str
) -> tuple[Integers, Integers, list[DataNote]]:
    """The first row of each window, the series that it is in, and a note on short series.

    Args:
        lengths: Rows of each series.
        ends: One past the last row of each that a window may read.
        window: Rows of a window.
        stride: Rows between windows.
        source: The new data, for messages.
    """
    firsts_of_series = np.cumsum(lengths) - lengths
    firsts = [
        np.arange(end - window, first - 1, -stride, dtype=np.int64)[::-1]
        for end, first in zip(ends.tolist(), firsts_of_series.tolist(), strict=True)
    ]
    lengths = ends - firsts_of_series
    short = int((lengths < window).sum())
    if short == len(lengths):
        longest = int(lengths.max(initial=0))
        rows = "no rows" if not longest else f"{longest:,} row{'s' if longest > 1 else ''}"
        raise DatasetError(
            f"has {rows}, but the model reads a window of {window:,}",
            where=source,
            remedy=f"Give at least {window:,} rows",
        )
    places = np.repeat(np.arange(len(lengths)), [len(first) for first in firsts])
    notes: list[DataNote] = [TooShort(short, window)] if short else []
    return np.concatenate(firsts), places, notes


def _own_scalers(series: Series, preprocessing: Preprocessing, count: int) -> Integers | None:
    """The index of each series among those that were fitted, -1 for others, (series,)."""
    scaling = preprocessing.series_scaling
    if scaling is None:
        return None
    fitted = {name: index for index, name in enumerate(scaling.names)}
    is_fitted = scaling.fitted
    found = [fitted.get(name, -1) for name in names_of(series, count)]
    return np.array([i if i >= 0 and is_fitted[i] else -1 for i in found], dtype=np.int64)


def _new_series(series: Series, own: Integers | None, count: int) -> Iterator[DataNote]:
    if own is None or (own >= 0).all():
        return
    names = names_of(series, count)
    yield SeriesNotTrained(tuple(names[int(index)] for index in np.flatnonzero(own < 0)))


def _scaled(  # noqa: PLR0913, PLR0917 - what the inputs are made of
    series: Series,
    task: TaskSpec,
    preprocessing: Preprocessing,
    inputs: Doubles,
    lengths: Integers,
    own: Integers | None,
) -> tuple[NDArray[np.float32], list[DataNote]]:
    """What the network reads of each row, (rows, channels), and notes on static columns."""
    filled = fill_as_trained(inputs, lengths, task.features or (), preprocessing, own)
    if task.calendar:
        _, channels = calendar_channels(series.times, task.calendar)
        filled = np.concatenate([filled, channels], axis=1)
    filled, notes = with_statics(filled, series, lengths, preprocessing)
    sources = preprocessing.ahead_sources
    filled = with_values_ahead(filled, sources, preprocessing.horizon, lengths)
    by_row = None if own is None else np.repeat(own, lengths)
    return preprocessing.scaled_inputs(filled, by_row), notes


def _without_gaps(rows: NDArray[np.float32], starts: Integers, window: int) -> NDArray[np.bool_]:
    before = np.concatenate([[0], np.cumsum(np.isnan(rows).any(axis=1))])
    return np.asarray(before[starts + window] == before[starts], dtype=np.bool_)


def _targets(series: Series, preprocessing: Preprocessing) -> Doubles:
    """The targets in their units, (rows, targets), NaN where the data does not hold them."""
    names = [column.name for column in series.channels]
    columns = [
        series.values[:, names.index(name)] if name in names else np.full(len(series), np.nan)
        for name in preprocessing.target_names
    ]
    return np.stack(columns, axis=1)


def _truth(targets: Doubles, positions: Integers, ends: Integers, horizon: int) -> Doubles:
    """The targets after each window, (windows, horizon x targets), NaN beyond the end."""
    places = positions[:, np.newaxis] + np.arange(horizon)
    ahead = targets[np.minimum(places, len(targets) - 1)]
    ahead[places >= ends[:, np.newaxis]] = np.nan
    return np.asarray(ahead.reshape(len(positions), -1), dtype=np.float64)


def _labels(series: Series, positions: Integers, places: Integers) -> dict[str, NDArray[np.str_]]:
    """The series and the last row that each window reads: its time stamp, or its number."""
    last = positions - 1
    labels: dict[str, NDArray[np.str_]] = {}
    if series.lengths is not None:
        names = np.array(names_of(series, len(series.lengths)))
        labels["series"] = names[places]
    if series.times is not None:
        labels["time"] = np.asarray(series.times[last], dtype=str)
    else:
        labels["row"] = (last + 1).astype(str)
    return labels

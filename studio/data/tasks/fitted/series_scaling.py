"""Scales each of several series by its own training steps, and says where it has none."""

from collections.abc import Iterator, Sequence

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.notes import ConstantSeries, ConstantWithinSeries, DataNote, SeriesScaledAsAll
from studio.core.prepared.scaler import SeriesScaler, SeriesScaling
from studio.data.dataset import Column, Series


def series_scaling(
    series: Series,
    rows_of_series: Sequence[Integers],
    inputs: SeriesScaler,
    targets: SeriesScaler,
    fills: Doubles | None,
) -> SeriesScaling:
    """The scalers of all series, with their names.

    Args:
        series: The series.
        rows_of_series: The training steps of each.
        inputs: Fitted on the inputs.
        targets: Fitted on the targets.
        fills: The fill value of each input channel for each series and for any other series,
            (series + 1, channels), or None if no value is missing.
    """
    return SeriesScaling(
        names=names_of(series, len(rows_of_series)),
        fitted=tuple(len(rows) > 0 for rows in rows_of_series),
        inputs=inputs,
        targets=targets,
        fill=None if fills is None else tuple(map(tuple, fills.tolist())),
    )


def names_of(series: Series, count: int) -> tuple[str, ...]:
    """Names that tell the series apart: their own, or series 1, series 2 and so on."""
    own = series.series_names
    if own is not None and len(own) == len(set(own)) == count:
        return own
    return tuple(f"series {number}" for number in range(1, count + 1))


def series_notes(
    rows_of_series: Sequence[Integers],
    features: tuple[Column, ...],
    inputs: Doubles,
    targets: tuple[Column, ...],
    outputs: Doubles,
) -> Iterator[DataNote]:
    """Notes on series without training steps, and on columns that are constant in a series.

    Args:
        rows_of_series: The training steps of each.
        features: The input columns.
        inputs: Their values, (time, inputs), NaN where missing.
        targets: The columns to forecast.
        outputs: Their values, (time, targets), NaN where missing.
    """
    seen = [rows for rows in rows_of_series if len(rows)]
    if len(seen) < len(rows_of_series):
        yield SeriesScaledAsAll(len(rows_of_series) - len(seen), len(rows_of_series))
    told = set()
    for columns, values in ((features, inputs), (targets, outputs)):
        constant = np.array([_is_constant(values[rows]) for rows in seen]).sum(axis=0)
        for column, count in zip(columns, constant.tolist(), strict=True):
            if not count or column.name in told:
                continue
            told.add(column.name)
            if count == len(seen) and columns is features:
                yield ConstantWithinSeries(column.name)
            else:
                yield ConstantSeries(column.name, count)


def _is_constant(rows: Doubles) -> Doubles:
    """Whether each column holds one value at most, (columns,)."""
    highest = np.fmax.reduce(rows, axis=0)
    return np.asarray(~(np.fmin.reduce(rows, axis=0) < highest))

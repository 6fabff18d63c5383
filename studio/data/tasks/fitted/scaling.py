"""Scales a series, in memory or into a memory map next to its own, and the errors of forecasts."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.errors import DatasetError
from studio.core.prepared.scaler import Scaler, SeriesScaler
from studio.core.specs.task_spec import Scaling
from studio.core.system.disk import sync
from studio.data.files.rows_file import RowsFile

_CHUNK = 1 << 20


def fit_scaler(kind: Scaling, values: Doubles) -> Scaler:
    """Fits a scaler column by column, which needs memory for one column only."""
    scalers = [Scaler.fit(kind, values[:, index : index + 1]) for index in range(values.shape[1])]
    return Scaler(
        kind=kind,
        center=tuple(scaler.center[0] for scaler in scalers),
        scale=tuple(scaler.scale[0] for scaler in scalers),
    )


def fit_series_scaler(
    kind: Scaling, values: Doubles, rows_of_series: Sequence[Integers], overall: Scaler
) -> SeriesScaler:
    """Fits a scaler to the rows of each series.

    A channel that is constant there takes the scale of all series; a series without rows takes
    their whole scaler.

    Args:
        kind: How each is fitted.
        values: (rows, channels), without missing values in the rows that count.
        rows_of_series: The rows of the training set in each series.
        overall: Fitted on the rows of all series.
    """
    scalers = [
        Scaler.fit(kind, values[rows], overall.scale) if len(rows) else overall
        for rows in rows_of_series
    ]
    return SeriesScaler.of(scalers, overall)


def scaled_values(
    scaler: Scaler | SeriesScaler, values: Doubles, lengths: Integers | None = None
) -> Floats:
    """The scaled values; those of a memory map are a memory map too, in the same folder.

    Args:
        scaler: One for all rows, or one for each series.
        values: (rows, channels).
        lengths: Rows of each series where each has its own scaler, (series,).

    Raises:
        DatasetError: The folder cannot be written.
    """
    scale = _Scale(scaler, np.cumsum([] if lengths is None else lengths))
    if not isinstance(values, np.memmap) or values.filename is None:
        return scale.rows(values, 0)
    described = f"{scaler.model_dump_json()} {scale.ends.tolist()} {values.shape}"
    name = hashlib.sha256(described.encode()).hexdigest()[:24]
    path = Path(values.filename).with_name(f"scaled-{name}.npy")
    stored = _kept(path, values.shape)
    if stored is not None:
        return stored
    try:
        _write(path, scale, values)
    except OSError as error:
        raise DatasetError(
            f"cannot be written: {error.strerror or error}",
            where=str(path.parent),
            remedy="Free some disk space, or clear the cache",
        ) from None
    return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class _Scale:
    """Scales some rows at a time.

    Attributes:
        scaler: One for all rows, or one for each series.
        ends: One past the last row of each series, (series,); empty for one scaler.
    """

    scaler: Scaler | SeriesScaler
    ends: Integers

    def rows(self, values: Doubles, first: int) -> Floats:
        """Scaled rows, the first of which is the row `first` of all."""
        if isinstance(self.scaler, Scaler):
            return self.scaler.apply(values)
        rows = np.arange(first, first + len(values))
        return self.scaler.apply(values, np.searchsorted(self.ends, rows, side="right"))


def naive_errors(outputs: Doubles, fitted: Integers | slice, lengths: Integers) -> dict[str, Any]:
    """The mean absolute error of predicting the last value, which scales the MASE.

    Args:
        outputs: The targets, (time, targets).
        fitted: The time steps of the training set; a slice of one series.
        lengths: Steps of each series.

    Returns:
        The fields of Preprocessing: naive_error, None where missing values leave a column without
        two adjacent values, and for several series those of each.
    """
    if isinstance(fitted, slice):
        errors_by_column = [np.abs(np.diff(values)) for values in outputs[fitted].T]
        return {"naive_error": _means(errors_by_column)}
    first_steps = np.cumsum(lengths) - lengths
    later = fitted[~np.isin(fitted, first_steps)]
    errors = np.abs(outputs[later] - outputs[later - 1])
    of_all = _means(list(errors.T))
    if of_all is None:
        return {"naive_error": None}
    ends = np.cumsum(lengths)
    series = np.searchsorted(ends, later, side="right")
    by_column = [
        _means_of_series(column, series, len(lengths), mean)
        for column, mean in zip(errors.T, of_all, strict=True)
    ]
    return {
        "naive_error": of_all,
        "series_naive_error": tuple(zip(*by_column, strict=True)),
        "series_ends": tuple(ends.tolist()),
    }


def _means(errors_by_column: Sequence[Doubles]) -> tuple[float, ...] | None:
    if any(np.isnan(errors).all() for errors in errors_by_column):
        return None
    return tuple(float(np.nanmean(errors)) for errors in errors_by_column)


def _means_of_series(
    errors: Doubles, series: Integers, count: int, otherwise: float
) -> list[float]:
    """The mean error of each series; another number where it has none, or is constant."""
    given = ~np.isnan(errors)
    sums = np.bincount(series[given], weights=errors[given], minlength=count)
    counts = np.bincount(series[given], minlength=count)
    means = sums / np.maximum(counts, 1)
    return np.where(means > 0, means, otherwise).tolist()  # type: ignore[no-any-return]


def _kept(path: Path, shape: tuple[int, ...]) -> Floats | None:
    """The values written earlier, or None if there are none or they are damaged."""
    try:
        stored: Floats = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return stored if stored.shape == shape else None


def _write(path: Path, scale: _Scale, values: Doubles) -> None:
    """Writes to a temporary file first, as another process may write the same."""
    handle, name = tempfile.mkstemp(prefix=f"{path.stem}-", suffix=".part", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        with RowsFile(partial, values.shape[1], np.dtype(np.float32)) as file:
            for start in range(0, len(values), _CHUNK):
                file.add(scale.rows(values[start : start + _CHUNK], start))
        sync(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)

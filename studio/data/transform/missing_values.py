"""Fills missing values, with means fitted on the training set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.specs.task_spec import Missing
from studio.data.dataset import Column


@dataclass(frozen=True, eq=False)
class MissingValues:
    """How the missing values of some channels are treated.

    Attributes:
        how: The treatment.
        fill: The mean of each channel in the training set, (channels,).
        masked: Whether each channel has missing values, and so a mask, (channels,).
    """

    how: Missing
    fill: Doubles
    masked: NDArray[np.bool_]

    @classmethod
    def fit(cls, how: Missing, training: Doubles, everything: Doubles) -> "MissingValues":
        """Fits the means on rows of the training set, (rows, channels).

        A channel without a value there has mean 0. Which channels have missing values depends on
        all sets, as the number of mask channels must be the same in each.
        """
        masked = np.asarray(np.isnan(everything).any(axis=0), dtype=np.bool_)
        if not masked.any():
            return cls(how, np.zeros(everything.shape[1]), masked)
        is_given = ~np.isnan(training)
        counts = is_given.sum(axis=0)
        sums = np.where(is_given, training, 0).sum(axis=0)
        return cls(how, sums / np.maximum(counts, 1), masked)

    @property
    def masks(self) -> int:
        """Number of mask channels."""
        return int(self.masked.sum()) if self.how == "mask" else 0

    def mask_names(self, columns: tuple[Column, ...]) -> tuple[str, ...]:
        """Names of the mask channels."""
        if self.how != "mask":
            return ()
        return tuple(
            f"{column.name} missing"
            for column, masked in zip(columns, self.masked, strict=True)
            if masked
        )

    def fill_of_series(self, values: Doubles, rows_of_series: Sequence[Integers]) -> Doubles:
        """The mean of each channel in the training rows of each series, (series, channels).

        A channel without a value there takes the mean of all series.
        """
        means = np.tile(self.fill, (len(rows_of_series), 1))
        for index, rows in enumerate(rows_of_series):
            is_given = ~np.isnan(values[rows])
            counts = is_given.sum(axis=0)
            sums = np.where(is_given, values[rows], 0).sum(axis=0)
            means[index] = np.where(counts > 0, sums / np.maximum(counts, 1), self.fill)
        return means

    def filled(self, values: Doubles, lengths: Integers, fills: Doubles | None = None) -> Doubles:
        """Values without missing ones, followed by the masks, (rows, channels + masks).

        Args:
            values: Concatenated sequences, (rows, channels).
            lengths: Rows of each; nothing is carried from one to the next.
            fills: The fill value of each channel for each sequence, (sequences, channels), or None
                for one of all.
        """
        if not self.masked.any():
            return values
        is_missing = np.isnan(values)
        filled = values
        if self.how == "forward":
            filled = _fill_forward(values, is_missing, lengths)
        elif self.how == "interpolate":
            filled = _interpolate(values, is_missing, lengths)
        fill = self.fill if fills is None else np.repeat(fills, lengths, axis=0)
        filled = np.where(np.isnan(filled), fill, filled)
        if self.how != "mask":
            return filled
        return np.concatenate([filled, is_missing[:, self.masked].astype(np.float64)], axis=1)


def sequences_with_missing_values(
    values: Doubles, starts: Integers, lengths: Integers
) -> NDArray[np.bool_]:
    """Whether each sequence has a missing value, (sequences,).

    Args:
        values: (rows, channels).
        starts: The first row of each sequence; sequences may overlap.
        lengths: Rows of each.
    """
    before = np.concatenate([[0], np.cumsum(np.isnan(values).any(axis=1))])
    return np.asarray(before[starts + lengths] > before[starts], dtype=np.bool_)


def _fill_forward(values: Doubles, is_missing: NDArray[np.bool_], lengths: Integers) -> Doubles:
    """Forward fill; NaN before the first value of each sequence."""
    rows = np.arange(len(values))[:, np.newaxis]
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)[:, np.newaxis]
    latest = np.maximum.accumulate(np.where(is_missing, -1, rows), axis=0)
    carried = np.take_along_axis(values, np.maximum(latest, 0), axis=0)
    return np.where(latest >= starts, carried, np.nan)


def _interpolate(values: Doubles, is_missing: NDArray[np.bool_], lengths: Integers) -> Doubles:
    """Linear interpolation; the nearest value at the ends of each sequence."""
    filled = values.copy()
    starts = np.cumsum(lengths) - lengths
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        piece = slice(start, start + length)
        for channel in np.flatnonzero(is_missing[piece].any(axis=0)).tolist():
            gaps = is_missing[piece, channel]
            if gaps.all():
                continue
            known = np.flatnonzero(~gaps)
            filled[piece, channel][gaps] = np.interp(
                np.flatnonzero(gaps), known, values[piece, channel][known]
            )
    return filled

"""Missing values: found, and filled by what was fitted on the training part."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.task import Missing
from studio.data.dataset import Column


@dataclass(frozen=True, eq=False)
class Gaps:
    """How the gaps of some channels are filled.

    Attributes:
        how: What becomes of them.
        fill: The mean of each channel in the training part, (channels,).
        masked: Whether each channel has gaps, and so a mask, (channels,).
    """

    how: Missing
    fill: Doubles
    masked: NDArray[np.bool_]

    @classmethod
    def fit(cls, how: Missing, training: Doubles, everything: Doubles) -> "Gaps":
        """Fits the means on rows of the training part, (rows, channels).

        A channel that is never given there counts as 0. Which channels have gaps is looked for
        in all parts, as a mask for them must be there before they come.
        """
        masked = np.asarray(np.isnan(everything).any(axis=0), dtype=np.bool_)
        if not masked.any():
            return cls(how, np.zeros(everything.shape[1]), masked)
        given = ~np.isnan(training)
        counts = given.sum(axis=0)
        sums = np.where(given, training, 0).sum(axis=0)
        return cls(how, sums / np.maximum(counts, 1), masked)

    @property
    def masks(self) -> int:
        """How many channels of masks are added."""
        return int(self.masked.sum()) if self.how == "mask" else 0

    def mask_names(self, columns: tuple[Column, ...]) -> tuple[str, ...]:
        """Names of the channels of masks."""
        if self.how != "mask":
            return ()
        return tuple(
            f"{column.name} missing"
            for column, masked in zip(columns, self.masked, strict=True)
            if masked
        )

    def filled(self, values: Doubles, lengths: Integers) -> Doubles:
        """Values without gaps, masks behind them where asked for, (rows, channels + masks).

        Args:
            values: Sequences behind each other, (rows, channels).
            lengths: Rows of each; nothing is carried from one to the next.
        """
        if not self.masked.any():
            return values
        lost = np.isnan(values)
        known = values
        if self.how == "forward":
            known = _carried(values, lost, lengths)
        elif self.how == "interpolate":
            known = _interpolated(values, lost, lengths)
        known = np.where(np.isnan(known), self.fill, known)
        if self.how != "mask":
            return known
        return np.concatenate([known, lost[:, self.masked].astype(np.float64)], axis=1)


def rows_with_gaps(values: Doubles, lengths: Integers) -> NDArray[np.bool_]:
    """Whether each of the sequences behind each other has a gap, (sequences,)."""
    lost = np.asarray(np.isnan(values).any(axis=1), dtype=np.bool_)
    starts = np.cumsum(lengths) - lengths
    counts = np.add.reduceat(lost.astype(np.int64), starts)
    return np.asarray(counts > 0, dtype=np.bool_)


def _carried(values: Doubles, lost: NDArray[np.bool_], lengths: Integers) -> Doubles:
    """The last value that was given; NaN before the first of each sequence."""
    rows = np.arange(len(values))[:, np.newaxis]
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)[:, np.newaxis]
    latest = np.maximum.accumulate(np.where(lost, -1, rows), axis=0)
    carried = np.take_along_axis(values, np.maximum(latest, 0), axis=0)
    return np.where(latest >= starts, carried, np.nan)


def _interpolated(values: Doubles, lost: NDArray[np.bool_], lengths: Integers) -> Doubles:
    """On the straight line between the values around a gap; the nearest value at the ends."""
    found = values.copy()
    starts = np.cumsum(lengths) - lengths
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        piece = slice(start, start + length)
        for channel in np.flatnonzero(lost[piece].any(axis=0)).tolist():
            gaps = lost[piece, channel]
            if gaps.all():
                continue
            known = np.flatnonzero(~gaps)
            found[piece, channel][gaps] = np.interp(
                np.flatnonzero(gaps), known, values[piece, channel][known]
            )
    return found

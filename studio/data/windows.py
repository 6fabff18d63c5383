"""Where the windows of each part begin to predict, in one series or in several."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Floats, Integers
from studio.core.division import WHOLE, Division
from studio.core.errors import SpecError
from studio.data.cutting import refuse_more
from studio.data.splits import PART_NAMES, sizes_in_time


@dataclass(frozen=True, eq=False)
class WindowPlan:
    """The windows of a task.

    Attributes:
        lengths: Steps of each series; they lie behind each other.
        window: Steps that a window reads.
        horizon: Steps that it predicts.
        stride: Steps between windows.
        split: Shares of the parts, of the steps that can be predicted in each series.
        usable: Whether a window may read from, or predict, each step, (steps,) each, or None.
        folds: Blocks that the test part is cut into, or None.
        division: The block that is tested.
        latest: How many windows of the training part are kept, those before its end; None keeps
            all.
    """

    lengths: Integers
    window: int
    horizon: int
    stride: int
    split: tuple[float, ...]
    usable: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None
    folds: int | None = None
    division: Division = WHOLE
    latest: int | None = None

    def regular(self, part: int) -> range | None:
        """The first predicted steps of a part where they are evenly spaced in one series."""
        if len(self.lengths) > 1 or self.usable is not None:
            return None
        found = self._of_series(0, int(self.lengths[0]), part)
        return found if part or self.latest is None else found[-self.latest :]

    def positions(self, part: int) -> Integers:
        """The first time step that each window of a part predicts, counted over all series.

        Of a training part that is cut the latest windows are kept, of several series the same
        share of each: those of a smaller part are among those of every larger one.

        Raises:
            SpecError: A part that was given a share is empty, or has fewer windows than are kept.
        """
        starts = (np.cumsum(self.lengths) - self.lengths).tolist()
        ranges = [
            self._of_series(start, length, part)
            for start, length in zip(starts, self.lengths.tolist(), strict=True)
        ]
        found = np.concatenate([np.array(each, dtype=np.int64) for each in ranges])
        if self.usable is not None:
            found = found[self._is_whole(found)]
        if not len(found) and self.split[part] > 0:
            raise self._empty(part)
        return found if part or self.latest is None else self._latest(found, self.latest)

    @property
    def whole(self) -> "WindowPlan":
        """The same with the whole training part."""
        return replace(self, latest=None)

    def training_rows(self) -> Integers | slice:
        """All steps up to the last that is predicted in the training part of their series.

        Where it is cut, those that the windows which are kept read or predict.
        """
        kept = None if self.latest is None else self.positions(0)
        if kept is not None and len(kept) < len(self.whole.positions(0)):
            return self._rows_of(kept)
        if len(self.lengths) == 1:
            predicted = self._of_series(0, int(self.lengths[0]), 0)
            return slice(0, predicted[-1] + self.horizon if predicted else 0)
        rows = []
        starts = (np.cumsum(self.lengths) - self.lengths).tolist()
        for start, length in zip(starts, self.lengths.tolist(), strict=True):
            predicted = self._of_series(start, length, 0)
            end = predicted[-1] + self.horizon if predicted else start
            rows.append(np.arange(start, end, dtype=np.int64))
        return np.concatenate(rows)

    def _latest(self, positions: Integers, count: int) -> Integers:
        """The latest windows, of several series the same share of each, (count,)."""
        refuse_more(count, len(positions))
        if len(self.lengths) == 1:
            return positions[-count:]
        series = self._series_of(positions)
        sizes = np.bincount(series, minlength=len(self.lengths))
        back = np.cumsum(sizes)[series] - np.arange(len(positions))  # 1 for the latest of a series
        entering = np.argsort((back - 0.5) / sizes[series], kind="stable")
        return positions[np.sort(entering[:count])]

    def _rows_of(self, positions: Integers) -> Integers | slice:
        """The steps that windows read or predict, from the first to the last in each series."""
        if len(self.lengths) == 1:
            return slice(int(positions[0]) - self.window, int(positions[-1]) + self.horizon)
        series = self._series_of(positions)
        firsts = np.flatnonzero(np.diff(series, prepend=-1))
        lasts = np.append(firsts[1:], len(positions)) - 1
        spans = zip(positions[firsts].tolist(), positions[lasts].tolist(), strict=True)
        rows = [
            np.arange(first - self.window, last + self.horizon, dtype=np.int64)
            for first, last in spans
        ]
        return np.concatenate(rows)

    def _series_of(self, positions: Integers) -> Integers:
        return np.searchsorted(np.cumsum(self.lengths), positions, side="right").astype(np.int64)

    def _of_series(self, start: int, length: int, part: int) -> range:
        sizes = self._sizes(length)
        first = start + self.window + sum(sizes[:part])
        return range(first, first + sizes[part] - self.horizon + 1, self.stride)

    def _sizes(self, length: int) -> tuple[int, ...]:
        steps = max(0, length - self.window)
        return sizes_in_time(steps, self.split, self.folds, self.division.fold)

    def _is_whole(self, positions: Integers) -> NDArray[np.bool_]:
        assert self.usable is not None  # noqa: S101 - see positions
        read, predicted = (np.concatenate([[0], np.cumsum(~mask)]) for mask in self.usable)
        gaps_read = read[positions] - read[positions - self.window]
        gaps_predicted = predicted[positions + self.horizon] - predicted[positions]
        return np.asarray((gaps_read == 0) & (gaps_predicted == 0), dtype=np.bool_)

    def _empty(self, part: int) -> SpecError:
        longest = int(self.lengths.max())
        steps = self._sizes(longest)[part]
        gaps = " without gaps" if self.usable is not None else ""
        return SpecError(
            f"the {PART_NAMES[part]} part would be empty: it has {steps} time steps "
            f"to predict{gaps}, and the horizon is {self.horizon}",
            where="split" if self.folds is None else "folds",
            remedy="Give it a larger share, or give more data"
            if self.folds is None
            else "Choose fewer folds, or give the test part a larger share",
        )


def windows_at(scaled: Floats, plan: WindowPlan, part: int) -> tuple[Floats, Integers]:
    """The windows of a part, (windows, time, channels), and what they predict first.

    In one series without gaps they are a view of it; else the windows are copied.
    """
    positions = plan.positions(part)
    view = np.lib.stride_tricks.sliding_window_view(scaled, plan.window, axis=0, writeable=True)
    windows = view.transpose(0, 2, 1)
    if plan.regular(part) is None:
        return np.ascontiguousarray(windows[positions - plan.window]), positions
    first = int(positions[0]) - plan.window if len(positions) else 0
    chosen = windows[first : first + len(positions) * plan.stride : plan.stride]
    return chosen[: len(positions)], positions

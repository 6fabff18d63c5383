"""The windows of each set, in one series or in several."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Floats, Integers
from studio.core.errors import SpecError
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.data.splitting.splits import PART_NAMES, sizes_in_time
from studio.data.splitting.training_subset import refuse_too_many_examples


@dataclass(frozen=True, eq=False)
class WindowPlan:
    """The windows of a task.

    Attributes:
        lengths: Steps of each of the concatenated series, (series,).
        window: Steps that a window reads.
        horizon: Steps that it predicts.
        stride: Steps between windows.
        split: Shares of the sets in the steps of each series that can be predicted.
        usable: Whether a window may read, and may predict, each step, (steps,) each, or None.
        folds: Number of expanding-window folds, or None.
        fold_id: The fold that is tested.
        latest: How many of the latest training windows are used; None uses all.
        part_of_series: The set that each whole series is in, (series,); None splits each in time.
    """

    lengths: Integers
    window: int
    horizon: int
    stride: int
    split: tuple[float, ...]
    usable: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None
    folds: int | None = None
    fold_id: FoldId = SINGLE_SPLIT
    latest: int | None = None
    part_of_series: Integers | None = None

    def regular(self, part: int) -> range | None:
        """The first predicted step of each window of a set, if evenly spaced in one series."""
        if len(self.lengths) > 1 or self.usable is not None:
            return None
        positions = self._of_series(0, part)
        return positions if part or self.latest is None else positions[-self.latest :]

    def positions(self, part: int) -> Integers:
        """The first time step that each window of a set predicts, counted over all series.

        A reduced training set keeps the latest windows, the same share of each of several series,
        so that a smaller set is contained in every larger one.

        Raises:
            SpecError: A set with a share is empty, or has fewer windows than requested.
        """
        ranges = [self._of_series(index, part) for index in range(len(self.lengths))]
        positions = np.concatenate([np.array(firsts, dtype=np.int64) for firsts in ranges])
        if self.usable is not None:
            positions = positions[self._is_whole(positions)]
        if not len(positions) and self.split[part] > 0:
            raise self._empty(part)
        return positions if part or self.latest is None else self._latest(positions, self.latest)

    @property
    def whole(self) -> "WindowPlan":
        """This plan with the whole training set."""
        return replace(self, latest=None)

    def training_rows(self) -> Integers | slice:
        """All steps up to the last that is predicted in the training set of their series.

        Of a reduced training set, the steps that its windows read or predict.
        """
        reduced = None if self.latest is None else self.positions(0)
        if reduced is not None and len(reduced) < len(self.whole.positions(0)):
            return self._rows_of(reduced)
        if len(self.lengths) == 1:
            predicted = self._of_series(0, 0)
            return slice(0, predicted[-1] + self.horizon if predicted else 0)
        rows = []
        for index, start in enumerate(self._starts.tolist()):
            predicted = self._of_series(index, 0)
            end = predicted[-1] + self.horizon if predicted else start
            rows.append(np.arange(start, end, dtype=np.int64))
        return np.concatenate(rows)

    def training_rows_by_series(self) -> list[Integers]:
        """The same for each series on its own; empty where a series has no training step."""
        rows = self.training_rows()
        if isinstance(rows, slice):
            return [np.arange(rows.start, rows.stop, dtype=np.int64)]
        return list(np.split(rows, np.searchsorted(rows, np.cumsum(self.lengths)[:-1])))

    def _latest(self, positions: Integers, count: int) -> Integers:
        """The latest windows, the same share of each of several series, (count,)."""
        refuse_too_many_examples(count, len(positions))
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

    @cached_property
    def _starts(self) -> Integers:
        """The first step of each series, (series,)."""
        return np.asarray(np.cumsum(self.lengths) - self.lengths, dtype=np.int64)

    def _of_series(self, index: int, part: int) -> range:
        sizes = self._sizes(index)
        first = int(self._starts[index]) + self.window + sum(sizes[:part])
        return range(first, first + sizes[part] - self.horizon + 1, self.stride)

    def _sizes(self, index: int) -> tuple[int, ...]:
        """Steps of a series that each set predicts."""
        steps = max(0, int(self.lengths[index]) - self.window)
        if self.part_of_series is None:
            return sizes_in_time(steps, self.split, self.folds, self.fold_id.fold)
        own = int(self.part_of_series[index])
        return tuple(steps if part == own else 0 for part in range(len(PART_NAMES)))

    def _is_whole(self, positions: Integers) -> NDArray[np.bool_]:
        assert self.usable is not None  # noqa: S101 - see positions
        read, predicted = (np.concatenate([[0], np.cumsum(~mask)]) for mask in self.usable)
        gaps_read = read[positions] - read[positions - self.window]
        gaps_predicted = predicted[positions + self.horizon] - predicted[positions]
        return np.asarray((gaps_read == 0) & (gaps_predicted == 0), dtype=np.bool_)

    def _empty(self, part: int) -> SpecError:
        steps = max(self._sizes(index)[part] for index in range(len(self.lengths)))
        gaps = " without missing values" if self.usable is not None else ""
        return SpecError(
            f"the {PART_NAMES[part]} set would be empty: it has {steps} time steps to "
            f"predict{gaps}, and the horizon is {self.horizon}",
            where="split" if self.folds is None else "folds",
            remedy="Give it a larger share, or use more data"
            if self.folds is None
            else "Choose fewer folds, or give the test set a larger share",
        )


def windows_at(scaled: Floats, plan: WindowPlan, part: int) -> tuple[Floats, Integers]:
    """The windows of a set, (windows, time, channels), and the first step that each predicts.

    In one series without missing values they are a view of it; otherwise they are copied.
    """
    positions = plan.positions(part)
    view = np.lib.stride_tricks.sliding_window_view(scaled, plan.window, axis=0, writeable=True)
    windows = view.transpose(0, 2, 1)
    if plan.regular(part) is None:
        return np.ascontiguousarray(windows[positions - plan.window]), positions
    first = int(positions[0]) - plan.window if len(positions) else 0
    chosen = windows[first : first + len(positions) * plan.stride : plan.stride]
    return chosen[: len(positions)], positions

"""The inputs of examples, with scaler, fill values or vocabulary fitted on the training set."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.notes import DataNote
from studio.core.prepared.scaler import Scaler
from studio.core.prepared.static_columns import StaticColumn
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import ExampleSet, is_coded
from studio.data.tasks.forecast import constant_notes
from studio.data.transform.missing_values import MissingValues
from studio.data.transform.static_columns import StaticChannels
from studio.data.transform.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Inputs:
    """The inputs of all examples, concatenated.

    Attributes:
        names: Of the channels.
        units: Of the channels.
        scaler: Fitted on the training set; it leaves masks and symbols unchanged.
        rows: Steps of all examples, (steps, channels) float32 or uint8, or int32 codes (steps, 1).
        starts: The first row of each example, (examples,).
        lengths: Rows of each example, (examples,).
        sources: The first row of each example in the values of the dataset, (examples,).
        positions: Where each example comes from, (examples,).
        fill: The fill value of each channel, or None without missing values.
        vocabulary: Of a text, or None.
        static: Columns that do not change within an example; their channels are the last.
        notes: What a user should know of them.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    scaler: Scaler
    rows: NDArray[np.float32] | NDArray[np.int32] | NDArray[np.uint8]
    starts: Integers
    lengths: Integers
    sources: Integers
    positions: Integers
    fill: tuple[float, ...] | None = None
    vocabulary: Vocabulary | None = None
    static: tuple[StaticColumn, ...] = ()
    notes: tuple[DataNote, ...] = ()

    @classmethod
    def fit(cls, dataset: ExampleSet, training: Integers, task: TaskSpec) -> "Inputs":
        """Fits fill values, scaler or vocabulary on the training set."""
        sources, positions = _truncated(dataset, task)[0], dataset.positions
        if dataset.first_rows is not None and np.isnan(dataset.values).any():
            dataset = _apart(dataset)
        starts, lengths = _truncated(dataset, task)
        fitted = rows_of(starts[training], lengths[training])
        if dataset.first_rows is not None:
            fitted = np.unique(fitted)
        if dataset.symbols is not None:
            return _of_symbols(dataset, dataset.symbols, (starts, lengths), fitted, task)
        gaps = MissingValues.fit(task.missing, dataset.values[fitted], dataset.values)
        values = gaps.filled(dataset.values, dataset.lengths)
        kind = "none" if is_coded(dataset) else task.scaling
        plain = len(dataset.channels)
        scaler = Scaler.fit(kind, values[fitted, :plain]).with_unscaled(gaps.masks)
        masks = gaps.mask_names(dataset.channels)
        constant = constant_notes(dataset.channels, values[fitted, :plain])
        read = cls(
            names=(*(column.name for column in dataset.channels), *masks),
            units=(*(column.unit for column in dataset.channels), *("",) * len(masks)),
            scaler=scaler,
            rows=scaler.apply(values),
            starts=starts,
            lengths=lengths,
            sources=sources,
            positions=positions,
            fill=tuple(gaps.fill.tolist()) if gaps.masked.any() else None,
            notes=() if is_coded(dataset) else constant,
        )
        return read.with_statics(dataset, training, task)

    def with_statics(self, dataset: ExampleSet, training: Integers, task: TaskSpec) -> "Inputs":
        """Further channels: what does not change within an example, at each of its steps."""
        if not dataset.statics:
            return self
        static = StaticChannels.fit(dataset.statics, training, task.scaling, dataset.source)
        steps = np.repeat(static.scaler.apply(static.values), dataset.lengths, axis=0)
        return replace(
            self,
            names=(*self.names, *static.names),
            units=(*self.units, *("",) * len(static.names)),
            scaler=self.scaler.with_channels(static.scaler),
            rows=np.concatenate([self.rows, steps], axis=1),
            static=static.columns,
            notes=(*self.notes, *static.notes),
        )

    def padded(self, part: Integers) -> NDArray[Any]:
        """The examples of a set as (examples, time, channels), padded with zeros at the end."""
        lengths = self.lengths[part]
        longest = int(lengths.max(initial=0))
        if len(part) and (lengths == longest).all() and self._overlap(part):
            return self._windows(self.starts[part], longest)
        padded = np.zeros((len(part), longest, self.rows.shape[1]), dtype=self.rows.dtype)
        inside = np.arange(longest) < lengths[:, np.newaxis]
        padded[inside] = self.rows[rows_of(self.starts[part], lengths)]
        return padded

    def _overlap(self, part: Integers) -> bool:
        return bool((np.diff(self.starts[part]) < self.lengths[part][:-1]).any())

    def _windows(self, starts: Integers, window: int) -> NDArray[Any]:
        """Windows as a view if their starts are evenly spaced, otherwise as a copy."""
        view = np.lib.stride_tricks.sliding_window_view(self.rows, window, axis=0, writeable=True)
        windows = view.transpose(0, 2, 1)
        strides = np.unique(np.diff(starts))
        if len(strides) == 1:
            return windows[int(starts[0]) : int(starts[-1]) + 1 : int(strides[0])]
        return np.ascontiguousarray(windows[starts])


def rows_of(starts: Integers, lengths: Integers) -> Integers:
    """The rows of sequences, one sequence after the other, (steps,)."""
    shifts = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return np.asarray(np.arange(int(lengths.sum())) + shifts, dtype=np.int64)


def _apart(dataset: ExampleSet) -> ExampleSet:
    """Examples that share no rows, so that a gap is filled from its own example alone."""
    rows = rows_of(dataset.starts, dataset.lengths)
    return replace(dataset, values=dataset.values[rows], first_rows=None)


def _truncated(dataset: ExampleSet, task: TaskSpec) -> tuple[Integers, Integers]:
    """The first row and the length of each example, cut to the longest that is allowed."""
    if task.longest is None:
        return dataset.starts, dataset.lengths
    lengths = np.minimum(dataset.lengths, task.longest)
    ahead = dataset.lengths - lengths if task.kept == "last" else 0
    return dataset.starts + ahead, lengths


def _of_symbols(
    dataset: ExampleSet,
    symbols: tuple[str, ...],
    place: tuple[Integers, Integers],
    fitted: Integers,
    task: TaskSpec,
) -> Inputs:
    codes: Doubles = dataset.values[:, 0]
    vocabulary = Vocabulary.fit(symbols, codes[fitted], codes, task)
    rows = vocabulary.encoded(dataset.values)
    names = vocabulary.symbols
    if vocabulary.enters == "embedding":
        names = (dataset.channels[0].name,)
    return Inputs(
        names=names,
        units=("",) * len(names),
        scaler=Scaler.identity(len(names)),
        rows=rows,
        starts=place[0],
        lengths=place[1],
        sources=place[0],
        positions=dataset.positions,
        vocabulary=vocabulary,
        notes=(vocabulary.note,),
    )

"""What the networks read of each example, fitted on the training part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.preparation import Scaler
from studio.core.task import TaskSpec
from studio.data.dataset import ExampleSet, is_coded
from studio.data.forecasts import constant_notes
from studio.data.gaps import Gaps
from studio.data.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Inputs:
    """All steps of all examples behind each other, ready to be read.

    Attributes:
        names: Of the channels.
        units: Of the channels.
        scaler: Fitted on the training part; it leaves masks and symbols as they are.
        rows: Steps of all examples, (steps, channels) float32 or uint8, or int32 codes (steps, 1).
        starts: The first row of each example, (examples,).
        lengths: Rows of each example, (examples,).
        fill: What stands for gaps, or None where there are none.
        vocabulary: Of a text, or None.
        notes: Sentences on what was found.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    scaler: Scaler
    rows: NDArray[np.float32] | NDArray[np.int32] | NDArray[np.uint8]
    starts: Integers
    lengths: Integers
    fill: tuple[float, ...] | None = None
    vocabulary: Vocabulary | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def fit(cls, dataset: ExampleSet, training: Integers, task: TaskSpec) -> "Inputs":
        """Fits fill, scaler or vocabulary on the training part of chosen channels."""
        starts, lengths = _cut(dataset, task)
        fitted = rows_of(starts[training], lengths[training])
        if dataset.symbols is not None:
            return _of_symbols(dataset, dataset.symbols, (starts, lengths), fitted, task)
        gaps = Gaps.fit(task.missing, dataset.values[fitted], dataset.values)
        values = gaps.filled(dataset.values, dataset.lengths)
        kind = "none" if is_coded(dataset) else task.scaling
        plain = len(dataset.channels)
        scaler = Scaler.fit(kind, values[fitted, :plain]).with_plain(gaps.masks)
        masks = gaps.mask_names(dataset.channels)
        constant = constant_notes(dataset.channels, values[fitted, :plain])
        return cls(
            names=(*(column.name for column in dataset.channels), *masks),
            units=(*(column.unit for column in dataset.channels), *("",) * len(masks)),
            scaler=scaler,
            rows=scaler.apply(values),
            starts=starts,
            lengths=lengths,
            fill=tuple(gaps.fill.tolist()) if gaps.masked.any() else None,
            notes=() if is_coded(dataset) else constant,
        )

    def padded(self, part: Integers) -> NDArray[Any]:
        """The examples of a part as (examples, time, channels), zeros behind their ends."""
        lengths = self.lengths[part]
        longest = int(lengths.max(initial=0))
        padded = np.zeros((len(part), longest, self.rows.shape[1]), dtype=self.rows.dtype)
        inside = np.arange(longest) < lengths[:, np.newaxis]
        padded[inside] = self.rows[rows_of(self.starts[part], lengths)]
        return padded


def rows_of(starts: Integers, lengths: Integers) -> Integers:
    """The rows of sequences one after the other, (steps,)."""
    shifts = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return np.asarray(np.arange(int(lengths.sum())) + shifts, dtype=np.int64)


def _cut(dataset: ExampleSet, task: TaskSpec) -> tuple[Integers, Integers]:
    """The first row and the rows of each example, cut to the longest that is allowed."""
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
        vocabulary=vocabulary,
        notes=(vocabulary.note,),
    )

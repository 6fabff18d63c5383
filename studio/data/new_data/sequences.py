"""Sequences of new data as a trained model reads them, and what is told of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.core.new_data_notes import LongerThanTrained, ReadAsOneExample, UnknownSymbols
from studio.core.notes import DataNote, RowsAsExamples, SeveralSeries, StepsTagged
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series
from studio.data.new_data.columns import column_notes, columns_at, match_columns
from studio.data.tasks.inputs import rows_of

_OF_TRAINING = (SeveralSeries, RowsAsExamples, StepsTagged)
"""Notes on what a comparison would do with the data."""
_MOST_SYMBOLS = 6


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of the channels that the model reads, in their own units.

    Attributes:
        values: (steps, features), NaN where missing; codes for symbols, (steps, 1).
        starts: The first row of each, (sequences,).
        lengths: Rows of each, (sequences,).
        names: Of the features.
        notes: How the columns differ.
    """

    values: Doubles
    starts: Integers
    lengths: Integers
    names: tuple[str, ...]
    notes: list[DataNote] = field(default_factory=list)


def sequences_in(dataset: Dataset, task: TaskSpec, preprocessing: Preprocessing) -> Sequences:
    """The sequences that the model reads.

    Raises:
        DatasetError: A column is missing, or the data is of another kind.
    """
    features = task.features or ()
    if preprocessing.vocabulary is not None or (
        isinstance(dataset, ExampleSet) and dataset.one_hot
    ):
        return _coded(dataset, preprocessing)
    if _reads_rows(task, preprocessing):
        return _of_rows(dataset, task, preprocessing)
    notes: list[DataNote] = []
    if isinstance(dataset, Series):
        lengths = np.array([len(dataset)]) if dataset.lengths is None else dataset.lengths
        starts = np.cumsum(lengths) - lengths
        if len(lengths) == 1 and not preprocessing.is_cut:
            notes.append(ReadAsOneExample())
    else:
        lengths, starts = dataset.lengths, dataset.starts
    chosen = match_columns(dataset.columns, dataset.channels, features, dataset.source)
    targets = preprocessing.target_names
    notes += column_notes(dataset.channels, chosen, preprocessing.input_units, targets)
    return Sequences(columns_at(dataset.values, chosen), starts, lengths, features, notes)


def own_notes(dataset: Dataset) -> list[DataNote]:
    """What is told of how the data was read, without what a comparison would do with it."""
    return [note for note in dataset.notes if not isinstance(note, _OF_TRAINING)]


def truncated(starts: Integers, lengths: Integers, task: TaskSpec) -> tuple[Integers, Integers]:
    """First rows and numbers of rows of sequences that are cut as in training."""
    if task.longest is None:
        return starts, lengths
    cut = np.minimum(lengths, task.longest)
    return starts + (lengths - cut if task.kept == "last" else 0), cut


def vocabulary_codes(
    codes: Integers, symbols: tuple[str, ...], preprocessing: Preprocessing
) -> tuple[Integers, list[DataNote]]:
    """The code of each symbol in the model's vocabulary, and a note on those that it lacks.

    Args:
        codes: Of the new data's symbols, (steps,).
        symbols: The new data's symbols by code.
        preprocessing: Of the model.
    """
    vocabulary = preprocessing.vocabulary or ()
    code_of = {symbol: code for code, symbol in enumerate(vocabulary)}
    known = np.array([code_of.get(symbol, 0) for symbol in symbols], dtype=np.int64)
    read = known[codes]
    notes: list[DataNote] = []
    if (read == 0).any():
        used = np.unique(codes[read == 0])[:_MOST_SYMBOLS].tolist()
        notes.append(
            UnknownSymbols(tuple(symbols[code] for code in used), float((read == 0).mean()))
        )
    return read, notes


def readable(rows: NDArray[Any], starts: Integers, lengths: Integers) -> NDArray[np.bool_]:
    """Which examples have rows, and no missing value."""
    if rows.dtype.kind != "f":
        return np.asarray(lengths > 0, dtype=np.bool_)
    before = np.concatenate([[0], np.cumsum(np.isnan(rows).any(axis=1))])
    return np.asarray((before[starts + lengths] == before[starts]) & (lengths > 0), dtype=np.bool_)


def length_notes(lengths: Integers, preprocessing: Preprocessing) -> list[DataNote]:
    """A note on examples that are longer than any in training."""
    longer = int((lengths > preprocessing.max_length).sum())
    if not longer or preprocessing.is_cut:
        return []
    return [LongerThanTrained(longer, int(lengths.max()), preprocessing.max_length)]


def labels_of(
    dataset: Dataset,
    preprocessing: Preprocessing,
    starts: Integers,
    lengths: Integers,
    places: Integers,
) -> dict[str, NDArray[np.str_]]:
    """The number of each example, its groups and its time; those of each row for tagging."""
    labels: dict[str, NDArray[np.str_]] = {"example": (np.arange(len(starts)) + 1).astype(str)}
    if isinstance(dataset, ExampleSet):
        labels |= {name: np.asarray(values[places]) for name, values in dataset.groups.items()}
    elif dataset.series_names is not None and dataset.lengths is not None:
        labels["series"] = np.array(dataset.series_names)[places]
    if preprocessing.is_cut:
        labels["row"] = (starts + 1).astype(str)
    elif len(starts) != len(dataset) or (np.diff(places) != 1).any():
        labels["example"] = (places + 1).astype(str)
    if not preprocessing.per_step:
        return labels
    skip = preprocessing.washout
    by_step = {name: np.repeat(values, lengths - skip) for name, values in labels.items()}
    rows = rows_of(starts + skip, lengths - skip)
    by_step["row"] = (rows + 1).astype(str)
    if isinstance(dataset, Series) and dataset.times is not None:
        by_step["time"] = np.asarray(dataset.times[rows], dtype=str)
    return by_step


def _reads_rows(task: TaskSpec, preprocessing: Preprocessing) -> bool:
    """Whether the model reads the columns of a table as the steps of one channel."""
    added = (" missing", " (step before)")
    own = preprocessing.input_names[: preprocessing.plain_size]
    plain = [name for name in own if not name.endswith(added)]
    return not preprocessing.is_cut and plain != list(task.features or ())


def _of_rows(dataset: Dataset, task: TaskSpec, preprocessing: Preprocessing) -> Sequences:
    features = task.features or ()
    if isinstance(dataset, ExampleSet) and not dataset.row_per_example:
        raise DatasetError(
            "holds sequences of several rows, but the model reads each row as an example",
            where=dataset.source,
            remedy="Give a table with the columns of the training data",
        )
    if isinstance(dataset, Series):
        available, values = dataset.channels, dataset.values
    else:
        available, values = dataset.features, dataset.values.reshape(len(dataset), -1)
    chosen = match_columns(dataset.columns, available, features, dataset.source)
    notes = column_notes(available, chosen, (), preprocessing.target_names)
    steps = columns_at(values, chosen)
    count, length = steps.shape
    return Sequences(
        steps.reshape(-1, 1),
        np.arange(count, dtype=np.int64) * length,
        np.full(count, length, dtype=np.int64),
        preprocessing.input_names[:1],
        notes,
    )


def _coded(dataset: Dataset, preprocessing: Preprocessing) -> Sequences:
    is_text = dataset.symbols is not None
    if isinstance(dataset, Series) or is_text != (preprocessing.vocabulary is not None):
        raise DatasetError(
            "does not hold texts or sequences of symbols like those that the model was trained on",
            where=dataset.source,
            remedy="Give data of the same kind",
        )
    values = dataset.values
    names = tuple(column.name for column in dataset.channels)
    if not is_text:
        names = preprocessing.input_names
        chosen = match_columns(dataset.channels, dataset.channels, names, dataset.source)
        values = columns_at(values, chosen)
    return Sequences(values, dataset.starts, dataset.lengths, names)

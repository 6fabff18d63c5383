"""Examples of new data: whole sequences, rows of a table, texts, or windows of tagged series."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.errors import DatasetError
from studio.core.new_data_notes import (
    GapsLeftOut,
    PastTargetUnknown,
    TooShort,
    UnknownClasses,
)
from studio.core.notes import DataNote
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series
from studio.data.new_data.gaps import fill_as_trained
from studio.data.new_data.known_rows import with_statics
from studio.data.new_data.new_data import NewData
from studio.data.new_data.sequences import (
    Sequences,
    labels_of,
    length_notes,
    own_notes,
    readable,
    sequences_in,
    truncated,
    vocabulary_codes,
)
from studio.data.tasks.class_windows import window_classes
from studio.data.tasks.inputs import rows_of
from studio.data.tasks.settings.tagged_settings import as_tagged
from studio.data.transform.reinterpret import reinterpret

_UNKNOWN = -1


def example_inputs(dataset: Dataset, task: TaskSpec, preprocessing: Preprocessing) -> NewData:
    """The examples of new data for classification, regression or tagging.

    Args:
        dataset: The new data.
        task: The complete task of the model.
        preprocessing: Of the model.

    Raises:
        DatasetError: A column is missing, or the data holds no example.
        SpecError: The data cannot be read as the task requires.
    """
    dataset = _as_read(dataset, task, preprocessing)
    whole = sequences_in(dataset, task, preprocessing)
    notes = own_notes(dataset) + whole.notes
    starts, lengths, places = whole.starts, whole.lengths, np.arange(len(whole.starts))
    if preprocessing.kind == "track":
        starts, lengths, places = _tracked(whole, preprocessing)
    elif preprocessing.is_cut:
        starts, lengths, places = _cut(whole, task, preprocessing, dataset.source)
        short = int((whole.lengths < (task.window or 1)).sum())
        notes += [TooShort(short, task.window or 1)] if short and task.kind != "tag" else []
    else:
        starts, lengths = truncated(starts, lengths, task)
    rows, symbol_notes = _rows(dataset, whole, preprocessing)
    if preprocessing.past_target is not None and _numbers_unknown(dataset, preprocessing):
        notes.append(PastTargetUnknown(preprocessing.target_names))
    is_read = readable(rows, starts, lengths)
    if not is_read.all():
        notes.append(GapsLeftOut(int((~is_read).sum()), "example"))
    if not is_read.any():
        raise DatasetError(
            "holds no example that the model can read",
            where=dataset.source,
            remedy="Fill in missing values, or use more data",
        )
    starts, lengths, places = starts[is_read], lengths[is_read], places[is_read]
    truth, unknown = _truth(dataset, task, preprocessing, starts, places)
    notes += [*symbol_notes, *unknown, *length_notes(lengths, preprocessing)]
    skip = preprocessing.washout
    if preprocessing.per_step:
        truth = truth[rows_of(starts + skip, lengths - skip)]
    return NewData(
        name=dataset.name,
        preprocessing=preprocessing,
        rows=rows,
        starts=starts,
        lengths=lengths,
        series=None,
        truth=truth,
        positions=starts if preprocessing.is_cut else places.astype(np.int64),
        labels=labels_of(dataset, preprocessing, starts, lengths, places),
        inputs=whole.values if preprocessing.vocabulary is None else np.zeros((len(rows), 0)),
        input_columns=whole.names if preprocessing.vocabulary is None else (),
        skip=skip,
        first_past=_first_past(preprocessing),
        notes=tuple(notes),
    )


def _as_read(dataset: Dataset, task: TaskSpec, preprocessing: Preprocessing) -> Dataset:
    """The data in the form of the training data, where it holds what is predicted."""
    names = {column.name for column in dataset.columns}
    if preprocessing.kind == "track":
        return dataset
    if not set(task.target or ()) <= names or not task.target:
        return dataset
    if preprocessing.is_cut or preprocessing.per_step:
        return dataset if dataset.tags is not None else as_tagged(dataset, task)
    return reinterpret(dataset, task)


def _tracked(whole: Sequences, preprocessing: Preprocessing) -> tuple[Integers, Integers, Integers]:
    """What the network reads from a zero state: whole series, or windows as in training."""
    window, washout = preprocessing.window, preprocessing.washout
    every = np.arange(len(whole.starts))
    if window is None or preprocessing.carried:
        chosen = every[whole.lengths > washout]
        return whole.starts[chosen], whole.lengths[chosen], chosen
    ends = whole.starts + whole.lengths
    firsts = [
        np.arange(start, max(start, end - washout), preprocessing.stride, dtype=np.int64)
        for start, end in zip(whole.starts.tolist(), ends.tolist(), strict=True)
    ]
    places = np.repeat(every, [len(first) for first in firsts])
    starts = np.concatenate(firsts)
    return starts, np.minimum(window, ends[places] - starts), places


def _cut(
    whole: Sequences, task: TaskSpec, preprocessing: Preprocessing, source: str
) -> tuple[Integers, Integers, Integers]:
    """Windows or pieces of each series: first row, steps and series of each."""
    window, tagging = task.window or 1, task.kind == "tag"
    ends = whole.starts + whole.lengths
    firsts = [
        np.arange(start, end if tagging else end - window + 1, preprocessing.stride, dtype=np.int64)
        for start, end in zip(whole.starts.tolist(), ends.tolist(), strict=True)
    ]
    places = np.repeat(np.arange(len(firsts)), [len(first) for first in firsts])
    starts = np.concatenate(firsts)
    if not len(starts):
        raise DatasetError(
            f"has no {window:,} rows of one series, which the model reads",
            where=source,
            remedy=f"Give at least {window:,} rows",
        )
    return starts, np.minimum(window, ends[places] - starts), places


def _rows(
    dataset: Dataset, whole: Sequences, preprocessing: Preprocessing
) -> tuple[NDArray[Any], list[DataNote]]:
    """What the network reads of each row, and a note on symbols that it does not know."""
    if preprocessing.vocabulary is not None and dataset.symbols is not None:
        written = whole.values[:, 0].astype(np.int64)
        codes, notes = vocabulary_codes(written, dataset.symbols, preprocessing)
        if preprocessing.embeds:
            return codes.astype(np.int32)[:, np.newaxis], notes
        return np.eye(len(preprocessing.vocabulary), dtype=np.float32)[codes], notes
    if isinstance(dataset, ExampleSet) and dataset.first_rows is not None:
        return preprocessing.scaled_inputs(whole.values), []
    filled = fill_as_trained(whole.values, whole.lengths, whole.names, preprocessing)
    if preprocessing.past_target is not None:
        past = _past_targets(dataset, preprocessing, whole.starts)
        filled = np.concatenate([filled, past], axis=1)
    filled, notes = with_statics(filled, dataset, whole.lengths, preprocessing)
    return preprocessing.scaled_inputs(filled), notes


def _past_targets(dataset: Dataset, preprocessing: Preprocessing, starts: Integers) -> Doubles:
    """The targets of the row before, (rows, targets); gaps take the last value, or the mean."""
    known = _numbers(dataset, preprocessing, starts)
    mean = np.array(preprocessing.past_target)
    past, last, firsts = np.empty_like(known), mean, {*starts.tolist()}
    for row in range(len(known)):
        last = mean if row in firsts else last
        past[row] = last
        last = np.where(np.isnan(known[row]), last, known[row])
    return past


def _first_past(preprocessing: Preprocessing) -> Floats | None:
    if preprocessing.past_target is None or preprocessing.target_scaler is None:
        return None
    return preprocessing.target_scaler.apply(np.array(preprocessing.past_target))


def _numbers_unknown(dataset: Dataset, preprocessing: Preprocessing) -> bool:
    names = {column.name for column in dataset.channels}
    return not set(preprocessing.target_names) <= names


def _truth(
    dataset: Dataset,
    task: TaskSpec,
    preprocessing: Preprocessing,
    starts: Integers,
    places: Integers,
) -> tuple[NDArray[Any], list[DataNote]]:
    """The truth of each example, or of each row; unknown where the data does not hold it."""
    if preprocessing.class_names is None:
        is_track = preprocessing.kind == "track"
        return (_numbers if is_track else _values)(dataset, preprocessing, places), []
    if dataset.tags is not None:
        names, codes = dataset.tags.names, dataset.tags.codes
        if not preprocessing.per_step:
            codes, _ = window_classes(dataset.tags, starts, task.window or 1, task.mixed)
        return _known_classes(codes, names, preprocessing)
    if isinstance(dataset, Series) or dataset.class_names is None or preprocessing.is_cut:
        count = len(dataset.values) if preprocessing.per_step else len(places)
        return np.full(count, _UNKNOWN, dtype=np.int64), []
    return _known_classes(
        dataset.labels[places].astype(np.int64), dataset.class_names, preprocessing
    )


def _numbers(dataset: Dataset, preprocessing: Preprocessing, _: Integers) -> Doubles:
    """The targets of each row, (rows, targets), NaN where the data does not hold them."""
    names = [column.name for column in dataset.channels]
    columns = [
        dataset.values[:, names.index(name)]
        if name in names
        else np.full(len(dataset.values), np.nan)
        for name in preprocessing.target_names
    ]
    return np.stack(columns, axis=1)


def _known_classes(
    codes: Integers, names: tuple[str, ...], preprocessing: Preprocessing
) -> tuple[Integers, list[DataNote]]:
    code_of = {name: code for code, name in enumerate(preprocessing.class_names or ())}
    known = np.array([*(code_of.get(name, _UNKNOWN) for name in names), _UNKNOWN], dtype=np.int64)
    is_new = (codes >= 0) & (known[codes] == _UNKNOWN)
    notes: list[DataNote] = []
    if is_new.any():
        unknown = tuple(names[int(code)] for code in np.unique(codes[is_new]))
        notes.append(UnknownClasses(unknown, int(is_new.sum())))
    return known[codes], notes


def _values(dataset: Dataset, preprocessing: Preprocessing, places: Integers) -> Doubles:
    names: list[str] = []
    labels = np.zeros((len(places), 0))
    if isinstance(dataset, ExampleSet) and dataset.class_names is None:
        names = [column.name for column in dataset.targets]
        labels = np.asarray(dataset.labels, dtype=np.float64)[places]
    columns = [
        labels[:, names.index(name)] if name in names else np.full(len(places), np.nan)
        for name in preprocessing.target_names
    ]
    return np.stack(columns, axis=1)

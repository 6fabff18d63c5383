"""New data for the next token or the next step: texts, sequences of symbols, switches."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError, SpecError
from studio.core.new_data_notes import GapsLeftOut
from studio.core.notes import DataNote
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series
from studio.data.new_data.gaps import fill_as_trained
from studio.data.new_data.new_data import NewData
from studio.data.new_data.sequences import (
    labels_of,
    length_notes,
    own_notes,
    readable,
    sequences_in,
    truncated,
    vocabulary_codes,
)
from studio.data.tasks.inputs import rows_of
from studio.data.transform.tagged_sequences import sequences_of

_UNKNOWN = -1
_SWITCHED_ON = 1


def next_inputs(dataset: Dataset, task: TaskSpec, preprocessing: Preprocessing) -> NewData:
    """What follows each step of new data is predicted, also after its last step.

    Args:
        dataset: The new data.
        task: The complete task of the model.
        preprocessing: Of the model.

    Raises:
        DatasetError: The data is of another kind, or holds nothing that can be read.
        SpecError: Switches are neither 0 nor 1.
    """
    if preprocessing.window is not None:
        return _text(dataset, preprocessing, preprocessing.window)
    if isinstance(dataset, Series):
        dataset = sequences_of(dataset)
    return _sequences(dataset, task, preprocessing)


def _text(dataset: Dataset, preprocessing: Preprocessing, window: int) -> NewData:
    """One text in windows, each read after the one before it or from its final state."""
    if not isinstance(dataset, Series) or dataset.symbols is None:
        raise DatasetError(
            "does not hold one text like the one that the model was trained on",
            where=dataset.source,
            remedy="Give a text file",
        )
    count = len(dataset)
    written = dataset.values[:, 0].astype(np.int64)
    codes, notes = vocabulary_codes(written, dataset.symbols, preprocessing)
    begins = np.arange(0, count, window, dtype=np.int64)
    ends = np.minimum(begins + window, count)
    starts = begins if preprocessing.carried else np.maximum(begins - window, 0)
    return NewData(
        name=dataset.name,
        preprocessing=preprocessing,
        rows=codes.astype(np.int32)[:, np.newaxis],
        starts=starts,
        lengths=ends - starts,
        series=None,
        truth=np.append(codes[1:], _UNKNOWN),
        positions=begins + 1,
        labels={
            "position": np.arange(1, count + 1).astype(str),
            "token": np.array(dataset.symbols)[written],
        },
        inputs=np.zeros((count, 0)),
        input_columns=(),
        skip=begins - starts,
        carried=preprocessing.carried,
        one_hot=None if preprocessing.embeds else len(preprocessing.vocabulary or ()),
        notes=(*own_notes(dataset), *notes),
    )


def _sequences(dataset: ExampleSet, task: TaskSpec, preprocessing: Preprocessing) -> NewData:
    whole = sequences_in(dataset, task, preprocessing)
    starts, lengths = truncated(whole.starts, whole.lengths, task)
    places = np.arange(len(starts))
    is_symbols = preprocessing.vocabulary is not None and dataset.symbols is not None
    steps = (_symbols if is_symbols else _numbers)(whole.values, dataset, preprocessing)
    notes = [*own_notes(dataset), *whole.notes, *steps.notes]
    is_read = readable(steps.read, starts, lengths)
    if not is_read.all():
        notes.append(GapsLeftOut(int((~is_read).sum()), "example"))
    if not is_read.any():
        raise DatasetError(
            "holds no sequence that the model can read",
            where=dataset.source,
            remedy="Fill in missing values, or use more data",
        )
    starts, lengths, places = starts[is_read], lengths[is_read], places[is_read]
    following = _following(steps.happens, starts, lengths)
    labels = labels_of(dataset, preprocessing, starts, lengths, places)
    if steps.names is not None:
        labels["token"] = steps.names[rows_of(starts, lengths)]
    return NewData(
        name=dataset.name,
        preprocessing=preprocessing,
        rows=steps.read,
        starts=starts,
        lengths=lengths,
        series=None,
        truth=following,
        positions=places.astype(np.int64),
        labels=labels,
        inputs=np.zeros((len(steps.read), 0)),
        input_columns=(),
        one_hot=len(preprocessing.vocabulary or ())
        if is_symbols and not preprocessing.embeds
        else None,
        notes=(*notes, *length_notes(lengths, preprocessing)),
    )


@dataclass(frozen=True, eq=False)
class _Steps:
    """Steps of all sequences.

    Attributes:
        read: What the network reads of each, (steps, channels).
        happens: What is predicted of each from the step before: codes, (steps,), or switches,
            (steps, switches).
        names: The symbol of each, (steps,); None for switches.
        notes: What differs from the training data.
    """

    read: NDArray[Any]
    happens: NDArray[Any]
    names: NDArray[np.str_] | None
    notes: list[DataNote]


def _symbols(values: Doubles, dataset: ExampleSet, preprocessing: Preprocessing) -> _Steps:
    symbols = dataset.symbols or ()
    written = values[:, 0].astype(np.int64)
    codes, notes = vocabulary_codes(written, symbols, preprocessing)
    return _Steps(codes.astype(np.int32)[:, np.newaxis], codes, np.array(symbols)[written], notes)


def _numbers(values: Doubles, dataset: ExampleSet, preprocessing: Preprocessing) -> _Steps:
    """Switches, or symbols that the data already holds one-hot."""
    if preprocessing.kind == "next-step":
        known = values[~np.isnan(values)]
        if not np.isin(known, (0, _SWITCHED_ON)).all():
            raise SpecError(
                f"the columns of {dataset.source} hold values other than 0 and 1",
                where="NEWDATA",
                remedy="Give columns that are 0 or 1, as in training",
            )
        read = fill_as_trained(values, dataset.lengths, preprocessing.input_names, preprocessing)
        return _Steps(read.astype(np.float32), values, None, [])
    is_certain = values.max(axis=1) == _SWITCHED_ON
    codes = np.where(is_certain, values.argmax(axis=1), _UNKNOWN).astype(np.int64)
    names = np.where(is_certain, np.array(preprocessing.input_names)[codes], "")
    return _Steps(values.astype(np.float32), codes, names, [])


def _following(happens: NDArray[Any], starts: Integers, lengths: Integers) -> NDArray[Any]:
    """What follows each step of the sequences, unknown after the last one of each."""
    rows = rows_of(starts, lengths)
    following = happens[np.minimum(rows + 1, len(happens) - 1)]
    following[np.cumsum(lengths) - 1] = _UNKNOWN if happens.ndim == 1 else np.nan
    return following

"""Lists of sequences of unequal length, as cell arrays and nested lists hold them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.data.arrays.axes import axes_of_sequences
from studio.data.files.arrays import numbers_of

_MATRIX = 2


class SequencesRead(NamedTuple):
    """Concatenated sequences.

    Attributes:
        values: (steps, channels).
        lengths: Steps of each sequence, (examples,).
        decisions: The decision `axes` where there are several channels.
    """

    values: Doubles
    lengths: Integers
    decisions: tuple[ReadingDecision, ...]


def concatenated(
    sequences: Sequence[NDArray[Any]], given: str | None, where: str, unit: str = "cell"
) -> SequencesRead:
    """Sequences (time,), (time, channels) or (channels, time), one after the other.

    Args:
        sequences: The sequences, all with the same number of axes.
        given: The setting `axes`.
        where: The place for messages.
        unit: What a sequence is called in messages.

    Raises:
        DatasetError: One is empty, has other axes, or holds no finite numbers.
        SpecError: The setting does not fit.
    """
    if not sequences:
        raise DatasetError("holds no sequence", where=where, remedy="Save at least one")
    for number, sequence in enumerate(sequences, start=1):
        if not sequence.size or sequence.ndim not in {1, _MATRIX}:
            raise DatasetError(
                f"has the shape {sequence.shape} instead of steps, or channels and steps",
                where=f"{where}, {unit} {number}",
                remedy="Leave it out, or save one or two axes",
            )
    sequences = [
        numbers_of(sequence, f"{where}, {unit} {number}")
        for number, sequence in enumerate(sequences, start=1)
    ]
    axes = {sequence.ndim for sequence in sequences}
    if axes != {_MATRIX}:
        columns = [sequence.reshape(-1, 1) for sequence in sequences if _is_vector(sequence)]
        if len(columns) != len(sequences):
            raise DatasetError(
                "holds sequences with one axis and sequences with two",
                where=where,
                remedy="Give each sequence the same axes",
            )
        return _joined(columns, where, ())
    found = axes_of_sequences(sequences, given, where)
    if found.axes[0] == "channels":
        sequences = [sequence.T for sequence in sequences]
    return _joined(sequences, where, (found.decision,))


def _is_vector(sequence: NDArray[Any]) -> bool:
    return bool(sequence.size == max(sequence.shape))


def _joined(
    sequences: Sequence[NDArray[Any]], where: str, decisions: tuple[ReadingDecision, ...]
) -> SequencesRead:
    channels = {sequence.shape[1] for sequence in sequences}
    if len(channels) > 1:
        raise DatasetError(
            f"holds sequences of {min(channels)} to {max(channels)} channels",
            where=where,
            remedy="Use the same channels in each, or set axes to time,channels or channels,time",
        )
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    return SequencesRead(np.concatenate(sequences), lengths, decisions)

"""The time column of recordings: as read, as named, or as it counts up in every file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import TIME_NAMES
from studio.data.folders.recording import Recording

NO_TIME = "none"
_UNEVEN = 0.02
_FEWEST_COUNTED = 3
_SURE, _LIKELY = 0.95, 0.85


def with_times(
    recordings: tuple[Recording, ...], spec: FileDataset
) -> tuple[tuple[Recording, ...], tuple[ReadingDecision, ...]]:
    """The recordings without the channel that is their time, and how it was found.

    It is the column that a file was read with as its time, one named as a time that rises in every
    file, or a first column that counts up evenly in every file.
    """
    if spec.time_column == NO_TIME:
        return recordings, (ReadingDecision("time", NO_TIME, 1.0, "set by you", is_set=True),)
    read = Counter(at.time for at in recordings if at.time)
    if read:
        name = read.most_common(1)[0][0]
        evidence = f"{read[name]:,} of {len(recordings):,} files have it as their time column"
        is_set = spec.time_column == name
    else:
        found = _counter(recordings)
        if found is None:
            return recordings, ()
        (name, evidence), is_set = found, False
    sure = _SURE if name.lower() in TIME_NAMES or read else _LIKELY
    decision = ReadingDecision("time", name, sure, "set by you" if is_set else evidence,
                        () if is_set else (NO_TIME,), is_set)  # fmt: skip
    return tuple(_timed(at, name) for at in recordings), (decision,)


def _timed(recording: Recording, name: str) -> Recording:
    """A copy with the channel of this name as its times."""
    at = recording.channel(name)
    if at is None or recording.times is not None:
        return recording.without(name)
    times = [f"{value:.15g}" for value in recording.values[:, at].tolist()]
    return replace(recording.without(name), time=name, times=np.array(times, dtype=str))


def _counter(recordings: Sequence[Recording]) -> tuple[str, str] | None:
    """The first column, or one named as a time, that rises evenly in every file, and the sign."""
    first = recordings[0].channels
    if min(len(at.channels) for at in recordings) <= 1:
        return None
    for index, column in enumerate(first):
        named = column.name.lower() in TIME_NAMES
        if not named and index:
            continue
        series = [_values_of(at, column.name) for at in recordings]
        if named and all(_rises(values) for values in series):
            return column.name, f"'{column.name}' is named as a time and rises in every file"
        steps = {_step(values) for values in series}
        if None not in steps and any(len(at.values) >= _FEWEST_COUNTED for at in recordings):
            step = next(iter(steps))
            by = f" by {step:.6g}" if len(steps) == 1 else " evenly"
            return column.name, f"column 1, '{column.name}', counts up{by} in every file"
    return None


def _values_of(recording: Recording, name: str) -> Doubles:
    at = recording.channel(name)
    return np.empty(0) if at is None else recording.values[:, at]


def _rises(values: Doubles) -> bool:
    return bool(len(values) and np.all(np.diff(values) >= 0) and not np.isnan(values).any())


def _step(values: Doubles) -> float | None:
    """The step of a column that counts up evenly, with the rounding of its cells, else None."""
    if not _rises(values):
        return None
    steps = np.diff(values)
    if not len(steps):
        return None
    middle = float(np.median(steps))
    even = middle > 0 and bool(np.all(np.abs(steps - middle) <= _UNEVEN * middle + 1e-9))
    return float(f"{middle:.4g}") if even else None

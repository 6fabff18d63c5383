"""A file of a folder as one recording, and recordings with the same channels."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision
from studio.core.notes import DataNote
from studio.core.problems import Problem
from studio.data.dataset import Column

_MOST_PROBLEMS = 20


@dataclass(frozen=True, eq=False)
class Recording:
    """One file.

    Attributes:
        name: Its name with its subfolders.
        channels: Its numeric columns.
        values: Their values, (time, channels), NaN where missing.
        time: The name of its time column, or "".
        times: The times as written, (time,), or None.
        classes: The class of each step where a column of labels was asked for, (time,), else None.
        others: Columns that are not used.
        notes: What was done to it when it was read.
        problems: What is wrong with it, as far as reading shows.
        decisions: How it was read.
    """

    name: str
    channels: tuple[Column, ...]
    values: Doubles
    time: str = ""
    times: NDArray[np.str_] | None = None
    classes: NDArray[np.str_] | None = None
    others: tuple[Column, ...] = ()
    notes: tuple[DataNote, ...] = ()
    problems: tuple[Problem, ...] = ()
    decisions: tuple[ReadingDecision, ...] = ()

    def channel(self, name: str) -> int | None:
        """The index of a channel, or None."""
        return next((at for at, column in enumerate(self.channels) if column.name == name), None)

    def without(self, name: str) -> "Recording":
        """A copy without a channel, if it has one of this name."""
        at = self.channel(name)
        if at is None:
            return self
        kept = [index for index in range(len(self.channels)) if index != at]
        return replace(
            self,
            channels=tuple(self.channels[index] for index in kept),
            values=self.values[:, kept],
        )


@dataclass(frozen=True, eq=False)
class RecordingSet:
    """Recordings with the same channels in the same order.

    Attributes:
        recordings: The recordings.
        channels: Their channels, with the missing values of all.
        decisions: How they were read.
    """

    recordings: tuple[Recording, ...]
    channels: tuple[Column, ...]
    decisions: tuple[ReadingDecision, ...]

    @property
    def values(self) -> Doubles:
        """All recordings concatenated, (steps, channels)."""
        return np.concatenate([recording.values for recording in self.recordings])

    @property
    def lengths(self) -> Integers:
        """Steps of each, (recordings,)."""
        return np.array([len(at.values) for at in self.recordings], dtype=np.int64)

    @property
    def times(self) -> NDArray[np.str_] | None:
        """All times concatenated, (steps,), or None where a recording has none."""
        times = [at.times for at in self.recordings if at.times is not None]
        return np.concatenate(times) if len(times) == len(self.recordings) else None

    @property
    def has_classes(self) -> bool:
        """Whether every recording has a class for each step."""
        return all(at.classes is not None for at in self.recordings)

    @property
    def notes(self) -> tuple[DataNote, ...]:
        """Notes on any of them, each once."""
        return tuple(dict.fromkeys(note for at in self.recordings for note in at.notes))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of any of them, each once, those of the first files where they are many."""
        found = dict.fromkeys(problem for at in self.recordings for problem in at.problems)
        return tuple(found)[:_MOST_PROBLEMS]

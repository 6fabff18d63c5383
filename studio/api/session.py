"""A session in Python: opened for reading, its comparisons by number."""

from collections.abc import Iterator
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Self

import numpy as np

from studio.analysis.summaries.smallest_size import BYTES_OF_A_WEIGHT
from studio.api.comparison import Comparison
from studio.api.result_table import ResultTable
from studio.api.text import html_table, text_table
from studio.core.errors import SessionError
from studio.core.system.closing import Closing
from studio.paths import user_folders
from studio.sessions import SessionFile

_HEADINGS = ("Comparison", "Name", "Dataset", "Task", "Contenders", "Runs", "Started (UTC)")


class Session(Closing):
    """A session open for reading; the file is never changed. Use it in a `with` block.

    What was read stays usable after the session is closed.

    Attributes:
        path: The session file.
    """

    def __init__(self, file: SessionFile) -> None:
        self._file = file
        self.path = file.path

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Opens a session; see studio.open."""
        return cls(SessionFile.open(Path(path), user_folders().locks, read_only=True))

    def close(self) -> None:
        """Closes the file; may be called twice."""
        self._file.close()

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons in the order of their start."""
        return tuple(Comparison(self._file, row) for row in self._file.comparisons())

    @property
    def last(self) -> Comparison:
        """The comparison that started last.

        Raises:
            SessionError: The session contains no comparison.
        """
        if not self.comparisons:
            raise SessionError("the session contains no comparison", where=str(self.path))
        return self.comparisons[-1]

    def smallest_sizes(self) -> ResultTable:
        """What `compare(..., smallest=True)` tried: a row for each contender and hidden size.

        `as_good` is the probability of a score within the margin of the best one, or better, and
        `is_smallest` whether it is the smallest size that suffices; no rows without a search.
        """
        from studio.runs.planning.smallest_plan import found_sizes

        histories = {comparison.number: comparison.history for comparison in self.comparisons}
        rows = [
            (
                size.contender,
                trial.hidden_size,
                BYTES_OF_A_WEIGHT * trial.parameters,
                trial.score,
                trial.enough,
                trial == size.smallest,
            )
            for size in found_sizes(histories)
            for trial in size.trials
        ]
        names = ("contender", "hidden_size", "bytes", "score", "as_good", "is_smallest")
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        return ResultTable(
            {name: np.array(column) for name, column in zip(names, columns, strict=True)}
        )

    def __getitem__(self, number: int) -> Comparison:
        """The comparison with that number, as `gate-studio show --comparison` counts.

        Raises:
            SessionError: There is none; the message lists the numbers.
        """
        for comparison in self.comparisons:
            if comparison.number == number:
                return comparison
        numbers = ", ".join(str(comparison.number) for comparison in self.comparisons)
        raise SessionError(
            f"there is no comparison {number}",
            where=str(self.path),
            remedy=f"Choose from {numbers}" if numbers else "",
        )

    def __len__(self) -> int:
        return len(self.comparisons)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def __repr__(self) -> str:
        return f"Session {self.path}\n{text_table(_HEADINGS, self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(_HEADINGS, self._rows(), f"Session {self.path}")

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                str(comparison.number),
                comparison.name,
                comparison.dataset,
                comparison.task,
                ", ".join(contender.name for contender in comparison.contenders),
                comparison.progress,
                comparison.created.replace("T", " ").removesuffix("+00:00"),
            )
            for comparison in self.comparisons
        ]


def open(path: str | PathLike[str]) -> Session:  # noqa: A001 - studio.open, as in studio.open("x.gates")
    """Opens a session file for reading.

    Args:
        path: The session, such as "temperatures.gates".

    Returns:
        The session; close it, or use it in a `with` block.

    Raises:
        SessionError: It is missing, not a session, of a newer version, or damaged.
    """
    return Session.open(path)

"""What a full check of a session file found, and what was saved of it."""

from dataclasses import dataclass, field
from pathlib import Path

LABELS = {
    "dataset": "datasets",
    "dataset_file": "data files",
    "comparison": "comparisons",
    "division": "splits",
    "kept_example": "stored examples",
    "contender": "contenders",
    "baseline": "baselines",
    "run": "runs",
    "epoch": "epochs",
    "step_timing": "step times",
    "checkpoint": "stored weights",
    "run_state": "states to resume from",
    "test_result": "test results",
    "final_model": "models trained on all data",
    "study": "searches",
    "trial": "trials",
    "note": "notes",
}
"""What the tables hold, in words, by name."""


@dataclass
class TableFindings:
    """The rows of one table.

    Attributes:
        table: Its name.
        readable: Rows that can be read.
        damaged: Rows that are there and cannot be read.
        removed: Rows that can be read, but belong to something that is lost.
    """

    table: str
    readable: int = 0
    damaged: int = 0
    removed: int = 0

    @property
    def label(self) -> str:
        return LABELS[self.table]

    @property
    def kept(self) -> int:
        """Rows that a recovered file has."""
        return self.readable - self.removed


@dataclass(frozen=True)
class ComparisonFindings:
    """A comparison that can be read, in whole or in part.

    Attributes:
        number: Its number in the session.
        name: Its name.
        finished: Runs with a test result.
        runs: All of its runs.
        repaired: What of it is lost and was filled in or taken out, so that the rest can be read.
        gaps: What of it is not there, as in a session that was recovered.
    """

    number: int
    name: str
    finished: int
    runs: int
    repaired: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def losses(self) -> tuple[str, ...]:
        return (*self.repaired, *self.gaps)


@dataclass
class SessionFindings:
    """The result of a full check.

    Attributes:
        path: The session file.
        version: The version of its tables, such as "2.1".
        problems: What is wrong with the file, sentences without their full stop.
        tables: The rows of each table.
        comparisons: The comparisons that can be read.
        recovered: The new file with all that can be read, or None.
        backup: The copy of the file that the new one replaced, or None.
    """

    path: Path
    version: str
    problems: list[str] = field(default_factory=list)
    tables: dict[str, TableFindings] = field(
        default_factory=lambda: {name: TableFindings(name) for name in LABELS}
    )
    comparisons: tuple[ComparisonFindings, ...] = ()
    recovered: Path | None = None
    backup: Path | None = None

    @property
    def is_sound(self) -> bool:
        """Whether everything in the file is as this program wrote it.

        A file that was recovered is sound, also where something had been lost before.
        """
        return not (
            self.problems
            or any(table.damaged or table.removed for table in self.tables.values())
            or any(comparison.repaired for comparison in self.comparisons)
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing either."""
        return not any(comparison.losses for comparison in self.comparisons)

    @property
    def can_be_recovered(self) -> bool:
        return bool(self.comparisons)

    @property
    def loses_rows(self) -> bool:
        """Whether a new file holds less than was written to this one, as far as can be told."""
        return not self.is_complete or any(
            table.damaged or table.removed for table in self.tables.values()
        )

    @property
    def verdict(self) -> str:
        """The outcome in one sentence."""
        if self.is_sound and self.is_complete:
            return "The session is sound: everything in it can be read."
        if self.is_sound:
            return "Everything in the session can be read, but something had been lost before."
        if not self.can_be_recovered:
            return "The session is damaged, and no comparison in it can be read."
        if self.loses_rows:
            return "The session is damaged. What can be read can be saved to a new file."
        return "The session is damaged. All results that were found can be saved to a new file."

"""Which settings of the task matter for a dataset; the others would only be in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.core.spec import TaskSpec

ONE_BY_ONE = "none"
"""The group of a task that divides example by example."""


@dataclass(frozen=True)
class Needs:
    """What a dataset has that there are settings for.

    Attributes:
        groups: Columns that can keep examples in one part.
        has_duplicates: Examples repeat each other.
        has_gaps: Values are missing.
        has_lengths: Examples have several steps, and may be cut.
        has_dates: A series has a date column.
        has_symbols: It is a text, whose symbols have no scale.
    """

    groups: tuple[str, ...] = ()
    has_duplicates: bool = False
    has_gaps: bool = False
    has_lengths: bool = False
    has_dates: bool = False
    has_symbols: bool = False

    def visible(self, task: TaskSpec) -> dict[str, bool]:
        """Whether each of these fields is shown; what is set already always is."""
        usual = TaskSpec()
        wanted = {
            "group": bool(self.groups),
            "duplicates": self.has_duplicates,
            "missing": self.has_gaps,
            "longest": self.has_lengths,
            "kept": task.longest is not None,
            "calendar": self.has_dates,
            "symbols": self.has_symbols,
            "vocabulary": self.has_symbols,
            "scaling": not self.has_symbols,
        }
        return {
            field: shown or getattr(task, field) != getattr(usual, field)
            for field, shown in wanted.items()
        }


def needs_of(schema: Mapping[str, Any]) -> Needs:
    """What a dataset needs, from what `studio.data.inspect` says of it."""
    columns = schema["columns"]
    is_series = schema["kind"] in {"series", "text"}
    return Needs(
        groups=tuple(each["name"] for each in columns if each["role"] == "group"),
        has_duplicates=any("repeat an earlier one" in problem for problem in schema["problems"]),
        has_gaps=bool(schema["missing"]),
        has_lengths=not is_series and schema["length"]["max"] > 1,
        has_dates=is_series and any(each["kind"] == "date" for each in columns),
        has_symbols=bool(schema["symbols"]),
    )


def group_choices(columns: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """The choices of the field, the automatic one first."""
    named = tuple((f"keep each {name} together", name) for name in columns)
    return (("automatic", None), ("example by example", ONE_BY_ONE), *named)

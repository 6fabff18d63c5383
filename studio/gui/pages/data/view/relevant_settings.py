"""Which settings of the task matter for a dataset; the others would only be in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.core.problems import DuplicateExamples, Problem
from studio.core.specs.comparison_spec import TaskKind, TaskSpec

ONE_BY_ONE = "none"
"""The group of a task that divides example by example."""


@dataclass(frozen=True)
class RelevantSettings:
    """What a dataset has that there are settings for.

    Attributes:
        groups: Columns that can keep examples in one part.
        has_duplicates: Examples repeat each other.
        has_gaps: Values are missing.
        has_lengths: Examples have several steps, and may be cut.
        has_dates: A series has a date column.
        has_symbols: It is a text, whose symbols have no scale.
        can_be_cut: It is a series, or its sequences have a class for each step.
        has_several_series: There are several of them.
    """

    groups: tuple[str, ...] = ()
    has_duplicates: bool = False
    has_gaps: bool = False
    has_lengths: bool = False
    has_dates: bool = False
    has_symbols: bool = False
    can_be_cut: bool = False
    has_several_series: bool = False

    def visible(self, task: TaskSpec, kind: TaskKind | None) -> dict[str, bool]:
        """Whether each of these fields is shown; what is set already always is.

        Args:
            task: The task as set.
            kind: The kind of the task, filled in if possible.
        """
        usual = TaskSpec()
        forecasts, has_classes = kind in {None, "forecast"}, kind in {"classify", "tag"}
        cuts_classes = has_classes and self.can_be_cut
        cuts_windows = cuts_classes and kind == "classify"
        in_order = forecasts or kind in {"next-token", "track"} or cuts_classes
        wanted = {
            "window": forecasts or kind in {"next-token", "track"} or cuts_classes,
            "washout": kind == "track",
            "past_target": kind == "track",
            "horizon": forecasts,
            "season": forecasts,
            "stride": forecasts or cuts_windows,
            "mixed": cuts_windows,
            "repeats": task.folds is not None,
            "class_weights": kind == "classify",
            "metric": has_classes or kind in {"regress", "forecast", "next-token", "track"},
            "carry_state": kind in {"next-token", "track"},
            "split_series": self.has_several_series and kind != "next-step",
            "split_seed": not in_order or self.has_several_series,
            "group": bool(self.groups) and kind != "forecast",
            "duplicates": self.has_duplicates,
            "missing": self.has_gaps,
            "longest": self.has_lengths,
            "kept": task.longest is not None,
            "calendar": self.has_dates,
            "symbols": self.has_symbols,
            "vocabulary": self.has_symbols,
            "scaling": not self.has_symbols,
            "scale_by": forecasts and self.has_several_series and task.scaling != "none",
        }
        return {
            field: is_relevant or getattr(task, field) != getattr(usual, field)
            for field, is_relevant in wanted.items()
        }


def relevant_settings(schema: Mapping[str, Any], problems: Sequence[Problem]) -> RelevantSettings:
    """What a dataset needs, from what `studio.data.inspect` says of it, and its problems."""
    columns = schema["columns"]
    is_series = schema["kind"] in {"series", "text"}
    can_be_cut = schema["kind"] == "series" or schema.get("task") == "tag"
    can_be_series = can_be_cut or schema.get("task") == "forecast"
    steps = schema["length"]["max"] if is_series else 1
    return RelevantSettings(
        groups=tuple(column["name"] for column in columns if column["role"] == "group"),
        has_duplicates=any(isinstance(problem, DuplicateExamples) for problem in problems),
        has_gaps=bool(schema["missing"]),
        has_lengths=not is_series and schema["length"]["max"] > 1,
        has_dates=is_series and any(column["kind"] == "date" for column in columns),
        has_symbols=bool(schema["symbols"]),
        can_be_cut=can_be_cut,
        has_several_series=can_be_series and steps < schema.get("examples", 0),
    )


def group_choices(columns: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """The choices of the field, the automatic one first."""
    named = tuple((f"keep each {name} together", name) for name in columns)
    return (("automatic", None), ("split by example", ONE_BY_ONE), *named)

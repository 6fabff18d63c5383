"""Roles of a dataset's columns: what each is used for, and what a change makes of the task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from studio.core.spec import TaskKind, TaskSpec

ROLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "target": "to predict",
        "label": "class to predict",
        "feature": "read by the networks",
        "time": "time",
        "id": "tells sequences apart",
        "group": "kept in one part",
        "ignored": "not used",
    }
)
_USABLE = ("feature", "target", "label")
_PREDICTED = ("target", "label")


@dataclass(frozen=True)
class ColumnRow:
    """A column as its row shows it.

    Attributes:
        name: Without its unit.
        unit: Or "".
        kind: What its cells hold.
        missing: Cells without a value.
        role: What it is used for now.
        choices: The roles that it can have, the one it has included.
    """

    name: str
    unit: str
    kind: str
    missing: int
    role: str
    choices: tuple[str, ...]


def column_rows(
    columns: Sequence[Mapping[str, Any]], task: TaskSpec, kind: TaskKind, *, is_table: bool
) -> tuple[ColumnRow, ...]:
    """The columns with their roles in a task.

    Args:
        columns: As `studio.data.inspect` tells them.
        task: The task; what it leaves open follows from the columns.
        kind: The kind of the task, filled in.
        is_table: Whether any column of numbers can be the one to predict.
    """
    several = sum(column["role"] in _PREDICTED for column in columns) > 1
    rows = []
    for column in columns:
        role = _role(column, task, kind, is_table=is_table)
        choices = _choices(column["role"], is_free=is_table or kind == "forecast", several=several)
        rows.append(
            ColumnRow(
                column["name"],
                column["unit"],
                column["kind"],
                column["missing"],
                role,
                choices if role in choices else (role, *choices),
            )
        )
    return tuple(rows)


def with_role(
    rows: Sequence[ColumnRow], task: TaskSpec, kind: TaskKind, name: str, role: str
) -> TaskSpec:
    """The task after a column was given another role.

    Raises:
        ValueError: Nothing would be left to predict, or nothing to read; the message says so.
    """
    roles = {row.name: row.role for row in rows}
    if role in _PREDICTED and kind == "classify":
        roles = {each: "feature" if old in _PREDICTED else old for each, old in roles.items()}
    roles[name] = role
    targets = tuple(each for each, now in roles.items() if now in _PREDICTED)
    reads = ("feature", *_PREDICTED) if kind == "forecast" else ("feature",)
    features = tuple(each for each, now in roles.items() if now in reads)
    if not targets:
        raise ValueError("One column must stay to predict; choose another for that first.")
    if not features:
        raise ValueError("The networks need at least one column to read.")
    return task.model_copy(update={"target": targets, "features": features})


def with_kind(task: TaskSpec, kind: TaskKind | None) -> TaskSpec:
    """The task with another kind; what only the old kind has is dropped."""
    update: dict[str, object] = {"kind": kind, "features": None}
    if kind != "forecast":
        update |= {"window": None, "horizon": 1, "stride": 1}
    return task.model_copy(update=update)


def _role(column: Mapping[str, Any], task: TaskSpec, kind: TaskKind, *, is_table: bool) -> str:
    usual = str(column["role"])
    if usual not in _USABLE:
        return usual
    predicted = "label" if usual == "label" and kind == "classify" else "target"
    if task.target:
        if column["name"] in task.target:
            return predicted
        if usual in _PREDICTED and not (is_table or kind == "forecast"):
            return "ignored"
    elif usual in _PREDICTED:
        return predicted
    if task.features and column["name"] not in task.features:
        return "ignored"
    return "feature"


def _choices(usual: str, *, is_free: bool, several: bool) -> tuple[str, ...]:
    if usual not in _USABLE:
        return (usual,)
    if is_free:
        return ("target", "feature", "ignored")
    if usual == "feature":
        return ("feature", "ignored")
    return (usual, "ignored") if several else (usual,)

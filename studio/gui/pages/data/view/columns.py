"""Roles of a dataset's columns, and the task after a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from studio.core.specs.comparison_spec import FileDataset, TaskKind, TaskSpec

KNOWN_AHEAD = "known-ahead"
"""The role of an input whose values at the predicted steps are known too."""
ROLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "target": "target",
        "label": "class label",
        "feature": "input",
        KNOWN_AHEAD: "input, known in advance",
        "time": "time",
        "id": "sequence id",
        "group": "group",
        "static": "static input",
        "ignored": "ignored",
    }
)
_USABLE = ("feature", "target", "label")
_PREDICTED = ("target", "label")
_IN_SERIES = {"forecast", "track"}
"""Tasks whose targets are any columns of a series."""


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
    columns: Sequence[Mapping[str, Any]],
    task: TaskSpec,
    kind: TaskKind,
    *,
    is_table: bool,
    can_reread: bool = False,
) -> tuple[ColumnRow, ...]:
    """The columns with their roles in a task.

    Args:
        columns: As `studio.data.inspect` returns them.
        task: The task; what it leaves open follows from the columns.
        kind: The kind of the task, filled in.
        is_table: Whether any column of numbers can be the one to predict.
        can_reread: Whether the data is a table that can be read with other roles.
    """
    known = (task.known_ahead or ()) if kind == "forecast" else ()
    has_sequences = any(column["role"] == "id" for column in columns)
    several = sum(column["role"] in _PREDICTED for column in columns) > 1
    rows = []
    for column in columns:
        is_known = column["name"] in known and column["role"] in _USABLE
        role = KNOWN_AHEAD if is_known else _role(column, task, kind, is_table=is_table)
        choices = _choices(column["role"], is_free=is_table or kind in _IN_SERIES, several=several)
        if kind == "forecast" and "feature" in choices:
            choices = (*choices, KNOWN_AHEAD)
        if can_reread:
            choices = tuple(dict.fromkeys((*choices, *_reread_choices(column))))
            if has_sequences and column["role"] != "id" and column["kind"] != "empty":
                choices = tuple(dict.fromkeys((*choices, "static")))
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
        ValueError: There would be no target or no input left.
    """
    roles = {row.name: row.role for row in rows}
    is_guess = not task.target
    if role in _PREDICTED and (kind == "classify" or is_guess):
        roles = {column: "feature" if old in _PREDICTED else old for column, old in roles.items()}
    roles[name] = role
    targets = tuple(column for column, now in roles.items() if now in _PREDICTED)
    reads = ("feature", KNOWN_AHEAD, *_PREDICTED) if kind == "forecast" else ("feature",)
    features = tuple(column for column, now in roles.items() if now in reads)
    if not targets:
        raise ValueError("At least one column must be a target; choose another target first.")
    if not features:
        raise ValueError("The networks need at least one input column.")
    known = tuple(column for column, now in roles.items() if now == KNOWN_AHEAD)
    update = {"target": targets, "features": features, "known_ahead": known or None}
    return task.model_copy(update=update)


def with_kind(task: TaskSpec, kind: TaskKind | None) -> TaskSpec:
    """The task with another kind; what only the old kind has is dropped."""
    update: dict[str, object] = {"kind": kind, "features": None}
    if kind != "forecast":
        update |= {"window": None, "horizon": 1, "stride": 1, "known_ahead": None}
    if kind != "track":
        update |= {"washout": 0, "past_target": False}
    if kind not in {"track", "next-token"}:
        update["carry_state"] = False
    return task.model_copy(update=update)


def _role(column: Mapping[str, Any], task: TaskSpec, kind: TaskKind, *, is_table: bool) -> str:
    usual = str(column["role"])
    if usual not in _USABLE:
        return usual
    predicted = "label" if usual == "label" and kind == "classify" else "target"
    if task.target:
        if column["name"] in task.target:
            return predicted
        if usual in _PREDICTED and not (is_table or kind in _IN_SERIES):
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


_READ_ROLES = ("label", "time", "id", "group")


def _reread_choices(column: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles that a column of a table can be read with."""
    role = column["role"]
    if column["kind"] == "empty":
        return (role,)
    return (*_READ_ROLES, "ignored")


def reread_with_role(dataset: FileDataset, row: ColumnRow, role: str) -> FileDataset | None:
    """The dataset that reads a column in another role, or None where the task alone changes.

    Args:
        dataset: How the data is read now.
        row: The column.
        role: What it is to be.
    """
    if role == "static" or row.name in (dataset.static_columns or "").split(","):
        return _with_static(dataset, row, role)
    ignored = [name for name in (dataset.ignore or "").split(",") if name and name != row.name]
    fields = {f"{name}_column": None for name in _READ_ROLES}
    kept = {
        field: None if getattr(dataset, field) == row.name else getattr(dataset, field)
        for field in fields
    }
    if role in _READ_ROLES:
        update = {**kept, f"{role}_column": row.name, "ignore": ",".join(ignored) or None}
        return dataset.model_copy(update=update)
    if role == "ignored" and (row.role in _READ_ROLES or row.kind != "number"):
        return dataset.model_copy(update={**kept, "ignore": ",".join([*ignored, row.name])})
    if row.role in _READ_ROLES:
        layout = "columns" if row.role in {"label", "id"} else dataset.layout
        return dataset.model_copy(update={**kept, "layout": layout})
    is_unread = row.role == "ignored" and row.name in (dataset.ignore or "").split(",")
    if is_unread:
        return dataset.model_copy(update={"ignore": ",".join(ignored)})
    return None


def _with_static(dataset: FileDataset, row: ColumnRow, role: str) -> FileDataset | None:
    """The dataset with a column that becomes static, or ceases to be."""
    others = [
        name for name in (dataset.static_columns or "").split(",") if name and name != row.name
    ]
    if role == "static":
        others.append(row.name)
    freed = dataset.model_copy(update={"static_columns": ",".join(others) or None})
    if role == "static":
        kept = {
            f"{name}_column": None
            for name in _READ_ROLES
            if getattr(freed, f"{name}_column") == row.name
        }
        return freed.model_copy(update=kept)
    return reread_with_role(freed, replace(row, role="feature"), role) or freed

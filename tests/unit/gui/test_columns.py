from dataclasses import replace
from typing import Any

import pytest

from studio.core.specs.comparison_spec import FileDataset, TaskKind, TaskSpec
from studio.data import TASKS
from studio.gui.pages.data.view.columns import (
    KNOWN_AHEAD,
    ColumnRow,
    column_rows,
    reread_with_role,
    with_kind,
    with_role,
)


def column(name: str, role: str, kind: str = "number") -> dict[str, Any]:
    return {"name": name, "role": role, "kind": kind, "unit": "", "missing": 0}


SERIES = [
    column("date", "time", "date"),
    column("load", "feature"),
    column("wind", "feature"),
    column("heat", "target"),
    column("note", "ignored", "text"),
]
EXAMPLES = [column("x", "feature"), column("y", "feature"), column("class", "label", "text")]


def rows(task: TaskSpec, kind: TaskKind = "forecast") -> tuple[ColumnRow, ...]:
    return column_rows(SERIES, task, kind, is_table=True)


def roles(found: tuple[ColumnRow, ...]) -> dict[str, str]:
    return {row.name: row.role for row in found}


def test_roles_are_those_of_the_file_until_the_task_names_others() -> None:
    assert roles(rows(TaskSpec())) == {
        "date": "time", "load": "feature", "wind": "feature", "heat": "target", "note": "ignored",
    }  # fmt: skip
    task = TaskSpec(target=("wind",), features=("wind", "heat"))
    assert roles(rows(task)) == {
        "date": "time", "load": "ignored", "wind": "target", "heat": "feature", "note": "ignored",
    }  # fmt: skip


def test_only_columns_of_numbers_can_change_their_role() -> None:
    free = {row.name for row in rows(TaskSpec()) if len(row.choices) > 1}
    assert free == {"load", "wind", "heat"}


def test_the_past_of_a_forecast_column_is_read_too() -> None:
    task = with_role(rows(TaskSpec()), TaskSpec(), "forecast", "load", "ignored")
    assert (task.target, task.features) == (("heat",), ("wind", "heat"))


def test_an_input_of_a_forecast_can_be_known_in_advance() -> None:
    task = with_role(rows(TaskSpec()), TaskSpec(), "forecast", "wind", KNOWN_AHEAD)
    assert task.known_ahead == ("wind",)
    assert (task.target, task.features) == (("heat",), ("load", "wind", "heat"))
    assert roles(rows(task))["wind"] == KNOWN_AHEAD
    assert with_role(rows(task), task, "forecast", "wind", "feature").known_ahead is None
    assert with_role(rows(task), task, "forecast", "wind", "target").known_ahead is None
    assert with_kind(task, "track").known_ahead is None


def test_only_a_forecast_has_columns_that_are_known_in_advance() -> None:
    offered = {kind: KNOWN_AHEAD in rows(TaskSpec(), kind)[1].choices for kind in TASKS}
    assert offered == {kind: kind == "forecast" for kind in TASKS}


def test_a_class_is_one_column() -> None:
    shown = rows(TaskSpec(kind="classify"), "classify")
    task = with_role(shown, TaskSpec(kind="classify"), "classify", "load", "target")
    assert (task.target, task.features) == (("load",), ("wind", "heat"))


def test_at_least_one_target_and_one_input_must_remain() -> None:
    with pytest.raises(ValueError, match="must be a target"):
        with_role(rows(TaskSpec()), TaskSpec(), "forecast", "heat", "feature")
    two = column_rows(EXAMPLES[1:], TaskSpec(), "classify", is_table=False)
    with pytest.raises(ValueError, match="at least one input column"):
        with_role(two, TaskSpec(), "classify", "y", "ignored")


def test_labels_of_examples_stay_labels() -> None:
    found = column_rows(EXAMPLES, TaskSpec(), "classify", is_table=False)
    assert [row.choices for row in found] == [
        ("feature", "ignored"),
        ("feature", "ignored"),
        ("label",),
    ]


def test_another_kind_drops_what_only_forecasts_have() -> None:
    task = TaskSpec(kind="forecast", window=9, horizon=3, stride=2, features=("a",))
    changed = with_kind(task, "classify")
    assert changed == TaskSpec(kind="classify")
    assert with_kind(task, None).window is None


def test_a_column_beside_an_id_can_be_read_as_static() -> None:
    long = [column("store", "id", "text"), column("site", "label", "text"), *SERIES[1:4]]
    found = column_rows(long, TaskSpec(), "forecast", is_table=True, can_reread=True)
    choices = {row.name: "static" in row.choices for row in found}
    assert choices == {"store": False, "site": True, "load": True, "wind": True, "heat": True}
    read = FileDataset(path="a.csv", label_column="site", static_columns="load")
    changed = reread_with_role(read, found[1], "static")
    assert changed == FileDataset(path="a.csv", static_columns="load,site")
    static = replace(found[1], role="static")
    assert reread_with_role(changed, static, "feature").static_columns == "load"
    ignored = reread_with_role(changed, static, "ignored")
    assert (ignored.static_columns, ignored.ignore) == ("load", "site")

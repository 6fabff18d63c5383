"""Which settings of a task are offered for a dataset."""

from typing import Any

import pytest

from studio.core.specs.comparison_spec import TaskKind, TaskSpec
from studio.gui.pages.data.view.relevant_settings import relevant_settings

CUTS = ("window", "stride", "mixed", "split_series", "split_seed")


def schema(kind: str, examples: int, longest: int, task: str) -> dict[str, Any]:
    column = {"name": "x", "role": "feature", "kind": "number"}
    return {
        "kind": kind, "examples": examples, "length": {"max": longest}, "task": task,
        "columns": [column], "missing": 0, "symbols": 0,
    }  # fmt: skip


ONE = schema("series", 400, 400, "tag")
SEVERAL = schema("series", 400, 100, "tag")
SEQUENCES = schema("examples", 20, 100, "tag")
LABELLED = schema("examples", 20, 100, "classify")


@pytest.mark.parametrize(
    ("dataset", "kind", "shown"),
    [
        (ONE, "forecast", {"window", "stride"}),
        (ONE, "classify", {"window", "stride", "mixed"}),
        (ONE, "tag", {"window"}),
        (ONE, "track", {"window"}),
        (SEVERAL, "track", {"window", "split_series", "split_seed"}),
        (SEVERAL, "forecast", {"window", "stride", "split_series", "split_seed"}),
        (SEVERAL, "classify", set(CUTS)),
        (SEQUENCES, "tag", {"window", "split_series", "split_seed"}),
        (LABELLED, "classify", {"split_seed"}),
    ],
)
def test_settings_of_windows_are_offered_where_series_are_cut(
    dataset: dict[str, Any], kind: TaskKind, shown: set[str]
) -> None:
    visible = relevant_settings(dataset, []).visible(TaskSpec(), kind)
    assert {field for field in CUTS if visible[field]} == shown


@pytest.mark.parametrize(
    ("dataset", "kind", "shown"),
    [
        (SEVERAL, "forecast", True),
        (schema("examples", 20, 100, "forecast"), "forecast", True),
        (ONE, "forecast", False),
        (SEVERAL, "classify", False),
        (LABELLED, "classify", False),
    ],
)
def test_a_scaler_for_each_series_is_offered_where_several_are_forecast(
    dataset: dict[str, Any], kind: TaskKind, *, shown: bool
) -> None:
    assert relevant_settings(dataset, []).visible(TaskSpec(), kind)["scale_by"] == shown


def test_setting_that_is_set_is_shown_so_that_it_can_be_taken_back() -> None:
    needs = relevant_settings(LABELLED, [])
    assert needs.visible(TaskSpec(window=9), "classify")["window"]

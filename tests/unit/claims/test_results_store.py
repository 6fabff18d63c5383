"""Results of claims survive a restart, including maps and intervals."""

import json
import math
from pathlib import Path

import pytest

from studio.claims.analysis.crossover_map import MapCell, Scales, crossover_map
from studio.claims.analysis.findings import Condition, Finding, StoredClaimResult
from studio.claims.results_store import ClaimResultsStore

NONE = float("nan")
SCALES = Scales((30, 60), (60, 200), "steps", "examples")
MAP = crossover_map(
    "Score",
    "accuracy, GRU − LSTM",
    SCALES,
    {
        (30, 60): MapCell(0.1, 0.05, 0.15, "GRU"),
        (30, 200): MapCell(0.0, NONE, NONE, "", "majority class is better than both"),
    },
)
FOUND = Finding(
    "partly supported", 0.1, 0.05, 0.15, "accuracy", "In words.",
    conditions=(Condition("30 steps", 0.1, 0.05, 0.15),), maps=(MAP,),
)  # fmt: skip
RESULT = StoredClaimResult(
    (FOUND,), 12.5, {"cpu": "any", "threads": "2"}, "2026-11-25T10:00:00+00:00"
)


def test_a_result_with_a_map_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    ClaimResultsStore(path).put("C6", RESULT)
    (again,) = ClaimResultsStore(path).read()["C6"].findings
    (shown,) = again.maps
    assert shown.table() == MAP.table()
    assert shown.details(0, 1) == MAP.details(0, 1)
    assert math.isnan(shown.places[0][1].low)
    assert again.conditions == FOUND.conditions
    assert shown.places[1] == (None, None)


def test_a_result_of_an_earlier_version_has_no_maps(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    ClaimResultsStore(path).put("C6", RESULT)
    stored = json.loads(path.read_text())
    del stored["C6"]["findings"][0]["maps"]
    path.write_text(json.dumps(stored))
    (again,) = ClaimResultsStore(path).read()["C6"].findings
    assert again.maps == ()
    assert again.text == "In words."


@pytest.mark.parametrize("damaged", [{"findings": [{"maps": 3}]}, None, [], {"seconds": "long"}])
def test_a_damaged_result_leaves_the_others_readable(tmp_path: Path, damaged: object) -> None:
    path = tmp_path / "claims.json"
    for name in ("C5", "C6", "C7"):
        ClaimResultsStore(path).put(name, RESULT)
    stored = json.loads(path.read_text())
    stored["C6"] = {**stored["C6"], **damaged} if isinstance(damaged, dict) else damaged
    path.write_text(json.dumps(stored))
    assert sorted(ClaimResultsStore(path).read()) == ["C5", "C7"]
    ClaimResultsStore(path).put("C6", RESULT)
    assert sorted(ClaimResultsStore(path).read()) == ["C5", "C6", "C7"]


def test_an_unreadable_file_counts_as_not_measured(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    assert ClaimResultsStore(path).read() == {}
    path.write_text('{"C6": {"findings": [{"maps": [{"rows": 3}]}]}}')
    assert ClaimResultsStore(path).read() == {}

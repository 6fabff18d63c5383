"""What was found of claims is there at the next start, maps and intervals included."""

import json
import math
from pathlib import Path

import pytest

from studio.analysis.claims import Condition, Finding, KeptResult
from studio.analysis.maps import Place, Scales, crossover_map
from studio.runs.claims.kept import KeptClaims

NONE = float("nan")
SCALES = Scales((30, 60), (60, 200), "steps", "examples")
MAP = crossover_map(
    "Score",
    "accuracy, GRU − LSTM",
    SCALES,
    {
        (30, 60): Place(0.1, 0.05, 0.15, "GRU"),
        (30, 200): Place(0.0, NONE, NONE, "", "majority class is better than both"),
    },
)
FOUND = Finding(
    "partly supported", 0.1, 0.05, 0.15, "accuracy", "In words.",
    conditions=(Condition("30 steps", 0.1, 0.05, 0.15),), maps=(MAP,),
)  # fmt: skip
RESULT = KeptResult((FOUND,), 12.5, {"cpu": "any", "threads": "2"}, "2026-11-25T10:00:00+00:00")


def test_a_result_with_a_map_is_read_as_it_was_put(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    KeptClaims(path).put("C6", RESULT)
    (again,) = KeptClaims(path).read()["C6"].findings
    (shown,) = again.maps
    assert shown.table() == MAP.table()
    assert shown.details(0, 1) == MAP.details(0, 1)
    assert math.isnan(shown.places[0][1].low)
    assert again.conditions == FOUND.conditions
    assert shown.places[1] == (None, None)


def test_a_result_that_an_earlier_version_kept_has_no_maps(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    KeptClaims(path).put("C6", RESULT)
    stored = json.loads(path.read_text())
    del stored["C6"]["findings"][0]["maps"]
    path.write_text(json.dumps(stored))
    (again,) = KeptClaims(path).read()["C6"].findings
    assert again.maps == ()
    assert again.text == "In words."


@pytest.mark.parametrize("damaged", [{"findings": [{"maps": 3}]}, None, [], {"seconds": "long"}])
def test_a_damaged_result_takes_no_other_with_it(tmp_path: Path, damaged: object) -> None:
    path = tmp_path / "claims.json"
    for name in ("C5", "C6", "C7"):
        KeptClaims(path).put(name, RESULT)
    stored = json.loads(path.read_text())
    stored["C6"] = {**stored["C6"], **damaged} if isinstance(damaged, dict) else damaged
    path.write_text(json.dumps(stored))
    assert sorted(KeptClaims(path).read()) == ["C5", "C7"]
    KeptClaims(path).put("C6", RESULT)
    assert sorted(KeptClaims(path).read()) == ["C5", "C6", "C7"]


def test_a_file_that_cannot_be_read_counts_as_not_measured(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    assert KeptClaims(path).read() == {}
    path.write_text('{"C6": {"findings": [{"maps": [{"rows": 3}]}]}}')
    assert KeptClaims(path).read() == {}

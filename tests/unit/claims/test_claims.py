"""Claims are measured by real comparisons and stop when time runs out."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.claims.analysis.crossover_map import Scales
from studio.claims.analysis.findings import Finding, not_measured
from studio.claims.laboratory import latency as segments
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.crossover_trials import explore, maps_from_trials, trials_by_cell
from studio.claims.laboratory.exported import time_exported
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.claims.laboratory.latency import LatencyCase, measure_segments
from studio.claims.registry import CLAIMS, find_claims
from studio.claims.run_claims import run_claims
from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.execution.compute import ComputeThread
from studio.runs.planning.plan import make_plan
from studio.runs.workspace import Workspace


@pytest.fixture
def laboratory(tmp_path: Path) -> Iterator[Laboratory]:
    with (
        ComputeThread() as compute,
        Workspace.create(tmp_path / "claims.gates", tmp_path, compute) as workspace,
    ):
        yield Laboratory(workspace, compute, threads=1)


def test_claims_are_numbered_in_order() -> None:
    assert [claim.id for claim in CLAIMS] == [f"C{number}" for number in range(1, 22)]


def test_claim_ids_are_case_insensitive_and_an_unknown_one_is_named() -> None:
    assert [claim.id for claim in find_claims(["c2", "C1"])] == ["C1", "C2"]
    assert find_claims([]) == CLAIMS
    with pytest.raises(SpecError, match="no claim 'C99'"):
        find_claims(["C99"])


def test_the_lstm_has_four_blocks_and_the_gru_three(laboratory: Laboratory) -> None:
    (result,) = run_claims(find_claims(["C1"]), laboratory, 60)
    (found,) = result.findings
    assert (found.verdict, found.figure) == ("supported", 0.75)


def test_one_word_turns_a_gru_into_a_trainable_lstm(laboratory: Laboratory) -> None:
    (result,) = run_claims(find_claims(["C13"]), laboratory, 60)
    assert [(finding.verdict, finding.figure) for finding in result.findings] == [("supported", 1)]
    assert result.environment["threads"] == "1"


def test_bytes_on_a_device_are_those_of_the_exported_tables(laboratory: Laboratory) -> None:
    (result,) = run_claims(find_claims(["C21"]), laboratory, 0.0)
    counted = {
        (finding.engine, finding.unit): finding
        for finding in result.findings
        if "bytes" in finding.unit
    }
    units, inputs = 32, 2
    tables = {
        blocks: 4 * (blocks * units * (inputs + units) + 4 * units + units + 1 + 2 * inputs)
        for blocks in (3, 4)
    }
    for blocks, cell in ((3, "GRU"), (4, "LSTM")):
        text = counted["C, float", "bytes of constants in flash, ratio"].text
        assert f"{cell} {tables[blocks]:,} bytes" in text
    state = counted["C, float", "bytes of state in RAM, ratio"]
    assert state.text.endswith("GRU 128 bytes, LSTM 256 bytes.")
    assert state.verdict == "supported"


@pytest.mark.verify
def test_exported_models_of_both_cells_are_timed_in_turns(laboratory: Laboratory) -> None:
    laboratory.set_time_limit(300)
    plan = make_plan(
        experiment("adding", laboratory.machine(), parameters={"length": 20, "examples": 60})
    )
    found = time_exported(laboratory, plan)
    assert "onnxruntime" in found
    for step, whole in found.values():
        assert set(step.microseconds) == {"GRU", "LSTM"}
        assert 0 < step.ratio.low <= step.ratio.value <= step.ratio.high
        assert step.microseconds["GRU"] < whole.microseconds["GRU"]


@pytest.mark.parametrize(
    "name", ["C4", "C5", "C6", "C7", "C8", "C9", "C12", "C15", "C16", "C17", "C18", "C19"]
)
def test_a_claim_without_time_is_undecided(laboratory: Laboratory, name: str) -> None:
    began = time.monotonic()
    (result,) = run_claims(find_claims([name]), laboratory, 0.0)
    assert {finding.verdict for finding in result.findings} == {"undecided"}
    assert all(finding.text for finding in result.findings)
    assert time.monotonic() - began < 20


def test_a_claim_with_a_larger_share_gets_more_time(laboratory: Laboratory) -> None:
    given: list[float] = []

    def experiment(asked: Laboratory) -> list[Finding]:
        given.append(asked.seconds_left)
        return [not_measured("nothing")]

    short = Claim("C90", "short", "", "", experiment)
    list(run_claims([short, replace(short, share=3.0)], laboratory, 100.0))
    assert given == pytest.approx([25.0, 100.0], abs=1.0)


def test_a_comparison_is_stopped_when_time_runs_out_and_run_once_otherwise(
    laboratory: Laboratory,
) -> None:
    long = experiment(
        "delayed-recall",
        laboratory.machine("torch"),
        contenders=pair(8),
        training={"epochs": 100_000, "seeds": 1},
    )
    laboratory.set_time_limit(1.0)
    assert not laboratory.compare(long).history.is_complete
    short = long.model_copy(update={"training": long.training.model_copy(update={"epochs": 1})})
    laboratory.set_time_limit(60.0)
    first = laboratory.compare(short)
    assert first.history.is_complete
    assert laboratory.compare(short) is first


def test_latency_is_timed_in_segments_in_turns_until_time_runs_out(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENTS", 3)
    spec = experiment("adding", laboratory.machine("torch"), contenders=pair(4))
    cases = [LatencyCase("torch", 1, 5), LatencyCase("torch", 8, 2)]
    found = measure_segments(laboratory, make_plan(spec), cases)
    assert list(found) == cases
    for case, times in found.items():
        for each in (times.wall, times.processor):
            assert {name: taken.shape for name, taken in each.items()} == {
                "GRU": (3, case.pairs),
                "LSTM": (3, case.pairs),
            }
        assert min(taken.min() for taken in times.wall.values()) > 0
    laboratory.set_time_limit(0.0)
    assert measure_segments(laboratory, make_plan(spec), cases) == {}


def test_every_grid_point_has_score_and_time_and_unmeasured_ones_are_missing(
    laboratory: Laboratory,
) -> None:
    scales = Scales((3, 6), (40, 80), "steps", "examples")

    def spec(delay: int, size: int) -> ComparisonSpec:
        return experiment(
            "delayed-recall",
            laboratory.machine("torch"),
            parameters={"delay": delay, "examples": size + 60},
            contenders=pair(4),
            task={"split": (size / (size + 60), 20 / (size + 60), 40 / (size + 60))},
            training={"epochs": 1000, "steps": 130, "seeds": 2, "batch_size": 8},
        )

    histories = explore(laboratory, scales, spec)
    score, seconds = maps_from_trials(trials_by_cell(histories, scales), scales)
    assert score.unit == "accuracy, GRU − LSTM"
    for shown in (score, seconds):
        for place in (each for row in shown.places for each in row):
            assert place is not None
            assert place.low <= place.value <= place.high
    assert all(place.value > 0 for row in seconds.places for place in row)
    laboratory.set_time_limit(0.0)
    assert explore(laboratory, scales, spec) == {}

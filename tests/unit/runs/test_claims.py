"""Claims are measured by real comparisons and stop when their time is up."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.analysis.claims import Finding, nothing_measured
from studio.analysis.maps import Scales
from studio.core.errors import SpecError
from studio.core.spec import ComparisonSpec
from studio.runs.claims import segments
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.mapping import explore, maps_of, tried_at
from studio.runs.claims.registry import CLAIMS, find_claims
from studio.runs.claims.running import run_claims
from studio.runs.claims.segments import Case, timed
from studio.runs.compute import ComputeThread
from studio.runs.plan import make_plan
from studio.runs.workspace import Workspace


@pytest.fixture
def laboratory(tmp_path: Path) -> Iterator[Laboratory]:
    with (
        ComputeThread() as compute,
        Workspace.create(tmp_path / "claims.gates", tmp_path, compute) as workspace,
    ):
        yield Laboratory(workspace, compute, threads=1)


def test_every_claim_has_a_number_of_its_own_in_order() -> None:
    assert [claim.id for claim in CLAIMS] == [f"C{number}" for number in range(1, 21)]


def test_claims_are_found_whatever_their_letter_case_and_a_wrong_one_is_named() -> None:
    assert [claim.id for claim in find_claims(["c2", "C1"])] == ["C1", "C2"]
    assert find_claims([]) == CLAIMS
    with pytest.raises(SpecError, match="no claim 'C99'"):
        find_claims(["C99"])


def test_the_lstm_has_four_blocks_and_the_gru_three(laboratory: Laboratory) -> None:
    (result,) = run_claims(find_claims(["C1"]), laboratory, 60)
    (found,) = result.findings
    assert (found.verdict, found.figure) == ("supported", 0.75)


def test_one_word_turns_a_gru_into_an_lstm_that_trains(laboratory: Laboratory) -> None:
    (result,) = run_claims(find_claims(["C13"]), laboratory, 60)
    assert [(each.verdict, each.figure) for each in result.findings] == [("supported", 1)]
    assert result.environment["threads"] == "1"


@pytest.mark.parametrize(
    "name", ["C4", "C5", "C6", "C7", "C8", "C9", "C12", "C15", "C16", "C17", "C18", "C19"]
)
def test_a_claim_whose_time_is_up_is_undecided(laboratory: Laboratory, name: str) -> None:
    began = time.monotonic()
    (result,) = run_claims(find_claims([name]), laboratory, 0.0)
    assert {each.verdict for each in result.findings} == {"undecided"}
    assert all(each.text for each in result.findings)
    assert time.monotonic() - began < 20


def test_a_claim_that_takes_long_gets_more_of_the_time(laboratory: Laboratory) -> None:
    given: list[float] = []

    def experiment(asked: Laboratory) -> list[Finding]:
        given.append(asked.seconds_left)
        return [nothing_measured("nothing")]

    short = Claim("C90", "short", "", "", experiment)
    list(run_claims([short, replace(short, share=3.0)], laboratory, 100.0))
    assert given == pytest.approx([25.0, 100.0], abs=1.0)


def test_a_comparison_is_stopped_when_time_is_up_and_run_once_otherwise(
    laboratory: Laboratory,
) -> None:
    long = experiment(
        "delayed-recall",
        laboratory.machine("torch"),
        contenders=pair(8),
        training={"epochs": 100_000, "seeds": 1},
    )
    laboratory.allow(1.0)
    assert not laboratory.compare(long).history.is_complete
    short = long.model_copy(update={"training": long.training.model_copy(update={"epochs": 1})})
    laboratory.allow(60.0)
    first = laboratory.compare(short)
    assert first.history.is_complete
    assert laboratory.compare(short) is first


def test_answers_are_timed_in_segments_that_take_turns_and_end_with_the_time(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENTS", 3)
    spec = experiment("adding", laboratory.machine("torch"), contenders=pair(4))
    cases = [Case("torch", 1, 5), Case("torch", 8, 2)]
    found = timed(laboratory, make_plan(spec), cases)
    assert list(found) == cases
    for case, times in found.items():
        for each in (times.wall, times.processor):
            assert {name: taken.shape for name, taken in each.items()} == {
                "GRU": (3, case.pairs),
                "LSTM": (3, case.pairs),
            }
        assert min(taken.min() for taken in times.wall.values()) > 0
    laboratory.allow(0.0)
    assert timed(laboratory, make_plan(spec), cases) == {}


def test_every_place_of_a_map_has_a_score_and_seconds_and_a_place_out_of_time_is_missing(
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
    score, seconds = maps_of(tried_at(histories, scales), scales)
    assert score.unit == "accuracy, GRU − LSTM"
    for shown in (score, seconds):
        for place in (each for row in shown.places for each in row):
            assert place is not None
            assert place.low <= place.value <= place.high
    assert all(place.value > 0 for row in seconds.places for place in row)
    laboratory.allow(0.0)
    assert explore(laboratory, scales, spec) == {}

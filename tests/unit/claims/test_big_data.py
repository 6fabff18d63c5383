"""Claim C7: training on a stream, and findings on unfinished streams."""

from pathlib import Path

import numpy as np
import pytest

from studio.claims.laboratory import data_streams as streams
from studio.claims.laboratory.data_streams import StreamScore, train_on_stream
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.claims.quality.big_data import DELAYS, MARKS, judge_streams
from studio.core.arrays import Doubles
from studio.runs.execution.compute import ComputeThread
from studio.runs.workspace import Workspace

RNG = np.random.default_rng(0)
OTHERS = RNG.random((3, 4000))


def right(share: float) -> Doubles:
    """Scores where the same examples are hard for both cells."""
    return (share > OTHERS).astype(np.float64)


STEPS = {"GRU": 0.8, "LSTM": 1.0}


def learned(gru: float, lstm: float, sequences: int = MARKS[-1]) -> StreamScore:
    seconds = {name: each * np.exp(0.02 * RNG.normal(size=(3, 12))) for name, each in STEPS.items()}
    return StreamScore(sequences, {"GRU": right(gru), "LSTM": right(lstm)}, seconds)


MATCH, AHEAD, BEHIND = (0.9, 0.9), (0.8, 0.9), (0.9, 0.8)


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        ((MATCH, MATCH), "supported"),
        ((AHEAD, MATCH), "supported"),
        ((BEHIND, BEHIND), "refuted"),
        ((MATCH, BEHIND), "partly supported"),
    ],
)
def test_the_lstm_must_match_or_exceed_the_gru_at_the_end_of_every_stream(
    ends: tuple[tuple[float, float], ...], outcome: str
) -> None:
    curves = {
        delay: [learned(0.9, 0.3, MARKS[0]), learned(*end)]
        for delay, end in zip(DELAYS, ends, strict=True)
    }
    result = judge_streams(curves)
    assert result.verdict == outcome
    score, seconds = result.maps
    assert score.columns == ("10,000 sequences", "100,000 sequences", "1,000,000 sequences")
    assert score.places[0][0].better == "GRU"
    assert score.places[0][1] is None
    assert seconds.places[0][2].better == "GRU"
    assert seconds.places[0][2].value == pytest.approx(0.8, rel=0.02)


def test_a_match_of_cells_that_have_learned_nothing_decides_nothing() -> None:
    result = judge_streams({delay: [learned(0.25, 0.25)] for delay in DELAYS})
    assert result.verdict == "undecided"
    assert result.maps[0].places[0][2].better == ""
    assert "neither has learned the task yet" in result.maps[0].details(0, 2)


def test_an_unfinished_stream_is_inconclusive_and_says_so() -> None:
    result = judge_streams({DELAYS[0]: [learned(0.5, 0.9, MARKS[0])]})
    assert result.verdict == "undecided"
    assert "Inconclusive, as time ran out" in result.text
    assert f"Recall after {DELAYS[1]} steps: time ran out before 10,000" in result.text
    half = judge_streams({DELAYS[0]: [learned(*MATCH)], DELAYS[1]: [learned(0.5, 0.9, MARKS[0])]})
    assert half.verdict == "partly supported"
    assert half.unit == f"accuracy after 1,000,000 sequences, {DELAYS[0]} steps, GRU − LSTM"
    assert "before 10,000 sequences" in judge_streams({}).text


def test_one_pass_over_a_stream_trains_both_cells_and_stops_when_time_runs_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHUNK", 500)
    with (
        ComputeThread() as compute,
        Workspace.create(tmp_path / "claims.gates", tmp_path, compute) as workspace,
    ):
        laboratory = Laboratory(workspace, compute, threads=1)
        spec = experiment(
            "delayed-recall",
            laboratory.machine("torch"),
            parameters={"delay": 1, "symbols": 2, "examples": 600},
            contenders=pair(8),
            task={"split": (0.4, 0.2, 0.4)},
            training={"seeds": 2, "batch_size": 20, "lr": 0.01},
        )
        curve = list(train_on_stream(laboratory, spec, (500, 1500)))
        assert [each.sequences for each in curve] == [500, 1500]
        assert curve[-1].right["LSTM"].shape == (2, 240)
        assert curve[-1].seconds["LSTM"].shape == (2, 3 * 4 - 1)  # the first round is left out
        assert min(each.min() for each in curve[-1].seconds.values()) > 0
        for name in ("GRU", "LSTM"):
            assert curve[-1].right[name].mean() > 0.95
        again = list(train_on_stream(laboratory, spec, (500,)))
        assert np.array_equal(again[0].right["GRU"], curve[0].right["GRU"])
        laboratory.set_time_limit(0.0)
        assert not list(train_on_stream(laboratory, spec, (500,)))

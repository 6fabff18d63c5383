"""Claim C7: what a stream teaches, and what is said when it is not over."""

from pathlib import Path

import numpy as np
import pytest

from studio.core.arrays import Doubles
from studio.runs.claims import streams
from studio.runs.claims.big_data import MARKS, judge_stream
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.streams import Learned, follow
from studio.runs.compute import ComputeThread
from studio.runs.workspace import Workspace

RNG = np.random.default_rng(0)
OTHERS = RNG.random((3, 4000))


def right(share: float) -> Doubles:
    """The same examples are hard for both cells."""
    return (share > OTHERS).astype(np.float64)


def learned(gru: float, lstm: float, sequences: int = MARKS[-1]) -> Learned:
    return Learned(sequences, {"GRU": right(gru), "LSTM": right(lstm)})


@pytest.mark.parametrize(
    ("gru", "lstm", "outcome"),
    [(0.9, 0.9, "supported"), (0.8, 0.9, "supported"), (0.9, 0.8, "refuted")],
)
def test_the_lstm_must_match_or_exceed_the_gru_at_the_end_of_the_stream(
    gru: float, lstm: float, outcome: str
) -> None:
    found = judge_stream([learned(0.9, 0.3, MARKS[0]), learned(gru, lstm)])
    assert found.verdict == outcome
    assert [each.name for each in found.conditions] == ["10,000 sequences", "1,000,000 sequences"]


def test_a_match_of_cells_that_have_learned_nothing_decides_nothing() -> None:
    assert judge_stream([learned(0.25, 0.25)]).verdict == "undecided"


def test_a_stream_that_is_not_over_leaves_the_claim_open_and_says_so() -> None:
    found = judge_stream([learned(0.5, 0.9, MARKS[0])])
    assert found.verdict == "undecided"
    assert "The time was up before 1,000,000 were seen" in found.text
    assert "before 10,000 sequences" in judge_stream([]).text


def test_one_pass_over_a_stream_teaches_both_cells_and_stops_when_time_is_up(
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
        curve = list(follow(laboratory, spec, (500, 1500)))
        assert [each.sequences for each in curve] == [500, 1500]
        assert curve[-1].right["LSTM"].shape == (2, 240)
        for name in ("GRU", "LSTM"):
            assert curve[-1].right[name].mean() > 0.95
        again = list(follow(laboratory, spec, (500,)))
        assert np.array_equal(again[0].right["GRU"], curve[0].right["GRU"])
        laboratory.allow(0.0)
        assert not list(follow(laboratory, spec, (500,)))

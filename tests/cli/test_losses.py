"""Losses by choice on the command line: trained, scored, shown, gone on with, or refused."""

from pathlib import Path

from commands import run, run_json
from tiny import ADDING, TINY, write_temperatures


def test_quantiles_are_trained_scored_and_gone_on_with(tmp_path: Path) -> None:
    write_temperatures(tmp_path / "t.csv")
    answer = run_json(
        tmp_path, "compare", "t.csv", "--target", "temperature", "--window", 6, "--horizon", 2,
        *TINY, "--loss", "quantiles", "--quantiles", "0.2,0.5,0.8", "--out", "t.gates",
    )  # fmt: skip
    for entry in (*answer["contenders"], *answer["baselines"]):
        metrics = entry["metrics"]
        assert set(metrics) == {"pinball", "rmse", "mae", "mase", "coverage"}
        assert 0 <= metrics["coverage"]["mean"] <= 1
    scored = {verdict["about"] for verdict in answer["verdicts"]}
    assert {"pinball", "rmse"} <= scored
    assert "coverage" not in scored  # neither more nor less of it is better
    run(tmp_path, "compare", "t.gates", "--resume", "--epochs", 3)
    shown = run_json(tmp_path, "show", "t.gates")
    assert {entry["name"] for entry in shown["contenders"]} == {"GRU", "LSTM"}
    run(tmp_path, "export", "t.gates", "--contender", "GRU", "--format", "onnx", "--out", "m.onnx")
    run(tmp_path, "report", "t.gates", "--out", "r.html")
    assert "pinball loss" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_loss_of_other_outputs_is_refused_with_those_that_fit(tmp_path: Path) -> None:
    done = run(tmp_path, "compare", *ADDING, *TINY, "--loss", "focal", status=2)
    assert "the loss focal does not fit the task regress" in done.stderr
    assert "Choose one of squared, absolute, huber, quantiles" in done.stderr


def test_pinball_loss_cannot_decide_where_no_quantiles_are_predicted(tmp_path: Path) -> None:
    done = run(
        tmp_path, "compare", *ADDING, *TINY, "--loss", "squared", "--metric", "pinball", status=2
    )
    assert "pinball is no metric of this task and loss" in done.stderr

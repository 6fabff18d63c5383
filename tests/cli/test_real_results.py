"""What the product must show on real data; minutes long, so run by make verify."""

from pathlib import Path
from typing import Any

import pytest
from commands import run_json
from support import shared_file

pytestmark = pytest.mark.verify


def metric(result: dict[str, Any], contender: str, name: str) -> float:
    each = next(each for each in result["contenders"] if each["name"] == contender)
    return float(each["metrics"][name]["mean"])


def baseline(result: dict[str, Any], name: str) -> float:
    each = next(each for each in result["baselines"] if each["name"] == name)
    return float(each["metrics"]["rmse"]["mean"])


def decision(result: dict[str, Any], about: str) -> str:
    verdict = next(each for each in result["verdicts"] if each["about"] == about)
    return str(verdict["decision"]["kind"])


def test_temperatures_have_their_known_baselines_and_both_cells_come_close(tmp_path: Path) -> None:
    data = shared_file("forecasting/daily-min-temperatures.csv")
    options = ("--window", 14, "--split", "0.8,0,0.2", "--epochs", 5, "--seeds", 3)
    result = run_json(tmp_path, "compare", data, *options)
    assert baseline(result, "persistence") == pytest.approx(2.48, abs=0.005)
    assert baseline(result, "linear autoregression") == pytest.approx(2.21, abs=0.005)
    assert metric(result, "GRU", "rmse") <= 2.25
    assert metric(result, "LSTM", "rmse") <= 2.25


@pytest.mark.parametrize(
    ("name", "options", "low", "high"),
    [
        ("JapaneseVowels_TRAIN.ts", ("--epochs", 40, "--hidden-size", 64), 0.94, 1.0),
        ("ItalyPowerDemand_TRAIN.ts", ("--epochs", 60), 0.955, 0.975),
    ],
)
def test_small_test_sets_have_no_winner(
    tmp_path: Path, name: str, options: tuple[object, ...], low: float, high: float
) -> None:
    data = shared_file(f"classification/{name}")
    result = run_json(tmp_path, "compare", data, "--split", "1,0", "--seeds", 3, *options)
    for contender in ("GRU", "LSTM"):
        assert low <= metric(result, contender, "accuracy") <= high
    assert decision(result, "accuracy") in {"tie", "undecided"}


def test_gated_cells_add_over_fifty_steps_and_the_plain_rnn_does_not(tmp_path: Path) -> None:
    data = ("adding", "--data-option", "length=50", "--data-option", "examples=10000")
    options = ("--cells", "gru,lstm,rnn", "--hidden-size", 64, "--epochs", 12, "--lr", 0.005)
    result = run_json(tmp_path, "compare", *data, *options, "--seeds", 1)
    assert metric(result, "GRU", "rmse") ** 2 <= 0.005
    assert metric(result, "LSTM", "rmse") ** 2 <= 0.005
    assert metric(result, "RNN", "rmse") ** 2 == pytest.approx(0.17, abs=0.02)


@pytest.mark.timeout(900)
def test_with_the_same_steps_the_plain_rnn_loses_clearly_to_both_over_a_hundred(
    tmp_path: Path,
) -> None:
    data = ("adding", "--data-option", "length=100", "--data-option", "examples=10000")
    cells = ("--cells", "gru,lstm,rnn", "--hidden-size", 64, "--lr", 0.005)
    budget = ("--steps", 2500, "--epochs", 1000, "--seeds", 3)
    result = run_json(tmp_path, "compare", *data, *cells, *budget)
    decided = {
        tuple(each["between"]): each["decision"]
        for each in result["verdicts"]
        if each["about"] == "rmse"
    }
    for cell in ("GRU", "LSTM"):
        assert decided[cell, "RNN"] == {"kind": "better", "name": cell}
        assert metric(result, "RNN", "rmse") > 10 * metric(result, cell, "rmse")

"""The summary of a comparison as plain values, with None for unknown ones."""

import json

import numpy as np
import pytest
from unit.analysis.make_histories import numbers, with_errors, with_status, with_timings

from studio.analysis import curves_csv, results_table, summary
from studio.core.results.history import ComparisonHistory

RNG = np.random.default_rng(4)
NOISE = RNG.normal(size=120)


def whole() -> ComparisonHistory:
    history = with_errors(
        {"gru": NOISE * [[1.0], [1.01], [0.99]], "lstm": NOISE * [[1.2], [1.21], [1.19]]},
        baselines={"persistence": 2 * NOISE},
        preprocessing=numbers(window=7),
    )
    return with_timings(history, {"GRU": [3.0] * 9, "LSTM": [4.0] * 9})


def test_the_json_has_every_field_of_the_command_line_reference() -> None:
    result = summary(whole()).as_json()
    assert result["dataset"] == {
        "name": "weather",
        "task": "forecast",
        "examples": {"train": 100, "validation": 10, "test": 120},
    }
    assert result["environment"] == {
        "torch": "2.9",
        "python": "3.11",
        "cpu": None,
        "threads": 2,
        "device": None,
        "allocator": "glibc",
    }
    gru, lstm = result["contenders"]
    assert {key: gru[key] for key in ("name", "cell", "parameters", "engine", "runs")} == {
        "name": "GRU",
        "cell": "gru",
        "parameters": 3003,
        "engine": "fused",
        "runs": 3,
    }
    assert set(gru["metrics"]) == {"rmse", "mae"}
    assert set(gru["metrics"]["rmse"]) == {"mean", "low", "high"}
    assert gru["step_ms"]["median"] == pytest.approx(3)
    assert set(gru["epoch_s"]) == {"median", "low", "high"}
    assert lstm["memory_bytes"] == {
        "weights": 40,
        "gradients": 40,
        "optimizer": 80,
        "activations": 1200,
    }
    (baseline,) = result["baselines"]
    assert baseline["name"] == "persistence"
    assert set(baseline["metrics"]["rmse"]) == {"mean", "low", "high"}


def test_verdicts_come_for_every_metric_then_time_then_memory() -> None:
    verdicts = summary(whole()).as_json()["verdicts"]
    assert [verdict["about"] for verdict in verdicts] == ["rmse", "mae", "step_ms", "memory_bytes"]
    first = verdicts[0]
    assert set(first) == {
        "about",
        "between",
        "difference",
        "low",
        "high",
        "decision",
        "text",
        "p",
        "probability",
    }
    assert first["between"] == ["GRU", "LSTM"]
    assert first["decision"] == {"kind": "better", "name": "GRU"}
    assert first["low"] < first["difference"] < first["high"] < 0


def test_identical_contenders_are_a_tie_in_json() -> None:
    history = with_errors({"gru": NOISE * np.ones((2, 1)), "lstm": NOISE * np.ones((2, 1))})
    verdict = summary(history).as_json()["verdicts"][0]
    assert verdict["decision"] == {"kind": "tie", "name": None}


def test_a_comparison_without_any_finished_run_has_a_summary() -> None:
    history = with_errors({"gru": NOISE[None], "lstm": NOISE[None]})
    for name in ("GRU", "LSTM"):
        history = with_status(history, name, 1, "running")
    result = summary(history).as_json()
    text = json.dumps(result, allow_nan=False)
    assert result["contenders"][0]["metrics"]["rmse"] == dict.fromkeys(("mean", "low", "high"))
    assert result["contenders"][0]["runs"] == 0
    assert result["verdicts"][0]["decision"]["kind"] == "undecided"
    assert "NaN" not in text


def test_a_comparison_without_test_examples_has_a_summary() -> None:
    history = with_errors(
        {"gru": np.empty((2, 0)), "lstm": np.empty((2, 0))}, baselines={"mean": np.empty(0)}
    )
    result = summary(history).as_json()
    json.dumps(result, allow_nan=False)
    assert result["verdicts"][0]["decision"]["kind"] == "undecided"


def test_the_table_lists_contenders_then_baselines() -> None:
    table = results_table(whole())
    assert table.metric == "RMSE (°C)"
    assert [row.model for row in table.rows] == ["GRU", "LSTM", "persistence"]
    assert [row.memory for row in table.rows] == [1020, 1360, None]
    assert table.rows[0].seconds.value == pytest.approx(1.0)
    assert table.rows[0].score.is_known


def test_the_table_as_csv_has_plain_numbers_and_empty_cells_for_the_unknown() -> None:
    header, gru, _, persistence = results_table(whole()).as_csv().splitlines()
    assert header.split(",")[:2] == ["model", "parameters"]
    assert header.endswith("test RMSE (°C),test RMSE (°C) low,test RMSE (°C) high")
    assert gru.startswith("GRU,3003,1.0,1.0,1.0,1020,")
    assert persistence.startswith("persistence,0,0.1,,,,")


def test_the_table_as_markdown_shows_intervals_in_brackets() -> None:
    lines = results_table(whole()).as_markdown().splitlines()
    assert lines[0].startswith("| Model | Parameters | Training time (s) |")
    assert lines[1] == "| --- | ---: | ---: | ---: | ---: |"
    assert lines[2].startswith("| GRU | 3,003 | ")
    assert "[" in lines[2]


def test_the_loss_curves_have_a_row_for_each_epoch_of_each_run() -> None:
    lines = curves_csv(whole()).splitlines()
    assert lines[0] == (
        "contender,seed,epoch,step,seconds,train_loss,validation_loss,"
        "validation_rmse,validation_mae,lr,gradient_norm,clipped"
    )
    assert lines[1] == "GRU,1,1,10,0.5,1.0,,1.5,,0.003,1.0,0.0"
    assert len(lines) == 1 + 2 * 3 * 2

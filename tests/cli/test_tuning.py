"""compare --rates and --trials: learning rates tried first, by the same budget for all."""

from pathlib import Path

from commands import run, run_json
from tiny import ADDING, TINY


def test_learning_rates_are_tried_first_and_the_verdict_names_the_chosen_ones(
    tmp_path: Path,
) -> None:
    options = (*ADDING, *TINY, "--rates", "0.0001,0.01", "--out", "s.gates")
    process = run_json(tmp_path, "compare", *options)
    assert [each["name"] for each in process["contenders"]] == ["GRU", "LSTM"]
    text = process["verdicts"][0]["text"]
    assert "chosen from 0.0001 and 0.01 by the validation loss" in text
    trial = run_json(tmp_path, "show", "s.gates", "--comparison", 1)
    assert len(trial["contenders"]) == 4


def test_random_learning_rates_are_as_many_as_requested(tmp_path: Path) -> None:
    options = (*ADDING, *TINY, "--trials", 3, "--out", "s.gates")
    run_json(tmp_path, "compare", *options)
    trial = run_json(tmp_path, "show", "s.gates", "--comparison", 1)
    assert len(trial["contenders"]) == 6


def test_invalid_learning_rates_are_refused_with_an_example(tmp_path: Path) -> None:
    message = run(tmp_path, "compare", *ADDING, "--rates", "fast", status=2).stderr
    assert "0.001,0.003,0.01" in message
    message = run(tmp_path, "compare", *ADDING, "--rates", "0.1,0.1", status=2).stderr
    assert "different learning rates above 0" in message


def test_one_learning_rate_for_all_is_that_of_the_training(tmp_path: Path) -> None:
    options = (*ADDING, *TINY, "--lr", 0.02, "--out", "s.gates")
    process = run_json(tmp_path, "compare", *options)
    assert "One learning rate, 0.02, not tuned" in process["verdicts"][0]["text"]

"""compare --rates and --trials: learning rates tried first, by the same budget for all."""

from pathlib import Path

from commands import run, run_json
from tiny import ADDING, TINY


def test_rates_are_tried_first_and_the_verdict_names_those_that_were_chosen(
    tmp_path: Path,
) -> None:
    options = (*ADDING, *TINY, "--rates", "0.0001,0.01", "--out", "s.gates")
    done = run_json(tmp_path, "compare", *options)
    assert [each["name"] for each in done["contenders"]] == ["GRU", "LSTM"]
    text = done["verdicts"][0]["text"]
    assert "chosen for each among 0.0001 and 0.01 by the validation loss" in text
    trial = run_json(tmp_path, "show", "s.gates", "--comparison", 1)
    assert len(trial["contenders"]) == 4


def test_random_rates_are_as_many_as_asked_for(tmp_path: Path) -> None:
    options = (*ADDING, *TINY, "--trials", 3, "--out", "s.gates")
    run_json(tmp_path, "compare", *options)
    trial = run_json(tmp_path, "show", "s.gates", "--comparison", 1)
    assert len(trial["contenders"]) == 6


def test_what_is_no_list_of_rates_is_refused_with_an_example(tmp_path: Path) -> None:
    told = run(tmp_path, "compare", *ADDING, "--rates", "fast", status=2).stderr
    assert "0.001,0.003,0.01" in told
    told = run(tmp_path, "compare", *ADDING, "--rates", "0.1,0.1", status=2).stderr
    assert "rates above 0 that differ" in told


def test_one_rate_for_all_is_that_of_the_training(tmp_path: Path) -> None:
    options = (*ADDING, *TINY, "--lr", 0.02, "--out", "s.gates")
    done = run_json(tmp_path, "compare", *options)
    assert "At one learning rate, 0.02, not tuned" in done["verdicts"][0]["text"]

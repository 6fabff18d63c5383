"""show --errors: the worst test examples in the terminal, checked against the session itself."""

import json
from pathlib import Path

import numpy as np
import pytest
from commands import run, run_json
from tiny import TINY

from studio.sessions import SessionFile

RECALL = ("delayed-recall", "--data-option", "delay=3", "--data-option", "examples=80")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a session of classes and one of a dated series."""
    folder = tmp_path_factory.mktemp("worst")
    run(folder, "compare", *RECALL, *TINY, "--out", "recall.gates")
    days = np.arange("2024-01-01", "2024-05-01", dtype="datetime64[D]")
    rows = (f"{day},{np.sin(at / 5):.4f}" for at, day in enumerate(days))
    (folder / "waves.csv").write_text("\n".join(["day,level", *rows, ""]), encoding="utf-8")
    task = ("--window", 8, "--horizon", 2)
    run(folder, "compare", "waves.csv", *task, *TINY, "--no-embed", "--out", "w.gates")
    return folder


def test_the_examples_are_those_with_the_least_probability_of_the_truth(home: Path) -> None:
    answer = run_json(home, "show", "recall.gates", "--errors", 5, "--contender", "lstm")
    with SessionFile.open(home / "recall.gates", home / "locks", read_only=True) as session:
        history = session.history(1)
    result = history.contender("LSTM").runs[0].result
    assert result is not None
    truth = history.test_truth
    nats = -np.log(result.predictions[np.arange(len(truth)), truth])
    order = np.argsort(-nats, kind="stable")[:5]
    assert (answer["contender"], answer["unit"]) == ("LSTM", "nats")
    assert [each["example"] for each in answer["examples"]] == order.tolist()
    names = history.preprocessing.class_names
    assert names is not None
    for each, row in zip(answer["examples"], order, strict=True):
        assert each["truth"] == names[truth[row]]
        assert each["LSTM"]["prediction"] == names[result.predictions[row].argmax()]
        assert each["LSTM"]["error"] == pytest.approx(nats[row], rel=1e-5)
        assert set(each) == {"example", "truth", "GRU", "LSTM"}


def test_forecasts_are_named_by_the_date_that_they_begin_with(home: Path) -> None:
    answer = run_json(home, "show", "w.gates", "--errors", 3)
    errors = [each[answer["contender"]]["error"] for each in answer["examples"]]
    assert errors == sorted(errors, reverse=True)
    lines = (home / "waves.csv").read_text(encoding="utf-8").splitlines()[1:]
    levels = {day: float(level) for day, level in (line.split(",") for line in lines)}
    days = list(levels)
    for each in answer["examples"]:
        first = days.index(each["time"])
        assert each["truth"] == pytest.approx([levels[day] for day in days[first : first + 2]])
    shown = run(home, "show", "w.gates", "--errors", 3).stdout
    assert answer["examples"][0]["time"] in shown
    assert "3 examples of" in shown


def test_without_the_data_the_worst_are_still_shown_and_it_is_said(home: Path) -> None:
    kept = (home / "waves.csv").read_bytes()
    (home / "waves.csv").unlink()
    try:
        told = run(home, "show", "w.gates", "--errors", 2, "--json")
    finally:
        (home / "waves.csv").write_bytes(kept)
    assert "without dates and groups" in told.stderr
    assert {"step", "truth"} <= set(json.loads(told.stdout)["examples"][0])


def test_a_contender_alone_is_a_usage_error(home: Path) -> None:
    output = run(home, "show", "recall.gates", "--contender", "GRU", status=2).stderr
    assert "only with --errors" in output

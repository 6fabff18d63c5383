"""compare --sizes and show --learning-curve: a comparison at several training set sizes."""

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import run, run_json, start
from tiny import ADDING, TINY, write_temperatures

WHOLE = 70
"""Training examples of the adding problem with a hundred."""
PATIENCE_SECONDS = 60
Curve = dict[str, Any]


def sizes_in(curve: Curve) -> dict[int, int]:
    """Comparisons by size."""
    return {each["training_examples"]: each["comparison"] for each in curve["points"]}


def comparisons(session: Path) -> int:
    with closing(sqlite3.connect(f"{session.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM comparison").fetchone()[0])


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Curve]:
    """A folder with a session of three sizes, and what compare said of it."""
    home = tmp_path_factory.mktemp("grown")
    options = (*ADDING, *TINY, "--seeds", 2, "--sizes", "10, 30,100%", "--out", "s.gates")
    return home, run_json(home, "compare", *options)["learning_curve"]


def test_each_size_is_a_comparison_of_one_session_with_scores_and_differences(
    grown: tuple[Path, Curve],
) -> None:
    home, curve = grown
    assert sizes_in(curve) == {10: 1, 30: 2, WHOLE: 3}
    assert comparisons(home / "s.gates") == 3
    assert curve["metric"] == "rmse"
    for point in curve["points"]:
        assert [each["name"] for each in point["contenders"]] == ["GRU", "LSTM"]
        for each in point["contenders"]:
            assert each["score"]["low"] < each["score"]["mean"] < each["score"]["high"]
            assert each["training_s"]["mean"] > 0
            assert each["steps"] == 2 * -(-point["training_examples"] // 16)
        assert point["baseline"]["name"] == "mean"
        (pair,) = point["pairs"]
        gap = point["contenders"][0]["score"]["mean"] - point["contenders"][1]["score"]["mean"]
        assert pair["difference"] == pytest.approx(gap)
    assert [each["of"] for each in curve["changes"]] == [["GRU"], ["LSTM"], ["GRU", "LSTM"]]
    assert "2 epochs for each run, so fewer examples mean" in curve["budget"]


def test_the_curve_can_be_shown_from_any_of_its_sizes(grown: tuple[Path, Curve]) -> None:
    home, curve = grown
    for number in (1, 3):
        options = ("show", "s.gates", "--learning-curve", "--comparison", number)
        assert run_json(home, *options)["learning_curve"] == curve
    output = run(home, "show", "s.gates", "--learning-curve").stdout
    assert "test RMSE by training examples" in output
    assert "GRU − LSTM" in output
    words = " ".join(output.split())
    assert "Verdicts are Holm-corrected" in words
    assert "Equal at every size: 2 epochs" in words


def test_sizes_of_a_curve_are_no_suite(grown: tuple[Path, Curve]) -> None:
    assert run_json(grown[0], "show", "s.gates", "--suite") == {"suites": [], "ranks": None}


def test_sizes_in_the_session_are_not_trained_again(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    more = ("--sizes", "20,100%", "--out", "s.gates", "--add")
    output = run(tmp_path, "compare", *ADDING, *TINY, *more)
    assert "70 training examples: already trained, as comparison 1." in output.stderr
    assert comparisons(tmp_path / "s.gates") == 2
    again = run_json(tmp_path, "compare", "s.gates", "--resume", "--sizes", "50%,20,100%")
    assert sizes_in(again["learning_curve"]) == {20: 2, 35: 3, WHOLE: 1}
    nothing = run(tmp_path, "compare", "s.gates", "--resume", "--sizes", "20").stderr
    assert "already trained, as comparison 2" in nothing
    assert comparisons(tmp_path / "s.gates") == 3


def test_sizes_are_added_from_the_copy_where_the_file_is_missing(tmp_path: Path) -> None:
    write_temperatures(tmp_path / "t.csv")
    run(tmp_path, "compare", "t.csv", "--window", 6, *TINY, "--out", "s.gates")
    (tmp_path / "t.csv").unlink()
    output = run(tmp_path, "compare", "s.gates", "--resume", "--sizes", "20,100%").stderr
    assert "using the copy in the session" in output
    assert comparisons(tmp_path / "s.gates") == 2


def test_an_interruption_names_the_command_for_the_missing_sizes(tmp_path: Path) -> None:
    long = ("--epochs", 120, "--seeds", 1, "--hidden-size", 8, "--threads", 1)
    process = start(
        tmp_path, "compare", *ADDING, *long, "--sizes", "20,40,100%", "--out", "s.gates"
    )
    output = interrupt_at(process, "(2 of 3)")
    assert process.returncode == 130, output
    assert "compare s.gates --resume --sizes 20,40,100%" in output
    assert comparisons(tmp_path / "s.gates") == 2
    done = run_json(tmp_path, "compare", "s.gates", "--resume", "--sizes", "20,40,100%")
    assert sizes_in(done["learning_curve"]) == {20: 1, 40: 2, WHOLE: 3}
    assert all(point["complete"] for point in done["learning_curve"]["points"])


def interrupt_at(process: "subprocess.Popen[str]", words: str) -> str:
    """Waits for words on standard error, then presses Ctrl+C; what was told in all."""
    assert process.stderr is not None
    output, deadline = "", time.monotonic() + PATIENCE_SECONDS
    while words not in output:
        assert time.monotonic() < deadline
        output += process.stderr.readline()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    return output + process.communicate(timeout=PATIENCE_SECONDS)[1]


def test_learning_rates_are_tried_at_every_size(tmp_path: Path) -> None:
    options = ("--rates", "0.0001,0.01", "--sizes", "20,100%", "--out", "s.gates")
    curve = run_json(tmp_path, "compare", *ADDING, *TINY, *options)["learning_curve"]
    assert sizes_in(curve) == {20: 2, WHOLE: 4}


def test_one_size_is_a_setting_of_files_and_options(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(
        '[dataset]\nsource = "generated"\ngenerator = "adding"\n'
        "parameters = { length = 8, examples = 100 }\n[task]\ntraining_examples = 25\n"
    )
    result = run_json(tmp_path, "compare", "small.toml", *TINY, "--out", "s.gates")
    assert result["dataset"]["examples"] == {"train": 25, "validation": 10, "test": 20}
    options = ("small.toml", *TINY, "--training-examples", 33, "--out", "t.gates")
    assert run_json(tmp_path, "compare", *options)["dataset"]["examples"]["train"] == 33
    output = run(tmp_path, "show", "t.gates", "--learning-curve").stdout
    assert "There is only one size so far; --sizes 10%,30%,100% trains more" in output


@pytest.mark.parametrize(
    ("options", "output"),
    [
        (("--sizes", "10,few"), "--sizes: 'few' is not a training-set size. Give sizes such as"),
        (("--sizes", "0"), "--sizes: 0 is not a number of examples"),
        (("--sizes", "200%"), "--sizes: 200% is not a share"),
        (("--sizes", "1000"), "--sizes: 1,000 training examples were requested"),
        (("--training-examples", 71), "--training-examples: the training set has 70 examples"),
        (("--training-examples", 0), "--training-examples"),
        (("--sizes", "20", "--training-examples", 9), "cannot be combined with training_examples"),
        (("--sizes", "20", "--until-decided"), "--sizes: cannot be combined with interim looks"),
    ],
)
def test_impossible_sizes_are_refused_and_leave_no_session(
    tmp_path: Path, options: tuple[object, ...], output: str
) -> None:
    error = run(tmp_path, "compare", *ADDING, *TINY, *options, "--out", "s.gates", status=2).stderr
    assert output in " ".join(error.split())
    assert not list(tmp_path.glob("*.gates*"))


def test_fewer_examples_than_classes_are_refused(tmp_path: Path) -> None:
    data = ("delayed-recall", "--data-option", "delay=3", "--data-option", "examples=80")
    output = run(tmp_path, "compare", *data, *TINY, "--sizes", "2,50%", status=2).stderr
    assert "--sizes: 2 training examples cannot include one of each" in output


def test_an_impossible_size_leaves_an_existing_session_unchanged(tmp_path: Path) -> None:
    write_temperatures(tmp_path / "t.csv")
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    more = ("--sizes", "5000", "--out", "s.gates", "--add")
    run(tmp_path, "compare", "t.csv", *TINY, *more, status=2)
    assert comparisons(tmp_path / "s.gates") == 1

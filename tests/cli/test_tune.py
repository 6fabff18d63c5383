"""gate-studio tune: the same best trial in turns, on workers, and after a kill."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import run, run_json, run_python, start
from recorded import losses, wait_for_epochs
from tiny import ADDING

SEARCH = (*ADDING, "--trials", 6, "--search", "lr=0.001..0.1", "--search", "hidden_size=3,6",
          "--epochs", 40, "--seeds", 1, "--threads", 1, "--batch-size", 16)  # fmt: skip

QUICK = (*ADDING, "--trials", 1, "--search", "lr=0.001..0.1", "--epochs", 60, "--seeds", 2,
         "--threads", 1, "--batch-size", 16, "--hidden-size", 4, "--engine", "torch")  # fmt: skip


def trials(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(
            "SELECT contender, number, settings, status, losses FROM trial ORDER BY 1, 2"
        ).fetchall()


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("tune")
    told = run(home, "tune", *SEARCH, "--out", "s.gates")
    assert "Tuned on the validation set with 6 trials of each contender" in " ".join(
        told.stdout.split()
    )
    return home / "s.gates"


def test_every_contender_has_its_trials_and_the_best_are_compared(tuned: Path) -> None:
    made = trials(tuned)
    assert [(name, number) for name, number, *_ in made] == [
        (name, number) for name in ("GRU", "LSTM") for number in range(6)
    ]
    with sqlite3.connect(tuned) as db:
        [[spec]] = db.execute("SELECT spec FROM comparison").fetchall()
        [[comparison]] = db.execute("SELECT comparison FROM study").fetchall()
    assert comparison == 1
    compared = json.loads(spec)
    for contender in compared["contenders"]:
        own = [row for row in made if row[0] == contender["name"]]
        best = min(own, key=lambda row: min(json.loads(row[4])))
        settings = json.loads(best[2])
        assert contender["lr"] == settings["lr"]
        assert contender["hidden_size"] == settings["hidden_size"]
    assert compared["search_trials"] == 6


@pytest.mark.verify
def test_trials_on_workers_are_those_in_turns(tuned: Path, tmp_path: Path) -> None:
    run(tmp_path, "tune", *SEARCH, "--parallel", 2, "--out", "s.gates")
    assert trials(tmp_path / "s.gates") == trials(tuned)


def test_a_killed_search_goes_on_to_the_same_best_trials(tuned: Path, tmp_path: Path) -> None:
    process = start(tmp_path, "tune", *SEARCH, "--out", "s.gates")
    path = tmp_path / "s.gates"
    for _ in range(6000):
        try:
            if path.exists() and len(trials(path)) >= 4:
                break
        except sqlite3.OperationalError:
            pass
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert 4 <= len(trials(path)) < 12
    run(tmp_path, "tune", "s.gates", "--resume")
    assert trials(path) == trials(tuned)
    assert run_json(tmp_path, "show", "s.gates")["contenders"]


@pytest.mark.verify
def test_an_interrupted_comparison_of_the_best_settings_is_continued(tmp_path: Path) -> None:
    run(tmp_path, "tune", *QUICK, "--out", "whole.gates")
    process = start(tmp_path, "tune", *QUICK, "--out", "s.gates")
    wait_for_epochs(tmp_path / "s.gates", 5, process)
    process.kill()
    process.communicate()
    before = losses(tmp_path, "s.gates")
    run(tmp_path, "tune", "s.gates", "--resume")
    whole = losses(tmp_path, "whole.gates")
    assert set(before) < set(whole)
    assert losses(tmp_path, "s.gates") == whole
    with closing(sqlite3.connect(tmp_path / "s.gates")) as db:
        assert db.execute("SELECT count(*) FROM comparison").fetchone() == (1,)
        assert db.execute("SELECT comparison FROM study").fetchone() == (1,)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sampler", "grid"), "a grid needs a list of values, but lr is a range"),
        (("--split", "0.8,0,0.2"), "the validation set, which is empty"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    told = run(tmp_path, "tune", *ADDING, *options, "--out", "s.gates", status=2)
    assert words in " ".join(told.stderr.split())


def test_an_experiment_file_brings_its_search_and_compare_says_that_it_makes_none(
    tmp_path: Path,
) -> None:
    (tmp_path / "e.toml").write_text(
        'dataset = {source = "generated", generator = "adding", parameters = {length = 6, '
        "examples = 60}}\n[training]\nepochs = 1\nseeds = 1\n[machine]\nengine = 'torch'\n"
        '[search]\ntrials = 2\nsampler = "random"\n[search.settings]\nhidden_size = [3, 4]\n'
    )
    run(tmp_path, "tune", "e.toml", "--out", "t.gates")
    assert len(trials(tmp_path / "t.gates")) == 4
    told = run(tmp_path, "compare", "e.toml", "--out", "c.gates")
    assert "The search in this file is not made here" in " ".join(told.stderr.split())
    code = """
import contextlib, io
import studio
told = io.StringIO()
with contextlib.redirect_stderr(told):
    studio.compare("e.toml", out="p.gates", progress=True)
print(told.getvalue())
"""
    assert "The search in this file is not made here" in " ".join(
        run_python(tmp_path, code).split()
    )

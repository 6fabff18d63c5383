"""gate-studio compare --parallel: the same scores as in turns, whatever happens to a worker."""

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from commands import run, run_json, start
from recorded import losses, wait_for_epochs
from tiny import ADDING

SETTINGS = (*ADDING, "--threads", 1, "--hidden-size", 6, "--batch-size", 16)
LONG = (*SETTINGS, "--cells", "gru", "--seeds", 2, "--epochs", 400)


def scores(home: Path, session: str) -> list[list[dict[str, float]]]:
    shown = run_json(home, "show", session)
    return [[seed["metrics"] for seed in each["seeds"]] for each in shown["contenders"]]


def workers_of(process: Any) -> Iterator[psutil.Process]:  # noqa: ANN401 - a child
    """The processes that train: those that have loaded torch."""
    for child in psutil.Process(process.pid).children(recursive=True):
        if any("libtorch_cpu" in each.path for each in child.memory_maps()):
            yield child


def test_runs_on_workers_give_the_losses_of_turns_to_the_last_bit(tmp_path: Path) -> None:
    both = (*SETTINGS, "--epochs", 3, "--seeds", 2)
    run(tmp_path, "compare", *both, "--out", "turns.gates")
    told = run(tmp_path, "compare", *both, "--parallel", 2, "--out", "workers.gates")
    assert "Runs are trained on 2 workers with 1 thread each" in told.stderr
    assert losses(tmp_path, "workers.gates") == losses(tmp_path, "turns.gates")
    assert scores(tmp_path, "workers.gates") == scores(tmp_path, "turns.gates")
    [gru, lstm] = run_json(tmp_path, "show", "workers.gates")["contenders"]
    for contender in (gru, lstm):
        assert contender["step_ms"]["median"] > 0
        assert contender["epoch_s"]["median"] is None, "no time is taken while others train"
        assert all(seed["seconds"] is None for seed in contender["seeds"])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    home = tmp_path_factory.mktemp("undisturbed")
    run(home, "compare", *LONG, "--out", "s.gates")
    return losses(home, "s.gates")


@pytest.mark.verify
def test_a_killed_worker_costs_no_finished_epoch_and_changes_no_result(
    tmp_path: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    process = start(tmp_path, "compare", *LONG, "--parallel", 2, "--out", "s.gates")
    wait_for_epochs(tmp_path / "s.gates", 20, process)
    victim = next(workers_of(process))
    victim.kill()
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert losses(tmp_path, "s.gates") == undisturbed


@pytest.mark.verify
def test_a_killed_program_resumes_on_workers_with_the_same_result(
    tmp_path: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    process = start(tmp_path, "compare", *LONG, "--parallel", 2, "--out", "s.gates")
    wait_for_epochs(tmp_path / "s.gates", 20, process)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive, "workers end with the program"
    before = losses(tmp_path, "s.gates")
    run(tmp_path, "compare", "s.gates", "--resume", "--parallel", 2)
    assert losses(tmp_path, "s.gates") == undisturbed
    assert set(before) <= set(undisturbed)


@pytest.mark.verify
def test_an_interrupt_stops_the_workers_and_keeps_finished_epochs(tmp_path: Path) -> None:
    process = start(tmp_path, "compare", *LONG, "--parallel", 2, "--out", "s.gates")
    wait_for_epochs(tmp_path / "s.gates", 10, process)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "--resume" in err
    assert len(losses(tmp_path, "s.gates")) >= 10
    with sqlite3.connect(tmp_path / "s.gates") as db:
        statuses = {status for (status,) in db.execute("SELECT status FROM run")}
    assert statuses <= {"stopped", "waiting"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--parallel", "many"), "'many' is not a number of workers"),
        (("--parallel", "0"), "'0' is not a number of workers"),
        (("--parallel", "2", "--match", "time"), "have to take turns"),
    ],
)
def test_what_cannot_be_parallel_is_refused_before_training(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    told = run(tmp_path, "compare", *SETTINGS, *options, "--out", "s.gates", status=2)
    assert words in told.stderr
    assert not (tmp_path / "s.gates").exists()


@pytest.mark.verify
def test_auto_says_what_it_measured(tmp_path: Path) -> None:
    told = run(tmp_path, "compare", *SETTINGS, "--epochs", 1, "--seeds", 1, "--parallel", "auto",
               "--out", "s.gates")  # fmt: skip
    assert "Runs take turns, which is faster here: about" in told.stderr
    assert json.loads(run(tmp_path, "show", "s.gates", "--json").stdout)["contenders"]

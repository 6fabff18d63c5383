"""A comparison that is killed again and again ends as if nothing had happened."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run, start

from studio.core.results.history import ComparisonHistory
from studio.sessions import SessionFile

SETTINGS = (
    "compare", "adding", "--data-option", "length=24", "--data-option", "examples=400",
    "--hidden-size", 12, "--num-layers", 2, "--dropout", 0.2, "--epochs", 90, "--seeds", 2,
    "--schedule", "plateau", "--device", "cpu", "--threads", 1,
)  # fmt: skip


def history(home: Path, name: str) -> ComparisonHistory:
    with SessionFile.open(home / name, home / "locks", read_only=True) as session:
        return session.history(session.comparisons()[-1].id)


def epochs(result: ComparisonHistory) -> dict[tuple[str, int], list[float]]:
    return {
        run.run: [record.train_loss for record in run.epochs]
        for contender in result.contenders
        for run in contender.runs
    }


def kill_while_it_runs(home: Path, seconds: float) -> bool:
    """Whether the kill came before the end."""
    process = start(home, *SETTINGS, "--out", "killed.gates", "--resume")
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=60)
    return process.returncode != 0


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.verify)])
def test_a_run_killed_at_random_points_loses_no_finished_epoch_and_no_loss_changes(
    tmp_path: Path, kills: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("attempts", kills)
    run(tmp_path, *SETTINGS, "--out", "whole.gates")
    expected = history(tmp_path, "whole.gates")
    moments = random.Random(7)
    kept: dict[tuple[str, int], list[float]] = {}
    killed = 0
    for _ in range(kills):
        killed += kill_while_it_runs(tmp_path, moments.uniform(0.5, 3.5))
        if not (tmp_path / "killed.gates").exists():
            continue
        now = epochs(history(tmp_path, "killed.gates"))
        for run_id, losses in kept.items():
            assert now[run_id][: len(losses)] == losses, f"{run_id} lost a finished epoch"
        kept = now
    assert killed >= kills // 2, "the comparison was too short to be killed"
    run(tmp_path, *SETTINGS, "--out", "killed.gates", "--resume")
    resumed = history(tmp_path, "killed.gates")
    assert epochs(resumed) == epochs(expected)
    for contender in expected.contenders:
        for whole in contender.runs:
            again = resumed.contender(contender.name).run(whole.run.seed)
            assert again.result is not None
            assert whole.result is not None
            assert again.result.scores == whole.result.scores
    left = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert left == ["killed.gates", "whole.gates"]

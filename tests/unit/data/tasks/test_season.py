"""The season of a series, and the baselines that follow from it."""

from pathlib import Path

import numpy as np
import pytest

from studio.analysis import score_baselines
from studio.core.notes import SeasonBeyondWindow
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import load, prepare
from studio.data.tasks.fitted.season import find_season

STEPS = np.arange(600)
RNG = np.random.default_rng(3)


@pytest.mark.parametrize("season", [4, 7, 24, 168])
@pytest.mark.parametrize("trend", [0.0, 0.05])
def test_a_season_is_found_below_noise_and_trend(season: int, trend: float) -> None:
    shape = RNG.normal(size=season)
    values = np.tile(shape, 600 // season + 1)[:600] + trend * STEPS + 0.3 * RNG.normal(size=600)
    assert find_season(values) == season


def test_days_and_weeks_together_give_the_shorter_one_where_it_is_nearly_as_strong() -> None:
    values = 5 * np.sin(2 * np.pi * STEPS / 24) + 0.5 * np.sin(2 * np.pi * STEPS / 168)
    assert find_season(values) == 24


@pytest.mark.parametrize(
    "values",
    [RNG.normal(size=600), np.cumsum(RNG.normal(size=600)), np.ones(600), 0.1 * STEPS,
     np.array([1.0, 2.0, 1.0])],
    ids=["noise", "random walk", "constant", "line", "three values"],
)  # fmt: skip
def test_a_series_that_does_not_repeat_has_no_season(values: np.ndarray) -> None:
    assert find_season(values) is None


def test_missing_values_do_not_hide_a_season() -> None:
    values = np.sin(2 * np.pi * STEPS / 24)
    values[RNG.random(600) < 0.2] = np.nan
    assert find_season(values) == 24


def hours(folder: Path, **task: object) -> PreparedTask:
    path = folder / "hours.csv"
    values = np.tile(RNG.normal(size=24), 30) + 0.01 * RNG.normal(size=720)
    path.write_text("load\n" + "\n".join(f"{value:.5f}" for value in values) + "\n")
    return prepare(load(FileDataset(path=str(path))), TaskSpec.model_validate(task))[0]


def scores(task: PreparedTask) -> dict[str, float]:
    return {rule.name: rule.scores["rmse"] for rule in score_baselines(task)}


def test_seasonal_naive_repeats_the_last_season_of_the_window(tmp_path: Path) -> None:
    found = scores(hours(tmp_path, window=48, horizon=30))
    assert list(found) == [
        "persistence", "seasonal naive (24 steps)", "drift", "linear autoregression",
    ]  # fmt: skip
    assert found["seasonal naive (24 steps)"] < 0.05
    assert found["persistence"] > 0.5


def test_the_users_season_is_taken(tmp_path: Path) -> None:
    assert "seasonal naive (12 steps)" in scores(hours(tmp_path, window=48, season=12))


def test_a_season_longer_than_the_window_is_told_and_not_scored(tmp_path: Path) -> None:
    task = hours(tmp_path, window=8)
    [note] = [note for note in task.notes if isinstance(note, SeasonBeyondWindow)]
    assert "repeats after 24 steps, but a window holds 8" in str(note)
    assert not any(name.startswith("seasonal") for name in scores(task))


def test_drift_continues_a_line_exactly(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("x\n" + "\n".join(f"{3 * step + 7}" for step in range(200)) + "\n")
    task, _ = prepare(load(FileDataset(path=str(path))), TaskSpec(window=10, horizon=5))
    assert scores(task)["drift"] == pytest.approx(0, abs=1e-3)


def test_the_season_comes_from_the_training_set_alone(tmp_path: Path) -> None:
    path = tmp_path / "later.csv"
    noise, wave = RNG.normal(size=420), 5 * np.sin(2 * np.pi * np.arange(180) / 12)
    path.write_text("x\n" + "\n".join(f"{v:.4f}" for v in (*noise, *wave)) + "\n")
    task, _ = prepare(load(FileDataset(path=str(path))), TaskSpec(window=24))
    assert task.preprocessing.season is None

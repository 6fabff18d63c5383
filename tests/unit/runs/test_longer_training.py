"""Finished runs that are trained longer in the same comparison."""

from pathlib import Path

import pytest
from running import (
    begin,
    events_until_end,
    losses,
    scores_on_test,
    small_spec,
    whole_history,
    workspace,
)

from studio.analysis import compare
from studio.core.errors import DatasetError, SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of
from studio.core.specs.experiment import parse_comparison
from studio.runs.planning.longer_training import (
    NewLimits,
    spec_of_longer_training,
)


def train_longer(path: Path, limits: NewLimits) -> ComparisonHistory:
    with workspace(path) as work:
        events = work.subscribe()
        running = work.train_longer(1, limits)
        events_until_end(events)
        return work.history(running.comparison)


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_runs_trained_longer_equal_runs_planned_that_long(tmp_path: Path, schedule: str) -> None:
    planned = whole_history(tmp_path / "long.gates", small_spec(epochs=6, schedule=schedule))
    whole_history(tmp_path / "short.gates", small_spec(epochs=3, schedule=schedule))
    longer = train_longer(tmp_path / "short.gates", NewLimits(epochs=6))
    assert losses(longer) == losses(planned)
    assert scores_on_test(longer) == scores_on_test(planned)
    assert longer.is_complete


def test_the_verdict_says_after_how_many_epochs_results_had_been_seen(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    whole_history(path, small_spec(epochs=2))
    train_longer(path, NewLimits(epochs=3))
    history = train_longer(path, NewLimits(epochs=5))
    assert history.spec.seen_at == (2, 3)
    (found,) = compare(history, metrics_of(history.preprocessing)[0])
    assert "Training went on after the results at 2 and 3 epochs had been seen." in found.text


def test_runs_that_early_stopping_ended_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    before = whole_history(path, small_spec(epochs=60, patience=1, lr=0.2))
    ended = {run.run: run for contender in before.contenders for run in contender.runs}
    assert any(run.status == "early" for run in ended.values())
    after = train_longer(path, NewLimits(epochs=61))
    for contender in after.contenders:
        for run in contender.runs:
            if ended[run.run].status == "early":
                assert run.epochs == ended[run.run].epochs


def test_a_limit_must_be_above_the_present_one(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    before = whole_history(path, small_spec())
    with pytest.raises(SpecError, match="must be above 4, where training ended"):
        train_longer(path, NewLimits(epochs=4))
    with workspace(path) as work:
        assert losses(work.history(1)) == losses(before)
        assert work.history(1).is_complete


def test_a_comparison_by_epochs_has_no_seconds_to_raise(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", small_spec())
    with pytest.raises(SpecError, match="limited by epochs and steps"):
        spec_of_longer_training(history, NewLimits(seconds=9))


def test_a_cosine_schedule_that_has_ended_cannot_go_on(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", small_spec(schedule="cosine"))
    with pytest.raises(SpecError, match="already lowered the learning rate to zero"):
        spec_of_longer_training(history, NewLimits(epochs=9))


def test_a_limit_of_steps_is_raised_with_the_epochs_that_they_need(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    whole_history(path, small_spec(steps=7))
    history = train_longer(path, NewLimits(epochs=9, steps=14))
    assert {run.epochs[-1].step for each in history.contenders for run in each.runs} == {14}


def test_results_stay_where_the_data_is_gone(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("x\n" + "\n".join(str(n % 9) for n in range(120)) + "\n")
    spec = small_spec(epochs=2).model_dump(exclude={"dataset", "task"})
    made = parse_comparison(
        spec | {"dataset": {"source": "file", "path": str(data)}, "task": {"window": 5}}, "test"
    )
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        events = work.subscribe()
        begin(work, made, embed=False)
        events_until_end(events)
    data.unlink()
    with pytest.raises(DatasetError):
        train_longer(path, NewLimits(epochs=4))
    with workspace(path) as work:
        assert work.history(1).is_complete

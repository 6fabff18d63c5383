"""Matching by training time: every run trains equally long."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from running import begin, events_until_end, run_to_end, small_spec, whole_history, workspace

from studio.analysis import compare
from studio.core.results.events import EpochFinished, Event, StepsTimed
from studio.core.results.metrics import METRICS
from studio.core.results.progress import ComparisonProgress
from studio.core.specs.comparison_spec import ComparisonSpec, TrainingSpec

SECONDS = 0.4


def longest_step(events: Sequence[Event]) -> float:
    """Seconds; a run ends with the step that reaches its time limit."""
    return max(float(event.seconds.max()) for event in events if isinstance(event, StepsTimed))


def timed(**training: object) -> ComparisonSpec:
    spec = small_spec(**{"seeds": 1, "seconds": SECONDS, **training})
    small, large = spec.contenders
    contenders = (small, large.model_copy(update={"hidden_size": 40}))
    return spec.model_copy(update={"match": "time", "contenders": contenders})


def test_every_run_trains_for_the_budget_of_its_own_steps(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        running, events = run_to_end(work, timed(seeds=2))
        history = work.history(running.comparison)
    for contender in history.contenders:
        for run in contender.runs:
            assert run.has_ended
            assert SECONDS <= run.seconds <= SECONDS + longest_step(events)
    assert [contender.spec.hidden_size for contender in history.contenders] == [5, 40]


def test_the_verdict_names_seconds_steps_and_engine(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", timed())
    [verdict] = compare(history, METRICS["rmse"])
    steps = history.contender("GRU").runs[0].epochs[-1].step
    assert "Matched by training time: 0.4 s of its own steps for each run" in verdict.text
    assert f"for each run, GRU {steps} steps and LSTM" in verdict.text
    assert "steps by engine fused on cpu, 1 thread; on another machine" in verdict.text


def test_a_stopped_comparison_keeps_the_time_spent(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        events = work.subscribe()
        running = begin(work, timed(seconds=1.0))
        spent = 0.0
        while spent < 0.3:
            event = events.get(timeout=60)
            spent = event.record.seconds if isinstance(event, EpochFinished) else spent
        running.control.stop()
        events_until_end(events)
    with workspace(path) as work:
        before = {c.name: c.runs[0].seconds for c in work.history(running.comparison).contenders}
        events = work.subscribe()
        work.resume(running.comparison)
        seen = events_until_end(events)
        history = work.history(running.comparison)
    added: dict[str, float] = {}
    for event in seen:
        if isinstance(event, EpochFinished):
            added[event.run.contender] = event.record.seconds - before[event.run.contender]
    assert max(before.values()) >= 0.3
    longest = longest_step(seen)
    for contender in history.contenders:
        assert 1.0 <= contender.runs[0].seconds <= 1.0 + longest
        assert added[contender.name] == pytest.approx(1.0 - before[contender.name], abs=longest)


def test_progress_is_the_share_of_the_time_spent(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", timed())
    half = [np.floor(run.epochs[0].seconds / SECONDS) for run in history.contenders[0].runs]
    assert half == [0.0]
    assert ComparisonProgress.of(history).share == 1.0
    assert ComparisonProgress.of(history).training.seconds == SECONDS


def test_seconds_count_only_where_the_match_is_time() -> None:
    spec = timed()
    assert spec.training_in_force.seconds == SECONDS
    assert spec.model_copy(update={"match": "hidden"}).training_in_force.seconds is None
    unset = spec.model_copy(update={"training": TrainingSpec()})
    assert unset.training_in_force.seconds == 30

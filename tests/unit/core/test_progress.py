from functools import reduce

import numpy as np
import pytest

from studio.core.results.events import (
    ComparisonEnded,
    EpochFinished,
    EpochRecord,
    Event,
    ExecutionInfo,
    RunFailed,
    RunFinished,
    RunId,
    RunResult,
    RunStarted,
    RunStopped,
    Snapshot,
    StepsTimed,
    TrainingMemory,
)
from studio.core.results.progress import ComparisonProgress, RunProgress
from studio.core.specs.comparison_spec import TrainingSpec
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId

GRU_1, GRU_2, LSTM_1, LSTM_2 = (RunId(name, seed) for name in ("GRU", "LSTM") for seed in (1, 2))
INITIAL = ComparisonProgress(
    TrainingSpec(epochs=4, seeds=2),
    {SINGLE_SPLIT: 10},
    {run: RunProgress() for run in (GRU_1, GRU_2, LSTM_1, LSTM_2)},
)
NOTHING = Snapshot(b"", b"")
RESULT = RunResult(1, np.zeros((0, 1), np.float32), {})


def started(run: RunId) -> RunStarted:
    memory = TrainingMemory(1, 1, 1, 1)
    return RunStarted(run, ExecutionInfo("torch.nn", "cpu", 1, "stock"), memory, 1, None)


def epoch(run: RunId, number: int) -> EpochFinished:
    record = EpochRecord(number, 10 * number, 0.1, None, {}, 1.0, 0.003, 1.0, 0.0)
    return EpochFinished(run, record, best=True, snapshot=NOTHING)


def timed(run: RunId, seconds: list[float], warmup: int = 0) -> StepsTimed:
    return StepsTimed(run, 0, 0, 0, np.array(seconds, np.float32), warmup)


def finished(run: RunId) -> RunFinished:
    return RunFinished(run, "finished", RESULT)


def after(*events: Event, initial: ComparisonProgress = INITIAL) -> ComparisonProgress:
    return reduce(ComparisonProgress.after, events, initial)


def test_nothing_is_done_before_the_first_event() -> None:
    assert INITIAL.share == 0
    assert [lane.contender for lane in INITIAL.lanes] == ["GRU", "LSTM"]
    assert {lane.progress.status for lane in INITIAL.lanes} == {"waiting"}


def test_share_counts_the_epochs_of_all_runs() -> None:
    assert after(started(GRU_1), epoch(GRU_1, 2)).share == pytest.approx(0.5 / 4)
    assert after(started(GRU_1), epoch(GRU_1, 2), finished(GRU_1)).share == pytest.approx(1 / 4)


def test_share_counts_steps_if_they_end_a_run_before_its_epochs() -> None:
    few = ComparisonProgress(
        TrainingSpec(epochs=4, steps=20), {SINGLE_SPLIT: 10}, {GRU_1: RunProgress()}
    )
    assert after(epoch(GRU_1, 1), initial=few).share == 0.5


def test_early_stopping_completes_a_run() -> None:
    progress = after(started(GRU_1), epoch(GRU_1, 1), RunFinished(GRU_1, "early", RESULT))
    assert (progress.runs[GRU_1].status, progress.runs[GRU_1].share) == ("early", 1.0)


def test_a_lane_shows_the_running_run_or_else_the_last_one() -> None:
    progress = after(started(GRU_1))
    assert (progress.lanes[0].run, progress.lanes[0].number, progress.lanes[0].runs) == (
        GRU_1,
        1,
        2,
    )
    progress = progress.after(finished(GRU_1))
    assert (progress.lanes[0].run, progress.lanes[0].share) == (GRU_1, 0.5)
    progress = progress.after(started(GRU_2))
    assert (progress.lanes[0].run, progress.lanes[0].number) == (GRU_2, 2)
    assert progress.lanes[1].progress.status == "waiting"


def test_a_failed_run_is_done_and_has_a_problem() -> None:
    progress = after(
        started(GRU_1), epoch(GRU_1, 1), RunFailed(GRU_1, 1, "memory ran out", "Buy more")
    )
    run = progress.runs[GRU_1]
    assert (run.status, run.problem) == ("failed", "memory ran out. Buy more.")
    assert progress.share == pytest.approx(1 / 4)
    assert progress.lanes[0].share == pytest.approx(1 / 2)


def test_a_failure_without_a_remedy_ends_with_one_full_stop() -> None:
    progress = after(RunFailed(GRU_1, 0, "the engine is missing", ""))
    assert progress.runs[GRU_1].problem == "the engine is missing."


def test_a_comparison_is_done_once_all_runs_have_ended_or_failed() -> None:
    progress = after(
        finished(GRU_1), finished(GRU_2), RunFailed(LSTM_1, 0, "no", ""), finished(LSTM_2)
    )
    assert progress.share == 1
    assert [lane.share for lane in progress.lanes] == [1, 1]


def test_a_stopped_run_keeps_its_share() -> None:
    progress = after(started(GRU_1), epoch(GRU_1, 1), RunStopped(GRU_1))
    assert (progress.runs[GRU_1].status, progress.runs[GRU_1].share) == ("stopped", 0.25)
    assert progress.ended is None
    assert progress.after(ComparisonEnded("stopped")).ended == ComparisonEnded("stopped")


def test_step_times_leave_out_warm_up_and_follow_later_steps() -> None:
    progress = after(timed(GRU_1, [9.0, 1.0, 1.0, 5.0], warmup=1))
    assert progress.runs[GRU_1].step_seconds == pytest.approx(1.0)
    progress = after(timed(GRU_1, [2.0]), timed(GRU_1, [9.0], warmup=1), initial=progress)
    assert progress.runs[GRU_1].step_seconds == pytest.approx(1.2)
    assert after(timed(GRU_1, [9.0], warmup=1)).runs[GRU_1].step_seconds is None


@pytest.mark.parametrize(
    ("training", "reached"),
    [
        (TrainingSpec(epochs=4), "epoch 3 of 4"),
        (TrainingSpec(epochs=4, steps=32), "epoch 3, step 30 of 32"),
        (TrainingSpec(epochs=4, steps=900), "epoch 3 of 4"),
        (TrainingSpec(epochs=2, seconds=30), "epoch 3, 1.0 s of 30 s"),
    ],
)
def test_a_lane_counts_what_ends_its_runs(training: TrainingSpec, reached: str) -> None:
    initial = ComparisonProgress(
        training, {SINGLE_SPLIT: 10}, {GRU_1: RunProgress(), GRU_2: RunProgress()}
    )
    progress = after(started(GRU_1), epoch(GRU_1, 3), initial=initial)
    assert progress.place(progress.lanes[0]) == ("seed 1 of 2", reached)


def test_runs_of_folds_are_counted_as_runs() -> None:
    folds = [FoldId(0, 1), FoldId(0, 2)]
    runs = {RunId("GRU", seed, fold): RunProgress() for fold in folds for seed in (1, 2)}
    initial = ComparisonProgress(TrainingSpec(epochs=4), dict.fromkeys(folds, 10), runs)
    assert initial.place(initial.lanes[0]) == ("run 1 of 4", "epoch 0 of 4")

import math
import threading
from pathlib import Path

import pytest
from running import (
    PATIENCE_SECONDS,
    begin,
    events_until_end,
    losses,
    run_to_end,
    scores_on_test,
    small_spec,
    whole_history,
    workspace,
)

from studio.core.errors import DatasetError, SessionError
from studio.core.results.events import (
    ComparisonEnded,
    EpochFinished,
    GatesTraced,
    RunFailed,
    RunFinished,
    RunId,
    RunStarted,
    RunStopped,
    StepsTimed,
)
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.runs.execution.compute import ComputeThread
from studio.runs.stored.models import stored_model
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile


def test_every_run_ends_with_a_test_score_and_the_event_order_holds(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        _, events = run_to_end(work, small_spec())
    assert events[-1] == ComparisonEnded("finished")
    for run in {event.run for event in events[:-1]}:
        own = [event for event in events[:-1] if event.run == run]
        assert isinstance(own[0], RunStarted)
        assert isinstance(own[-1], RunFinished)
        epochs = [event.record.epoch for event in own if isinstance(event, EpochFinished)]
        assert epochs == [1, 2, 3, 4]


def test_the_best_model_so_far_is_read_whole_while_better_epochs_are_saved(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, small_spec(epochs=100_000))
        trained: set[str] = set()
        while trained != {"GRU", "LSTM"}:
            event = events.get(timeout=PATIENCE_SECONDS)
            trained |= {event.run.contender} if isinstance(event, EpochFinished) else set()
        epochs = [
            stored_model(work.reader(), running.comparison, name).epoch
            for _ in range(150)
            for name in ("GRU", "LSTM")
        ]
        running.control.stop()
    assert len(set(epochs)) > 3


def test_step_times_cover_every_step_once_and_sum_to_the_seconds_of_the_run(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path / "s.gates") as work:
        running, events = run_to_end(work, small_spec())
        history = work.history(running.comparison)
    timed = [event for event in events if isinstance(event, StepsTimed)]
    for contender in history.contenders:
        for run in contender.runs:
            own = [event for event in timed if event.run == run.run]
            steps = [n for e in own for n in range(e.first_step, e.first_step + len(e.seconds))]
            assert steps == list(range(run.epochs[-1].step))
            total = sum(float(event.seconds.sum()) for event in own)
            assert run.seconds == pytest.approx(total, rel=1e-4)


def test_the_first_two_steps_of_every_turn_are_excluded_from_statistics(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        _, events = run_to_end(work, small_spec())
    warm: dict[tuple[RunId, int], int] = {}
    for event in events:
        if isinstance(event, StepsTimed):
            key = (event.run, event.turn)
            warm[key] = warm.get(key, 0) + event.warmup
    assert set(warm.values()) == {2}


def test_the_same_seed_gives_the_same_losses_twice(tmp_path: Path) -> None:
    first = whole_history(tmp_path / "a.gates", small_spec())
    again = whole_history(tmp_path / "b.gates", small_spec())
    assert losses(first) == losses(again)
    assert scores_on_test(first) == scores_on_test(again)


def test_a_contender_scores_the_same_alone_as_beside_others(tmp_path: Path) -> None:
    both = whole_history(tmp_path / "both.gates", small_spec())
    spec = small_spec()
    alone = whole_history(
        tmp_path / "alone.gates", spec.model_copy(update={"contenders": spec.contenders[1:]})
    )
    expected = {run: values for run, values in losses(both).items() if run[0] == "LSTM"}
    assert losses(alone) == expected


def stop_after(work: Workspace, spec: ComparisonSpec, epochs: int) -> int:
    events = work.subscribe()
    running = begin(work, spec)
    seen = 0
    while seen < epochs:
        seen += isinstance(events.get(timeout=60), EpochFinished)
    running.control.stop()
    assert events_until_end(events)[-1] == ComparisonEnded("stopped")
    return running.comparison


@pytest.mark.parametrize("epochs", [1, 3, 9])
def test_a_stopped_comparison_resumes_to_the_losses_of_an_undisturbed_one(
    tmp_path: Path, epochs: int
) -> None:
    expected = whole_history(tmp_path / "whole.gates", small_spec())
    path = tmp_path / "stopped.gates"
    with workspace(path) as work:
        comparison = stop_after(work, small_spec(), epochs)
    with workspace(path) as work:
        events = work.subscribe()
        work.resume(comparison)
        assert events_until_end(events)[-1] == ComparisonEnded("finished")
        resumed = work.history(comparison)
    assert losses(resumed) == losses(expected)
    assert scores_on_test(resumed) == scores_on_test(expected)


def test_a_stopped_run_keeps_its_model_and_its_test_set_is_not_scored(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        comparison = stop_after(work, small_spec(epochs=500), 3)
        history = work.history(comparison)
        stopped = [r for c in history.contenders for r in c.runs if r.status == "stopped"]
        assert stopped
        for run in stopped:
            assert run.result is None
            kept = work.ask(lambda s, run=run: s.kept_epochs(comparison, run.run)).result()
            assert run.epochs[-1].epoch in kept


def test_a_pause_holds_the_turn_and_changes_no_loss(tmp_path: Path) -> None:
    expected = whole_history(tmp_path / "whole.gates", small_spec())
    with workspace(tmp_path / "paused.gates") as work:
        events = work.subscribe()
        running = begin(work, small_spec())
        events.get(timeout=60)
        running.control.pause()
        threading.Timer(0.3, running.control.proceed).start()
        events_until_end(events)
        assert losses(work.history(running.comparison)) == losses(expected)


def test_stopping_a_paused_comparison_ends_it(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, small_spec(epochs=10_000))
        running.control.pause()
        running.control.stop()
        ended = events_until_end(events)
    assert ended[-1] == ComparisonEnded("stopped")
    assert not any(isinstance(event, RunFinished) for event in ended)


def test_a_run_that_becomes_nan_fails_with_its_reason_and_the_others_continue(
    tmp_path: Path,
) -> None:
    spec = small_spec(lr=90.0, clip=None, optimizer="sgd", momentum=0.0)
    wild = ContenderSpec(name="wild", cell="rnn", nonlinearity="relu", hidden_size=32)
    spec = spec.model_copy(update={"contenders": (wild, *spec.contenders)})
    with workspace(tmp_path / "s.gates") as work:
        running, events = run_to_end(work, spec)
        history = work.history(running.comparison)
    failed = [event for event in events if isinstance(event, RunFailed)]
    assert {event.run.contender for event in failed} >= {"wild"}
    assert all("loss became" in event.reason and event.remedy for event in failed)
    assert {run.status for run in history.contender("wild").runs} == {"failed"}
    others = [run.status for c in history.contenders[1:] for run in c.runs]
    assert set(others) <= {"finished", "failed"}
    assert events[-1] == ComparisonEnded("finished")


def test_early_stopping_keeps_the_best_epoch_and_says_so(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", small_spec(epochs=400, patience=3, lr=0.05))
    for contender in history.contenders:
        for run in contender.runs:
            assert run.status == "early"
            assert run.result is not None
            validation = [record.validation_loss or math.inf for record in run.epochs]
            assert run.result.kept_epoch == 1 + validation.index(min(validation))
            assert run.epochs[-1].epoch == run.result.kept_epoch + 3


def test_a_step_budget_ends_every_run_at_that_step(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", small_spec(epochs=1000, steps=13))
    assert {run.epochs[-1].step for c in history.contenders for run in c.runs} == {13}


def test_gates_of_the_pinned_example_come_after_epochs(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, small_spec())
        running.control.pinned = 1
        traced = [e for e in events_until_end(events) if isinstance(e, GatesTraced)]
    assert traced
    for event in traced:
        assert event.example == 1
        assert event.trace.input.shape == (8, 2)
        assert event.trace.layers["l1_h"].shape == (8, 5)


def test_a_pinned_example_that_a_smaller_set_lacks_is_not_traced(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, small_spec())
        running.control.pinned = 10_000
        seen = events_until_end(events)
    assert seen[-1] == ComparisonEnded("finished")
    assert not any(isinstance(event, GatesTraced) for event in seen)


def test_closing_while_training_saves_and_the_session_resumes(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        events = work.subscribe()
        running = begin(work, small_spec(epochs=300))
        while not isinstance(events.get(timeout=60), EpochFinished):
            pass
    with workspace(path) as work:
        history = work.history(running.comparison)
    assert any(run.epochs for c in history.contenders for run in c.runs)
    assert not list(tmp_path.glob("*-wal"))


def csv_series(path: Path, rows: int = 120) -> Path:
    lines = [f"{math.sin(step / 5):.6f}" for step in range(rows)]
    path.write_text("\n".join(["value", *lines, ""]), encoding="utf-8")
    return path


def file_spec(path: Path) -> ComparisonSpec:
    values = {"source": "file", "path": str(path)}
    spec = small_spec(epochs=3)
    return ComparisonSpec.model_validate({**spec.model_dump(), "dataset": values})


def test_a_session_saved_under_another_name_during_training_continues_there(
    tmp_path: Path,
) -> None:
    spec = small_spec(epochs=12)
    undisturbed = losses(whole_history(tmp_path / "undisturbed.gates", spec))
    old, new = tmp_path / "old.gates", tmp_path / "new.gates"
    with workspace(old) as work:
        events = work.subscribe()
        running = begin(work, spec)
        while not isinstance(events.get(timeout=PATIENCE_SECONDS), EpochFinished):
            pass
        assert work.move_to(new).result() == ""
        events_until_end(events)
        assert losses(work.history(running.comparison)) == undisturbed
    with SessionFile.open(new, tmp_path / "locks") as session:
        assert losses(session.history(running.comparison)) == undisturbed
    with SessionFile.open(old, tmp_path / "locks") as session:
        assert not session.history(running.comparison).is_complete


def test_where_the_new_file_cannot_be_written_training_continues_in_the_old_one(
    tmp_path: Path,
) -> None:
    old = tmp_path / "old.gates"
    with workspace(old) as work:
        events = work.subscribe()
        running = begin(work, small_spec())
        with pytest.raises(SessionError):
            work.move_to(tmp_path / "missing" / "new.gates").result()
        events_until_end(events)
    with SessionFile.open(old, tmp_path / "locks") as session:
        assert session.history(running.comparison).is_complete


def test_a_missing_dataset_is_read_from_the_copy_in_the_session_with_a_note(
    tmp_path: Path,
) -> None:
    data = csv_series(tmp_path / "waves.csv")
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        comparison = stop_after(work, file_spec(data), 1)
    data.unlink()
    with workspace(path) as work:
        events = work.subscribe()
        running = work.resume(comparison)
        assert events_until_end(events)[-1] == ComparisonEnded("finished")
    assert "is missing" in running.notes[0]
    assert "copy in the session" in running.notes[0]


def test_a_changed_dataset_without_a_copy_is_refused_by_name(tmp_path: Path) -> None:
    data = csv_series(tmp_path / "waves.csv")
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        events = work.subscribe()
        running = begin(work, file_spec(data), embed=False)
        running.control.stop()
        events_until_end(events)
    csv_series(data, rows=121)
    with (
        workspace(path) as work,
        pytest.raises(DatasetError, match=r"waves\.csv has changed"),
    ):
        work.resume(running.comparison)


def test_a_session_that_is_open_elsewhere_cannot_be_resumed_here(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        comparison = stop_after(work, small_spec(epochs=100), 1)
        with (
            ComputeThread() as compute,
            Workspace.open(path, tmp_path / "locks", compute) as second,
            pytest.raises(SessionError, match="is read-only"),
        ):
            second.resume(comparison)


def test_one_session_holds_several_comparisons(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        first, _ = run_to_end(work, small_spec(epochs=1, seeds=1))
        second, _ = run_to_end(work, small_spec(epochs=2, seeds=1))
        assert first.comparison != second.comparison
        lengths = [
            len(work.history(each.comparison).contenders[0].runs[0].epochs)
            for each in (first, second)
        ]
    assert lengths == [1, 2]


def test_runs_stopped_before_their_first_epoch_start_over(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        events = work.subscribe()
        running = begin(work, small_spec())
        running.control.stop()
        stopped = [e for e in events_until_end(events) if isinstance(e, RunStopped)]
        assert all(run.run.seed == 1 for run in stopped)
    with workspace(path) as work:
        events = work.subscribe()
        work.resume(running.comparison)
        events_until_end(events)
        assert work.history(running.comparison).is_complete


def test_brief_jobs_between_turns_change_no_loss(tmp_path: Path) -> None:
    spec = small_spec(epochs=12, seeds=1)
    undisturbed = losses(whole_history(tmp_path / "calm.gates", spec))
    drawn = []

    def disturb() -> None:
        import torch  # noqa: PLC0415 - on the compute thread

        torch.manual_seed(7)
        drawn.append(torch.rand(3))

    with ComputeThread() as compute:
        path = tmp_path / "busy.gates"
        with Workspace.create(path, tmp_path / "locks", compute) as work:
            events = work.subscribe()
            running = begin(work, spec)
            while not isinstance(events.get(timeout=60), ComparisonEnded):
                compute.submit(disturb, brief=True)
            disturbed = losses(work.history(running.comparison))
    assert len(drawn) > 3
    assert disturbed == undisturbed


def test_what_reads_a_session_goes_on_after_it_was_saved_as_another_file(tmp_path: Path) -> None:
    with workspace(tmp_path / "first.gates") as work:
        running, _ = run_to_end(work, small_spec(epochs=1, seeds=1))
        reader = work.reader()
        assert reader.path == tmp_path / "first.gates"
        work.move_to(tmp_path / "second.gates").result()
        assert reader.path == tmp_path / "second.gates"
        assert reader.history(running.comparison).is_complete

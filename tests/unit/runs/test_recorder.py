"""The recorder when saving fails, and after closing."""

import threading
import time
from pathlib import Path

import pytest
from running import (
    PATIENCE_SECONDS,
    begin,
    events_until_end,
    losses,
    small_spec,
    whole_history,
    workspace,
)
from unit.sessions.make_sessions import GRU_1, epoch_finished

from studio.core.errors import SessionError
from studio.core.results.events import ComparisonEnded, EpochFinished
from studio.runs.execution.compute import ComputeThread
from studio.runs.execution.recorder import Recorder
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile


def fill_the_disk(work: Workspace, *, pages: int) -> None:
    """Limits the file to this many pages."""
    work.ask(lambda session: session._db().execute(f"PRAGMA max_page_count = {pages}")).result()


def test_unsaved_epochs_are_trained_again_once_there_is_space(tmp_path: Path) -> None:
    spec = small_spec()
    undisturbed = losses(whole_history(tmp_path / "undisturbed.gates", spec))
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, spec)
        while not isinstance(events.get(timeout=PATIENCE_SECONDS), EpochFinished):
            pass
        fill_the_disk(work, pages=1)
        ended = events_until_end(events)[-1]
        assert isinstance(ended, ComparisonEnded)
        assert ended.how == "failed"
        fill_the_disk(work, pages=10**9)
        work.resume(running.comparison)
        ended = events_until_end(events)[-1]
        assert isinstance(ended, ComparisonEnded)
        assert ended.how == "finished"
        assert losses(work.history(running.comparison)) == undisturbed


def test_a_closed_session_reports_that_it_is_closed(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        work.close()
        with pytest.raises(SessionError, match="the session is closed"):
            work.ask(SessionFile.comparisons).result(timeout=PATIENCE_SECONDS)


def test_an_internal_error_while_saving_ends_the_training_and_not_the_recorder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a mistake")

    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        monkeypatch.setattr(SessionFile, "record", fail)
        running = begin(work, small_spec())
        ended = events_until_end(events)[-1]
        assert isinstance(ended, ComparisonEnded)
        assert "internal error: ValueError('a mistake')" in ended.problem
        assert work.history(running.comparison).contender("GRU").runs
    assert "saving failed with an internal error" in caplog.text
    caplog.clear()


def test_closing_waits_for_no_other_sessions_training(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    with ComputeThread() as compute:
        idle = Workspace.create(tmp_path / "idle.gates", locks, compute)
        busy = Workspace.create(tmp_path / "busy.gates", locks, compute)
        events = idle.subscribe()
        begin(idle, small_spec(epochs=1))
        events_until_end(events)
        events = busy.subscribe()
        running = begin(busy, small_spec(epochs=100_000))
        while not isinstance(events.get(timeout=PATIENCE_SECONDS), EpochFinished):
            pass
        idle.close()
        assert not running.control.is_stopped
        busy.close()


def test_a_question_never_waits_for_room_however_much_is_to_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window asks from its own thread, which must not stand still."""
    saving, go_on = threading.Event(), threading.Event()

    def save_slowly(*_: object) -> None:
        saving.set()
        go_on.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(SessionFile, "record", save_slowly)
    event = epoch_finished(GRU_1, 1)
    locks = tmp_path / "locks"
    recorder = Recorder(lambda: SessionFile.create(tmp_path / "s.gates", locks), lambda: None)
    waiting = threading.Thread(target=lambda: [recorder.put(1, event) for _ in range(5000)])
    waiting.start()
    assert saving.wait(PATIENCE_SECONDS)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while recorder._room.acquire(blocking=False):  # until the training thread has to wait
        recorder._room.release()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    begun = time.monotonic()
    answer = recorder.ask(SessionFile.comparisons)
    took = time.monotonic() - begun
    go_on.set()
    assert answer.result(PATIENCE_SECONDS) == ()
    recorder.close()
    waiting.join(PATIENCE_SECONDS)
    assert not waiting.is_alive()
    assert took < 1

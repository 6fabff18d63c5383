"""What the recorder does where saving fails, and after its end."""

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

from studio.core.errors import SessionError
from studio.core.events import ComparisonEnded, EpochFinished
from studio.runs.compute import ComputeThread
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile


def fill_the_disk(work: Workspace, *, pages: int) -> None:
    """Lets the file grow to so many pages and no further."""
    work.ask(lambda session: session._db().execute(f"PRAGMA max_page_count = {pages}")).result()


def test_what_could_not_be_saved_is_trained_again_when_there_is_room_again(tmp_path: Path) -> None:
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


def test_a_closed_session_answers_that_it_is_closed(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        work.close()
        with pytest.raises(SessionError, match="the session is closed"):
            work.ask(SessionFile.comparisons).result(timeout=PATIENCE_SECONDS)


def test_an_error_of_the_program_while_saving_ends_the_training_and_not_the_recorder(
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
        assert "the program made an error: ValueError('a mistake')" in ended.problem
        assert work.history(running.comparison).contender("GRU").runs
    assert "saving ended by an error of the program" in caplog.text
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

"""The window's session is one state at a time, and the user's newest intent wins."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from running import small_spec, whole_history
from windows import problem, series

from studio.core.specs.comparison_spec import ComparisonSpec, FileDataset
from studio.core.specs.experiment import SEARCH_IS_FOR_TUNE
from studio.data.tables import large_tables
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.session.session_state import (
    Ended,
    Idle,
    OpenData,
    Paused,
    Ready,
    SessionState,
    Starting,
    Training,
)
from studio.gui.shell.commands import Commands
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders
from studio.runs.execution.compute import ComputeThread, fulfil

Wait = Callable[[Callable[[], bool]], None]


class ManualExecutor:
    """Runs jobs when a test says so, in the test's own thread."""

    def __init__(self) -> None:
        self.queued: deque[Callable[[], None]] = deque()

    def submit(self, job: Callable[[], Any], *, brief: bool = False) -> "Future[Any]":
        del brief
        future: Future[Any] = Future()
        self.queued.append(lambda: fulfil(future, job))
        return future

    def run_brief(self) -> None:
        """No job here is long."""

    def run_next(self) -> None:
        self.queued.popleft()()

    def close(self) -> None:
        self.queued.clear()


@pytest.fixture
def loader() -> ManualExecutor:
    return ManualExecutor()


@pytest.fixture
def stepped(qapp: QApplication, folders: Folders, loader: ManualExecutor) -> Iterator[AppContext]:
    """The application context without a window; reading happens when the test says so."""
    del qapp
    jobs = BackgroundJobs(ComputeThread(), loader, Qt.ConnectionType.DirectConnection)
    context = AppContext(folders, jobs)
    yield context
    context.close()


def spec_of(path: Path) -> ComparisonSpec:
    return ComparisonSpec(dataset=FileDataset(path=str(path)))


def test_of_two_files_that_are_opened_the_newer_one_stays(
    stepped: AppContext, loader: ManualExecutor, tmp_path: Path
) -> None:
    planner = stepped.planner
    planner.open(OpenData(spec_of(series(tmp_path / "first.csv"))))
    planner.open(OpenData(spec_of(series(tmp_path / "second.csv"))))
    loader.run_next()
    assert planner.dataset is None
    loader.run_next()
    assert planner.dataset is not None
    assert planner.dataset.name == "second"


def test_a_file_whose_reading_was_cancelled_does_not_appear(
    stepped: AppContext, loader: ManualExecutor, tmp_path: Path
) -> None:
    stepped.planner.open(OpenData(spec_of(series(tmp_path / "late.csv"))))
    stepped.planner.cancel()
    loader.run_next()
    assert stepped.planner.dataset is None
    assert stepped.draft.spec is None


def test_a_file_that_is_refused_leaves_what_was_open(
    stepped: AppContext, loader: ManualExecutor, tmp_path: Path
) -> None:
    stepped.planner.open(OpenData(spec_of(series(tmp_path / "good.csv"))))
    loader.run_next()
    dataset, draft = stepped.planner.dataset, stepped.draft.spec
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\x00\x01\x02\x00")
    stepped.planner.open(OpenData(spec_of(bad)))
    loader.run_next()
    assert stepped.planner.dataset is dataset
    assert stepped.draft.spec is draft


def test_cancelling_the_reading_after_a_changed_setting_keeps_what_was_open(
    stepped: AppContext,
    loader: ManualExecutor,
    tmp_path: Path,
    wait: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large_tables, "LARGE_BYTES", 1)  # such tables tell their progress
    planner, draft = stepped.planner, stepped.draft
    planner.open(OpenData(spec_of(series(tmp_path / "large.csv", rows=2000))))
    loader.run_next()
    wait(lambda: bool(loader.queued))
    loader.run_next()
    dataset, read_as, spec = planner.dataset, planner.read_as, draft.spec
    assert spec is not None
    changed = FileDataset(path=str(tmp_path / "large.csv"), skip_rows=3)
    draft.edit(spec.model_copy(update={"dataset": changed}), "lines to skip")
    wait(lambda: bool(loader.queued))
    planner.read.connect(lambda share: planner.cancel() if share < 1 else None)
    loader.run_next()
    assert planner.dataset is dataset
    assert draft.spec is not None
    assert draft.spec.dataset == read_as
    wait(lambda: bool(loader.queued))
    loader.run_next()
    assert planner.is_current
    assert planner.problem == ""


def test_cancelling_the_reading_of_a_sessions_data_keeps_its_results(
    stepped: AppContext,
    loader: ManualExecutor,
    tmp_path: Path,
    wait: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = series(tmp_path / "large.csv", rows=2000)
    session = tmp_path / "of-large.gates"
    dataset = FileDataset(path=str(data))
    whole_history(session, small_spec(epochs=1, seeds=1).model_copy(update={"dataset": dataset}))
    monkeypatch.setattr(large_tables, "LARGE_BYTES", 1)
    commands = Commands(stepped, Settings(tmp_path / "settings"))
    told: list[str] = []
    commands.told.connect(told.append)
    stepped.planner.read.connect(lambda share: stepped.planner.cancel() if share < 1 else None)
    commands.open(session)
    loader.run_next()
    wait(lambda: bool(loader.queued))
    while loader.queued:
        loader.run_next()
    assert stepped.session.history is not None
    assert stepped.planner.dataset is None
    assert told == ["The data was not read; open the session again to read it"]


def test_a_search_in_an_experiment_is_said_not_to_be_made(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "e.toml"
    path.write_text(
        'dataset = {source = "generated", generator = "adding"}\n[search]\ntrials = 2\n'
    )
    told: list[str] = []
    window.commands.told.connect(told.append)
    window.open_path(path)
    wait(lambda: window.context.planner.is_current)
    assert SEARCH_IS_FOR_TUNE in told


def test_training_passes_through_the_states_in_order(window: MainWindow, wait: Wait) -> None:
    states: list[SessionState] = [window.context.session.state]
    session = window.context.session
    session.transitioned.connect(lambda _, after: states.append(after))
    window.context.planner.open(OpenData(small_spec(epochs=400, seeds=1), train=True))
    wait(lambda: isinstance(session.state, Training))
    session.pause_or_resume()
    assert isinstance(session.state, Paused)
    session.pause_or_resume()
    session.stop()
    wait(lambda: isinstance(session.state, Ended))
    kinds = [type(state) for state in states]
    assert kinds == [Idle, Starting, Training, Paused, Training, Ended]
    assert isinstance(session.state, Ended)
    assert session.state.ended.how == "stopped"


def test_another_comparison_cannot_begin_while_one_trains(window: MainWindow, wait: Wait) -> None:
    session, planner = window.context.session, window.context.planner
    planner.open(OpenData(small_spec(epochs=400, seeds=1), train=True))
    wait(lambda: isinstance(session.state, Training))
    state = session.state
    assert planner.plan is not None
    assert not session.train(planner.plan)
    assert not session.add_seeds(3)
    assert session.state is state


def test_closing_the_session_leads_back_to_idle(opened: MainWindow) -> None:
    assert isinstance(opened.context.session.state, Ready)
    opened.context.session.leave()
    assert isinstance(opened.context.session.state, Idle)
    assert opened.context.session.history is None


def test_a_shorter_series_opens_after_a_longer_one(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    planner = window.context.planner
    window.open_path(series(tmp_path / "long.csv", rows=2000))
    wait(lambda: planner.plan is not None and planner.plan.task.name == "long")
    wait(lambda: window.context.jobs.is_idle)
    window.open_path(series(tmp_path / "short.csv", rows=60))
    wait(lambda: planner.plan is not None and planner.plan.task.name == "short")
    wait(lambda: window.context.jobs.is_idle)
    assert problem(window) is None

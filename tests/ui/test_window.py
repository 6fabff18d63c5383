"""Whole-window stories: the journey, bad input, a second window, closing, killing."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import start
from dropping import drop
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history, workspace
from windows import problem, series

from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]


def test_a_dropped_file_is_trained_saved_and_opened_again(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    context = window.context
    drop(window, series(tmp_path / "waves.csv"))
    wait(lambda: context.planner.plan is not None)
    spec = context.draft.spec
    assert spec is not None
    training = spec.training.model_copy(update={"epochs": 2, "seeds": 2})
    context.draft.edit(spec.model_copy(update={"training": training}), "shorter")
    wait(lambda: context.planner.is_current and window.tool_bar.train.isEnabled())
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: context.session.history is not None and context.session.history.is_complete)
    assert context.session.is_untitled
    untitled = context.session.path
    context.session.save_as(tmp_path / "kept.gates")
    wait(lambda: context.session.path == tmp_path / "kept.gates")
    assert untitled is not None
    assert not untitled.exists()
    drop(window, tmp_path / "kept.gates")
    wait(lambda: window.pages["train"].isVisible() and context.planner.plan is not None)
    assert context.planner.dataset is not None
    assert context.planner.dataset.name == "waves"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "is empty"),
        ("ragged.csv", b"a,b\n1,2\n3\n4,5\n", "has 1 cell instead of 2"),
        ("words.csv", b"a\n1\n2\nx\n4\n", "'x' is not a number"),
        ("zero.gates", b"", "is an empty file"),
        ("noise.gates", bytes(range(256)) * 20, "is not a Gate Studio session"),
        ("bad.toml", b"[dataset\n", "is not a TOML file"),
    ],
)
def test_bad_input_is_reported_and_nothing_else_changes(  # noqa: PLR0913, PLR0917
    window: MainWindow, wait: Wait, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    drop(window, path)
    wait(lambda: problem(window) is not None)
    box = problem(window)
    assert box is not None
    assert told in box.informativeText()
    assert "Traceback" not in box.informativeText()
    assert window.context.session.path is None
    assert path.read_bytes() == content
    box.close()


def test_the_keyboard_alone_reaches_every_page(window: MainWindow, qtbot: QtBot) -> None:
    for number, page in enumerate(window.pages.values(), start=1):
        qtbot.keyClick(window, str(number), Qt.KeyboardModifier.ControlModifier)
        assert page.isVisible(), page.name


def test_a_session_that_is_open_elsewhere_opens_read_only_and_says_so(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "shared.gates"
    whole_history(path, small_spec(epochs=1))
    (window.context.folders.data).mkdir(parents=True, exist_ok=True)
    with SessionFile.open(path, window.context.folders.locks):
        window.open_path(path)
        wait(lambda: window.context.session.history is not None)
        assert "read-only" in window.tool_bar.saved.text()


def test_an_edit_after_training_makes_a_new_comparison_beside_the_trained_one(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    context = window.context
    context.planner.open(OpenData(small_spec(epochs=1, seeds=1)))
    wait(lambda: context.planner.plan is not None)
    qtbot.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: context.session.history is not None and context.session.history.is_complete)
    wait(lambda: not context.session.is_training)
    first = context.session.comparison
    spec = context.draft.spec
    assert spec is not None
    training = spec.training.model_copy(update={"epochs": 2})
    context.draft.edit(spec.model_copy(update={"training": training}), "longer")
    wait(
        lambda: context.planner.plan is not None and context.planner.plan.spec.training == training
    )
    wait(lambda: context.jobs.is_idle)
    qtbot.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: context.session.comparison not in {first, None})
    wait(lambda: context.session.history is not None and context.session.history.is_complete)
    workspace_now = context.session.workspace
    assert workspace_now is not None
    kept = workspace_now.ask(
        lambda session: [comparison.id for comparison in session.comparisons()]
    ).result()
    assert len(kept) == 2


def long_session(home: Path) -> Path:
    path = home / "long.gates"
    with workspace(path) as session:
        from running import begin  # noqa: PLC0415 - beside its only use

        begin(session, small_spec(epochs=100_000))
        time.sleep(1.5)
    return path


def test_a_window_that_is_killed_leaves_a_session_that_opens(tmp_path: Path) -> None:
    session = long_session(tmp_path)
    process = start(tmp_path, session)
    time.sleep(4)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    with SessionFile.open(session, tmp_path / "locks", read_only=True) as opened:
        history = opened.history(opened.comparisons()[-1].id)
    assert any(run.epochs for contender in history.contenders for run in contender.runs)

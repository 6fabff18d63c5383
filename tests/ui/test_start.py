"""The real program in processes of their own: its start, its end, a kill in mid-training."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from commands import environment
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.app.app import Start
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.pages.data.data_page import DataPage
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]
DRIVER = Path(__file__).parent / "driver.py"
PATIENCE_SECONDS = 120

EXPERIMENT = """
[dataset]
source = "generated"
generator = "adding"
[dataset.parameters]
length = 12
examples = 200
[training]
epochs = {epochs}
seeds = 1
[machine]
threads = 1
[[contenders]]
cell = "gru"
hidden_size = 6
[[contenders]]
cell = "lstm"
hidden_size = 6
"""


def experiment(home: Path, epochs: int) -> Path:
    path = home / "adding.toml"
    path.write_text(EXPERIMENT.format(epochs=epochs), encoding="utf-8")
    return path


@pytest.fixture
def users() -> "Iterator[list[subprocess.Popen[str]]]":
    begun: list[subprocess.Popen[str]] = []
    yield begun
    for process in begun:
        process.kill()
        process.communicate()


def begin(home: Path, path: Path, what: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, DRIVER, path, what],
        env={**environment(home), "PYTHONPATH": str(DRIVER.parents[2]), "PYTHONWARNINGS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_epochs(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "two epochs\n", process.communicate()


def test_the_frame_is_shown_before_the_studio_is_loaded_and_then_holds_it(
    qtbot: QtBot, folders: Folders, wait: Wait, tmp_path: Path
) -> None:
    start = Start(folders, experiment(tmp_path, epochs=1))
    with qtbot.waitSignal(start.frame.painted):
        start.frame.show()
    wait(lambda: start.frame.studio is not None)
    window = start.frame.studio
    assert isinstance(window, MainWindow)
    assert window.isVisible()
    wait(lambda: window.context.planner.plan is not None)
    assert start.frame.windowTitle() == window.windowTitle()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.pages["models"].isVisible()
    start.frame.close()
    assert not start.frame.isVisible()
    start.loading.wait()


def test_closing_while_training_saves_and_ends_within_two_seconds_with_status_0(
    tmp_path: Path, users: "list[subprocess.Popen[str]]"
) -> None:
    users.append(begin(tmp_path, experiment(tmp_path, epochs=100_000), "close"))
    wait_for_epochs(users[0])
    began = time.monotonic()
    out, err = users[0].communicate(timeout=PATIENCE_SECONDS)
    assert users[0].returncode == 0, err
    assert "Traceback" not in err
    assert float(out.split()[-2]) < 2
    assert time.monotonic() - began < 10  # the interpreter's own end, on a busy machine too


def test_a_session_killed_in_mid_training_is_offered_and_resumes(
    tmp_path: Path, users: "list[subprocess.Popen[str]]", wait: Wait
) -> None:
    users.append(begin(tmp_path, experiment(tmp_path, epochs=40), "leave"))
    wait_for_epochs(users[0])
    users[0].kill()
    users[0].communicate()
    home = tmp_path / "data" / "gate-studio"
    context = AppContext(Folders(home, tmp_path / "config", tmp_path / "cache", tmp_path / "log"))
    window = MainWindow(context, Settings(context.folders.config))
    window.show()
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    wait(page.start.unnamed.isVisible)
    pushes = page.start.unnamed.findChildren(QPushButton)
    QTest.mouseClick(next(p for p in pushes if p.text() == "Open"), Qt.MouseButton.LeftButton)
    wait(lambda: window.tool_bar.train.text() == "Resume" and window.tool_bar.train.isEnabled())
    history = context.session.history
    assert history is not None
    kept = sum(len(run.epochs) for contender in history.contenders for run in contender.runs)
    assert kept >= 2
    QTest.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: context.session.history is not None and context.session.history.is_complete)
    context.close()
    window.hide()
    window.deleteLater()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_ends_the_window_in_order_and_says_so(
    tmp_path: Path, users: "list[subprocess.Popen[str]]", name: str
) -> None:
    users.append(begin(tmp_path, experiment(tmp_path, epochs=100_000), "leave"))
    wait_for_epochs(users[0])
    users[0].send_signal(getattr(signal, name))
    _, err = users[0].communicate(timeout=PATIENCE_SECONDS)
    assert users[0].returncode == 128 + getattr(signal, name), err
    assert f"Gate Studio was ended by {name}. Training was stopped" in err
    assert "Traceback" not in err
    [session] = (tmp_path / "data" / "gate-studio" / "untitled").glob("*.gates")
    with SessionFile.open(session, tmp_path / "locks", read_only=True) as opened:
        [comparison] = opened.comparisons()
        history = opened.history(comparison.id)
    runs = [run for each in history.contenders for run in each.runs]
    assert sum(len(run.epochs) for run in runs) >= 2
    assert not any(run.status == "running" for run in runs)


def test_a_note_about_this_machine_is_shown_before_data_is_chosen(
    folders: Folders, tmp_path: Path
) -> None:
    context = AppContext(replace(folders, note="/home/u cannot be written."))
    window = MainWindow(context, Settings(tmp_path / "config"))
    window.show()
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    assert page.start.note_text.isVisible()
    assert page.start.note_text.text() == "/home/u cannot be written."
    context.close()
    window.hide()
    window.deleteLater()


def test_quit_closes_the_frame_and_ends_the_program(folders: Folders, wait: Wait) -> None:
    start = Start(folders, None)
    start.show()
    wait(lambda: start.frame.studio is not None)
    window = start.frame.studio
    assert isinstance(window, MainWindow)
    start.frame.activateWindow()
    wait(lambda: QApplication.activeWindow() is start.frame)
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: not start.frame.isVisible())
    start.loading.wait()

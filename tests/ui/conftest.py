"""A real window; nothing is mocked, and all threads end with the test."""

import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history
from support import CACHE

from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.app.gc_control import GarbageCollection
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders
from studio.runs.execution.kernels import start_kernels, wait_for_kernels

_TESTS = itertools.count(1)
_THOROUGH = 20


@pytest.fixture(autouse=True, scope="session")
def kernels() -> None:
    """Compiled once for all tests, as the program does behind its window."""
    start_kernels(CACHE)
    wait_for_kernels()


@pytest.fixture(autouse=True, scope="session")
def fusion(qapp: QApplication) -> None:
    """The program's style; setting it again would style every widget that is left anew."""
    qapp.setStyle("Fusion")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    home = tmp_path / "home"
    return Folders(home / "data", home / "config", home / "cache", home / "log")


@pytest.fixture
def context(qapp: QApplication, folders: Folders) -> Iterator[AppContext]:
    """Garbage is collected in this thread alone, as in the program, and at the end of the test."""
    collector = GarbageCollection(qapp, lambda: True)
    made = AppContext(folders)
    yield made
    made.close()
    if next(_TESTS) % _THOROUGH == 0:
        gc.unfreeze()
    gc.collect()
    gc.freeze()  # what is left, PyTorch above all, is not looked through after every test
    collector.end()


@pytest.fixture
def window(qtbot: QtBot, context: AppContext, folders: Folders) -> Iterator[MainWindow]:
    made = MainWindow(context, Settings(folders.config))
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()
    made.deleteLater()


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with a finished comparison of three small contenders; not to be written to."""
    path = tmp_path_factory.mktemp("trained") / "trained.gates"
    spec = small_spec(epochs=3, seeds=2)
    rnn = ContenderSpec(name="RNN", cell="rnn", hidden_size=5)
    whole_history(path, spec.model_copy(update={"contenders": (*spec.contenders, rnn)}))
    return path


@pytest.fixture
def opened(
    window: MainWindow, trained: Path, tmp_path: Path, wait: Callable[[Callable[[], bool]], None]
) -> MainWindow:
    """The window with a copy of that session open."""
    path = tmp_path / "copy.gates"
    shutil.copyfile(trained, path)
    window.open_path(path)
    wait(lambda: window.context.session.history is not None)
    return window


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    """Waits until something is true, 20 seconds at the most."""

    def until(is_true: Callable[[], bool]) -> None:
        qtbot.waitUntil(is_true, timeout=20_000)

    return until

"""Nothing is cut, and the window stays as large as the user made it, whatever fonts and names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history

from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders

Wait = Callable[[Callable[[], bool]], None]
SMALLEST = (1024, 640)
LARGE = 18.0
LONG = (
    "a contender with a very long name that nobody would type by hand",
    "a contender with a very long name that differs only in its end",
)


@pytest.fixture
def large_font(qapp: QApplication) -> Iterator[None]:
    before = QFont(qapp.font())
    font = QFont(before)
    font.setPointSizeF(LARGE)
    qapp.setFont(font)
    yield
    qapp.setFont(before)


@pytest.fixture
def large_window(
    large_font: None, qtbot: QtBot, context: AppContext, folders: Folders
) -> Iterator[MainWindow]:
    del large_font
    made = MainWindow(context, Settings(folders.config))
    with qtbot.waitExposed(made):
        made.show()
    made.resize(*SMALLEST)
    yield made
    made.hide()
    made.deleteLater()


def is_fitting(window: MainWindow, name: str) -> bool:
    page = window.pages[name]
    inside = page.widget()
    return inside.minimumSizeHint().width() <= page.viewport().width()


@pytest.fixture
def long_names(tmp_path: Path) -> Path:
    """A session whose contenders have long names."""
    spec = small_spec(epochs=2, seeds=1)
    contenders = tuple(
        ContenderSpec(name=name, cell=cell, hidden_size=5)
        for name, cell in zip(LONG, ("gru", "lstm"), strict=True)
    )
    path = tmp_path / "long.gates"
    whole_history(path, spec.model_copy(update={"contenders": contenders}))
    return path


def test_with_large_fonts_and_long_names_no_page_is_wider_than_a_small_window(
    large_window: MainWindow, long_names: Path, wait: Wait
) -> None:
    large_window.open_path(long_names)
    context = large_window.context
    wait(lambda: context.session.history is not None and context.planner.is_current)
    for name in large_window.pages:
        large_window.show_page(name)
        wait(lambda: context.jobs.is_idle)
        wait(lambda name=name: is_fitting(large_window, name))  # type: ignore[misc]
        assert (large_window.width(), large_window.height()) == SMALLEST


def test_with_large_fonts_the_window_keeps_its_size_when_training_begins_and_ends(
    large_window: MainWindow, wait: Wait
) -> None:
    session = large_window.context.session
    sizes = set()
    session.progressed.connect(
        lambda _: sizes.add((large_window.minimumSizeHint().width() <= SMALLEST[0],
                             large_window.width(), large_window.height()))
    )  # fmt: skip
    intent = OpenData(small_spec(epochs=40, seeds=2), train=True)
    large_window.context.planner.open(intent)
    large_window.show_page("train")
    wait(lambda: session.is_training)
    wait(lambda: not session.is_training and large_window.context.jobs.is_idle)
    assert sizes == {(True, *SMALLEST)}
    assert (large_window.width(), large_window.height()) == SMALLEST
    bar = large_window.tool_bar
    assert bar.train.isVisible()
    assert bar.train.width() >= bar.train.sizeHint().width()


def test_long_names_leave_most_of_the_width_to_the_gates_on_train(
    window: MainWindow, long_names: Path, wait: Wait
) -> None:
    window.resize(1440, 900)
    window.open_path(long_names)
    wait(lambda: window.context.planner.is_current)
    window.show_page("train")
    page = window.pages["train"]
    assert isinstance(page, TrainPage)
    wait(lambda: page.gates.strips.isVisible() and bool(page.gates.strips.rows))
    strips = page.gates.strips
    wait(lambda: strips.canvas.getPlotItem().getViewBox().width() > strips.width() / 2)
    assert len(set(strips.rows)) == len(strips.rows)  # names that begin alike are told apart

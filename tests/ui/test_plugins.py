"""A cell of a package in the window, and a session whose cell is not installed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from plugins import install_mingru, installed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from running import small_spec, whole_history
from windows import compared, problem

from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    install_mingru(folder)
    return folder


@pytest.fixture(scope="module")
def session(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mingru") / "mingru.gates"
    with installed(site):
        spec = small_spec(epochs=2, seeds=1)
        cell = ContenderSpec(name="minGRU", cell="min-gru", hidden_size=5)
        contenders = (spec.contenders[0], cell)
        whole_history(path, spec.model_copy(update={"contenders": contenders}))
    return path


def open_copy(window: MainWindow, wait: Wait, session: Path, folder: Path) -> None:
    path = folder / "copy.gates"
    shutil.copyfile(session, path)
    window.open_path(path)
    wait(lambda: window.context.session.history is not None)


def gate_columns(window: MainWindow, wait: Wait) -> list[str]:
    """The contenders that the page Gates shows."""
    page = window.pages["gates"]
    assert isinstance(page, GatesPage)
    window.resize(1600, 1000)
    window.show_page("gates")
    wait(lambda: bool(page.body.columns))
    return list(page.body.columns)


def test_a_cell_of_a_package_is_offered_and_its_gates_are_shown(
    window: MainWindow, wait: Wait, site: Path, session: Path, tmp_path: Path
) -> None:
    with installed(site):
        open_copy(window, wait, session, tmp_path)
        page = window.pages["models"]
        assert isinstance(page, ModelsPage)
        window.show_page("models")
        wait(lambda: len(page.cards) == 2)
        box = page.cards[1].cell.field
        assert isinstance(box, QComboBox)
        assert box.currentText() == "minGRU"
        assert gate_columns(window, wait) == ["GRU", "minGRU"]
        gates = window.pages["gates"]
        assert isinstance(gates, GatesPage)
        maps = gates.body.columns["minGRU"].maps
        wait(lambda: maps.shown is not None and gates.is_drawn)
        QTest.keyClick(maps, Qt.Key.Key_Return)
        wait(lambda: gates.inspector.work.is_ready)
        why = gates.body.inspector.panes["minGRU"].missing
        assert why.text().startswith("The cell minGRU comes from a package, and how its gates")
        assert gates.body.inspector.panes["GRU"].rows
        compared(window, wait)
        window.close()


def test_without_its_package_a_session_opens_and_says_what_is_missing(
    window: MainWindow, wait: Wait, session: Path, tmp_path: Path
) -> None:
    open_copy(window, wait, session, tmp_path)
    said = "the cell min-gru is not installed; it came from the package gate-studio-mingru 0.1.0"
    wait(lambda: said in window.tool_bar.saved.text())
    results = compared(window, wait)
    rows = range(results.table.rowCount())
    names = [item.text() for row in rows if (item := results.table.item(row, 0)) is not None]
    assert any("minGRU" in name for name in names)
    assert gate_columns(window, wait) == ["GRU", "minGRU"]
    gates = window.pages["gates"]
    assert isinstance(gates, GatesPage)
    column = gates.body.columns["minGRU"]
    assert column.read_out.text() == "The cell of this network is not installed."
    for page in window.pages:
        window.show_page(page)
    assert problem(window) is None

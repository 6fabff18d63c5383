"""How data is read or generated is changed on the page Data, read again at once, and undone."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from studio.gui.forms.form import Form
from studio.gui.pages.data.data_page import DataPage
from studio.gui.pages.data.reading.source_card import SourceCard
from studio.gui.shell.encoding_dialog import EncodingDialog
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def page_of(window: MainWindow) -> DataPage:
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    return page


def source_of(window: MainWindow) -> SourceCard:
    return page_of(window).dataset.source


def unfolded(window: MainWindow, wait: Wait) -> Form:
    """The settings of reading, opened with the mouse."""
    source = source_of(window)
    wait(lambda: source.form is not None and source.fold.height() > 0)
    QTest.mouseClick(source.fold, Qt.MouseButton.LeftButton)
    assert source.form is not None
    return source.form


def undo(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def size_of(window: MainWindow) -> int:
    dataset = window.context.planner.dataset
    return 0 if dataset is None else len(dataset)


def test_generated_data_is_opened_without_a_file_and_follows_its_settings(
    window: MainWindow, wait: Wait
) -> None:
    start = page_of(window).start
    start.generator.setFocus()
    start.generator.setCurrentText("Adding problem")
    QTest.mouseClick(start.generate, Qt.MouseButton.LeftButton)
    wait(lambda: size_of(window) == 2000 and window.tool_bar.train.isEnabled())
    wait(lambda: source_of(window).form is not None)
    form = source_of(window).form
    assert form is not None
    box = form.editor("examples").field
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, "300")
    QTest.keyClick(box, Qt.Key.Key_Return)
    wait(lambda: size_of(window) == 300)
    undo(window)
    wait(lambda: size_of(window) == 2000)


def test_another_generator_takes_the_place_of_the_first(window: MainWindow, wait: Wait) -> None:
    window.commands.open_generated("adding")
    wait(lambda: source_of(window).form is not None and source_of(window).isVisible())
    generator = source_of(window).generator
    at = generator.findData("reber")
    generator.setCurrentIndex(at)
    generator.activated.emit(at)
    dataset = window.context.planner
    wait(lambda: dataset.dataset is not None and "reber" in dataset.dataset.name)
    assert window.context.draft.spec is not None
    assert window.context.draft.spec.dataset.source == "generated"


def test_a_table_without_header_is_read_again_as_the_user_sets(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("\n".join(f"{n};{n * n % 7}" for n in range(3, 203)), encoding="utf-8")
    window.open_path(path)
    wait(lambda: size_of(window) == 200)
    form = unfolded(window, wait)
    header = form.editor("header").field
    header.setFocus()
    QTest.keyClicks(header, "y")
    wait(lambda: size_of(window) == 199)
    dataset = window.context.planner.dataset
    assert dataset is not None
    assert [column.name for column in dataset.columns] == ["3", "2"]  # the first row names them
    undo(window)
    wait(lambda: size_of(window) == 200)


def test_an_invalid_way_of_reading_is_reported_and_the_data_stays(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("a,b\n" + "\n".join(f"{n},{n % 5}" for n in range(3, 203)), encoding="utf-8")
    window.open_path(path)
    wait(lambda: size_of(window) == 200)
    form = unfolded(window, wait)
    encoding = form.editor("encoding").field
    encoding.setFocus()
    QTest.keyClicks(encoding, "klingon")
    QTest.keyClick(encoding, Qt.Key.Key_Return)
    problem = page_of(window).notice
    wait(problem.isVisible)
    assert "klingon" in problem.text()
    assert size_of(window) == 200
    undo(window)
    wait(lambda: not problem.isVisible())


def test_a_text_of_unknown_encoding_is_asked_about_once_with_how_it_reads(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "cafes.csv"
    rows = "".join(f"кафе номер {n};{n % 2}\n" for n in range(60))
    path.write_bytes(("text;label\n" + rows).encode("cp1251"))
    window.open_path(path)
    wait(lambda: window.findChild(EncodingDialog, "encoding") is not None)
    question = window.findChild(EncodingDialog, "encoding")
    assert question is not None
    assert "кафе" in question.choices["cp1251"].text()
    assert "кафе" not in question.choices["cp1252"].text()
    question.choices["cp1251"].setFocus()
    QTest.keyClick(question.choices["cp1251"], Qt.Key.Key_Space)
    opens = question.buttons.button(QDialogButtonBox.StandardButton.Open)
    QTest.mouseClick(opens, Qt.MouseButton.LeftButton)
    wait(lambda: size_of(window) == 60)
    assert window.context.draft.spec is not None
    dataset = window.context.draft.spec.dataset
    assert dataset.source == "file"
    assert dataset.encoding == "cp1251"

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from dropping import drop
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history
from small_files import parquet_table, text_folder, text_table
from support import shared_file
from tiny import write_temperatures

from studio.gui.context.app_context import AppContext
from studio.gui.pages.data.data_page import DataPage
from studio.gui.pages.data.table_models import ColumnsModel
from studio.gui.shell.main_window import MainWindow
from studio.paths import experiments

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


def data_page(window: MainWindow) -> DataPage:
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    return page


def filled(window: MainWindow, path: Path, wait: Wait) -> DataPage:
    drop(window, path)
    page = data_page(window)
    wait(lambda: window.context.planner.is_current and page.dataset.isVisible())
    wait(lambda: page.dataset.name.text() != "")
    wait(lambda: "training" in page.dataset.task.counts.text())
    return page


@pytest.fixture
def temperatures(tmp_path: Path) -> Path:
    return write_temperatures(tmp_path / "temperatures.csv")


def type_into(field: object, text: str) -> None:
    assert isinstance(field, QLineEdit | QSpinBox | QDoubleSpinBox)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_first_page_offers_to_open_and_a_card_for_each_question(
    window: MainWindow, wait: Wait
) -> None:
    page = data_page(window)
    assert page.start.choose.isVisible()
    wait(lambda: len(page.start.cards) == len(experiments()))
    assert all(card.button.isEnabled() for card in page.start.cards)
    assert all(card.drawing.accessibleName() for card in page.start.cards)


def test_the_place_to_drop_lights_up_while_something_is_dragged_over(
    window: MainWindow, temperatures: Path
) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(temperatures))])
    place = data_page(window).start.drop_place
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), copy, content, LEFT, none))
    assert place.property("over") == "true"
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert place.property("over") == "false"


def test_one_click_on_a_question_trains(window: MainWindow, wait: Wait, qtbot: QtBot) -> None:
    page = data_page(window)
    wait(lambda: len(page.start.cards) == len(experiments()))
    qtbot.mouseClick(page.start.cards[0].button, LEFT)
    wait(lambda: window.context.session.is_training)
    assert window.pages["train"].isVisible()
    window.context.session.stop()
    wait(lambda: not window.context.session.is_training)


def test_a_dropped_series_is_shown_with_rows_parts_and_counts(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    view = filled(window, temperatures, wait).dataset
    assert view.name.text() == "temperatures"
    model = view.preview.model()
    assert model.rowCount() == 160
    assert model.headerData(1, Qt.Orientation.Horizontal) == "temperature"
    plan = window.context.planner.plan
    assert plan is not None
    assert view.task.counts.text().startswith(f"{len(plan.task.training)} training")
    assert [curve.name for curve in view.series.plot.curves] == [
        "temperature",
        "inputs of single examples",
    ]
    assert data_page(window).state == "done"


def to_the_end(page: DataPage, wait: Wait) -> None:
    bar = page.verticalScrollBar()
    wait(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())


def test_data_that_is_opened_is_shown_from_its_top(
    window: MainWindow, temperatures: Path, tmp_path: Path, wait: Wait
) -> None:
    window.resize(1024, 640)
    page = filled(window, temperatures, wait)
    to_the_end(page, wait)
    filled(window, write_temperatures(tmp_path / "others.csv"), wait)
    wait(lambda: page.dataset.name.text() == "others")
    assert page.verticalScrollBar().value() == 0


def test_after_an_example_the_page_begins_at_its_top(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    window.resize(1024, 640)
    page = data_page(window)
    wait(lambda: len(page.start.cards) == len(experiments()))
    last = page.start.cards[-1].button
    to_the_end(page, wait)
    last.setFocus()
    qtbot.mouseClick(last, LEFT)
    wait(lambda: window.context.session.is_training)
    window.context.session.stop()
    wait(lambda: not window.context.session.is_training)
    window.show_page("data")
    wait(lambda: page.dataset.isVisible() and "training" in page.dataset.task.counts.text())
    assert page.verticalScrollBar().value() == 0


def test_the_page_does_not_scroll_when_data_is_read_another_way(
    window: MainWindow, temperatures: Path, wait: Wait, qtbot: QtBot
) -> None:
    window.resize(1024, 640)
    page = filled(window, temperatures, wait)
    source = page.dataset.source
    qtbot.mouseClick(source.fold, LEFT)
    assert source.form is not None
    page.verticalScrollBar().setValue(150)
    before = window.context.planner.dataset
    header = source.form.editor("header").field
    assert isinstance(header, QComboBox)
    header.setFocus()
    QTest.keyClick(header, Qt.Key.Key_Y)  # yes, it has one
    wait(lambda: window.context.planner.is_current and window.context.planner.dataset is not before)
    assert page.verticalScrollBar().value() == 150


def test_a_series_with_missing_days_is_reported_and_resampled_with_one_click(
    window: MainWindow, tmp_path: Path, wait: Wait, qtbot: QtBot
) -> None:
    rows = [f"{np.datetime64('2024-01-01') + day},{day % 7}" for day in range(120) if day != 40]
    path = tmp_path / "load.csv"
    path.write_text("\n".join(["date,load", *rows]) + "\n")
    view = filled(window, path, wait).dataset
    assert "1 of 120 days between the first and the last date is missing" in view.problems.text()
    assert view.resample.text() == "Resample to steps of 1d"
    wait(lambda: view.resample.height() == view.resample.sizeHint().height())  # it is laid out
    qtbot.mouseClick(view.resample, LEFT)
    wait(lambda: len(window.context.planner.dataset or ()) == 120)
    wait(lambda: not view.resample.isVisible())
    assert "1 missing value" in view.problems.text()
    window.context.draft.undo_stack.undo()
    wait(view.resample.isVisible)


def test_escape_leads_from_the_start_back_to_the_dataset(
    window: MainWindow, temperatures: Path, wait: Wait, qtbot: QtBot
) -> None:
    page = filled(window, temperatures, wait)
    window.activateWindow()
    start = next(
        push for push in page.dataset.findChildren(QPushButton) if push.text() == "Start page"
    )
    qtbot.mouseClick(start, LEFT)
    assert page.start.isVisible()
    wait(lambda: QApplication.focusWidget() is not None)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert page.dataset.isVisible()
    assert not page.start.isVisible()


def test_a_window_that_is_typed_changes_the_counts_at_once(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    view = filled(window, temperatures, wait).dataset
    type_into(view.task.form.editor("window").field, "40")
    wait(lambda: "reads 40 steps" in view.task.meaning.text())
    spec = window.context.draft.spec
    assert spec is not None
    assert spec.task.window == 40
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: "reads 16 steps" in view.task.meaning.text())


def test_invalid_settings_are_reported_where_they_are_seen_and_nothing_moves(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    window.resize(1024, 640)
    page = filled(window, temperatures, wait)
    view = page.dataset
    field = view.task.form.editor("window").field
    wait(lambda: window.context.jobs.is_idle)
    QTest.qWait(100)
    page.ensureWidgetVisible(field)
    place = field.mapTo(window, QPoint())
    type_into(field, "500")
    wait(page.notice.isVisible)
    assert "needs at least 502" in page.notice.text()
    assert page.notice.geometry().bottom() <= page.height()
    assert field.mapTo(window, QPoint()) == place
    assert page.state == "failed"
    assert not view.next_button.isEnabled()
    type_into(view.task.form.editor("window").field, "20")
    wait(lambda: not page.notice.isVisible())
    assert view.next_button.isEnabled()


def test_shares_of_the_split_are_typed_in_per_cent(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    view = filled(window, temperatures, wait).dataset
    shares = view.task.form.editor("split")
    boxes = shares.findChildren(QDoubleSpinBox)
    type_into(boxes[0], "50")
    wait(lambda: view.task.counts.text().startswith("72 training"))
    spec = window.context.draft.spec
    assert spec is not None
    assert spec.task.split == (0.5, 0.1, 0.4)
    type_into(boxes[0], "62.5")
    spec = window.context.draft.spec
    assert spec is not None
    assert spec.task.split == (0.625, 0.1, 0.275)


def test_a_role_is_changed_in_place_with_the_keyboard(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    view = filled(window, temperatures, wait).dataset
    table, model = view.columns.table, view.columns.model
    index = model.index(1, ColumnsModel.role_column)
    assert index.data() == "input  ▾"
    table.setFocus()
    table.setCurrentIndex(index)
    QTest.keyClick(table, Qt.Key.Key_F2)
    box = table.findChild(QComboBox)
    assert box is not None
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Return)
    wait(lambda: str(model.index(1, ColumnsModel.role_column).data()).startswith("target"))
    spec = window.context.draft.spec
    assert spec is not None
    assert spec.task.target == ("weekday",), "a choice replaces the guess"


def test_the_last_column_to_predict_cannot_be_taken_away(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    view = filled(window, temperatures, wait).dataset
    before = window.context.draft.spec
    view.columns.model.setData(view.columns.model.index(0, ColumnsModel.role_column), "ignored")
    assert view.columns.refusal.isVisible()
    assert window.context.draft.spec == before


def test_examples_show_classes_lengths_and_sequences(window: MainWindow, wait: Wait) -> None:
    view = filled(window, shared_file("classification/JapaneseVowels_TRAIN.ts"), wait).dataset
    assert "7 to 29 steps" in view.kind.text()
    assert view.classes.isVisible()
    assert view.lengths.isVisible()
    assert view.samples.isVisible()
    assert not view.series.isVisible()
    assert "370 test" in view.task.counts.text()
    assert "came with the data" in view.task.meaning.text()
    assert not view.task.form.editor("window").isVisible()


def test_the_shown_example_is_the_one_that_training_reads(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    view = filled(window, temperatures, wait).dataset
    plan = window.context.planner.plan
    assert plan is not None
    type_into(view.example.number, "7")
    drawn = {curve.name: curve.y for curve in view.example.plot.curves}
    names = plan.task.preprocessing.input_names
    sequence = plan.task.training.sequence(6)
    for at, name in enumerate(names):
        assert drawn[name] == pytest.approx(sequence[:, at])


def test_next_leads_to_the_models(
    window: MainWindow, temperatures: Path, wait: Wait, qtbot: QtBot
) -> None:
    view = filled(window, temperatures, wait).dataset
    qtbot.mouseClick(view.next_button, LEFT)
    assert window.pages["models"].isVisible()


def test_other_data_leads_back_to_the_questions_and_the_dataset_stays(
    window: MainWindow, temperatures: Path, wait: Wait
) -> None:
    page = filled(window, temperatures, wait)
    page.dataset.show_start.emit()
    assert page.start.isVisible()
    assert page.start.back_button.text() == "Back to temperatures"
    assert "temperatures.csv" in [path.name for path in page.recent_paths()]
    page.start.back_button.click()
    assert page.dataset.isVisible()


def test_an_unnamed_session_of_an_earlier_start_is_offered_and_can_be_deleted(
    qtbot: QtBot, wait: Wait, context: AppContext, window: MainWindow
) -> None:
    folder = context.session.untitled_folder
    folder.mkdir(parents=True)
    left = folder / "adding 2026-01-02 03-04-05.gates"
    left.write_bytes(b"")
    page = data_page(window)
    page.mark_stale()
    wait(page.start.unnamed.isVisible)
    page.start.delete_unnamed.emit(left)
    question = page.findChild(QMessageBox, "deleteSession")
    assert question is not None
    remove = next(button for button in question.buttons() if button.text() == "Delete")
    qtbot.mouseClick(remove, LEFT)
    wait(lambda: not left.exists() and not page.start.unnamed.isVisible())


@pytest.mark.parametrize("size", [(1024, 640), (1440, 900)])
def test_nothing_is_wider_than_the_page(
    window: MainWindow, temperatures: Path, wait: Wait, size: tuple[int, int]
) -> None:
    window.resize(*size)
    page = filled(window, temperatures, wait)
    assert page.widget().width() <= page.viewport().width()
    assert page.widget().minimumSizeHint().width() <= page.viewport().width()


def test_an_unnamed_session_is_opened_with_its_data(
    window: MainWindow, context: AppContext, wait: Wait, qtbot: QtBot
) -> None:
    context.session.untitled_folder.mkdir(parents=True)
    left = context.session.untitled_folder / "adding 2026-01-02 03-04-05.gates"
    whole_history(left, small_spec(epochs=1, seeds=1))
    page = data_page(window)
    page.mark_stale()
    wait(page.start.unnamed.isVisible)
    opens = next(push for push in page.start.findChildren(QPushButton) if push.text() == "Open")
    qtbot.mouseClick(opens, LEFT)
    wait(lambda: context.session.history is not None and context.planner.dataset is not None)
    window.show_page("data")
    wait(page.dataset.isVisible)
    wait(lambda: page.dataset.name.text() == "adding")
    assert context.planner.dataset is not None
    assert len(context.planner.dataset) == 120


def test_texts_are_shown_in_letters_with_their_classes(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    table = tmp_path / "names.tsv"
    pairs = [("Ito", "Japanese"), ("Abe", "Japanese"), ("Rossi", "Italian"), ("Bianchi", "Italian")]
    lines = [f"{name}{end}\t{kind}" for end in "abcdefghij" for name, kind in pairs]
    table.write_text("name\tlanguage\n" + "\n".join(lines) + "\n", encoding="utf-8")
    page = filled(window, table, wait)
    shown = {text.text() for text in page.dataset.texts.findChildren(QLabel)}
    assert {"Japanese", "Italian", "Itoa"} <= shown
    assert not page.dataset.series.isVisible()
    assert page.dataset.task.form.editor("vocabulary").isVisible()
    form = page.dataset.task.form
    assert not form.editor("scaling").isVisible()  # letters have no scale
    assert form.editor("symbols").isVisible()


def test_a_dataset_with_groups_offers_to_keep_each_together(window: MainWindow, wait: Wait) -> None:
    window.open_path(experiments()["wearable"])
    page = data_page(window)
    wait(lambda: "training" in page.dataset.task.counts.text())
    box = page.dataset.task.form.editor("group").field
    assert isinstance(box, QComboBox)
    assert box.currentText() == "keep each subject together"
    assert not page.dataset.task.form.editor("vocabulary").isVisible()
    QTest.keyClick(box, Qt.Key.Key_Up)
    spec = window.context.draft.spec
    assert spec is not None
    assert spec.task.group == "none"


def test_a_folder_of_classes_is_opened_from_the_menu(
    window: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = text_folder(tmp_path)
    # the system's own dialog cannot be driven; what it returns is given here
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    file = window.menuBar().actions()[0].menu()
    assert isinstance(file, QMenu)
    next(action for action in file.actions() if "folder" in action.text()).trigger()
    page = data_page(window)
    wait(lambda: "training" in page.dataset.task.counts.text())
    dataset = window.context.planner.dataset
    assert dataset is not None
    assert dataset.name == folder.name


def test_no_example_is_shown_of_data_that_cannot_be_prepared(
    window: MainWindow, wait: Wait, temperatures: Path
) -> None:
    page = filled(window, temperatures, wait)
    wait(page.dataset.example.isVisible)
    spec = window.context.draft.spec
    assert spec is not None
    task = spec.task.model_copy(update={"window": 100_000})
    window.context.draft.edit(spec.model_copy(update={"task": task}), "window")
    wait(page.notice.isVisible)
    assert not page.dataset.example.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait(page.dataset.example.isVisible)


def test_few_examples_are_proposed_folds_which_one_click_divides_into_and_undo_takes_back(
    window: MainWindow, qtbot: QtBot, wait: Wait, tmp_path: Path
) -> None:
    page = filled(window, parquet_table(tmp_path), wait)
    assert not page.dataset.task.divide.isVisible()  # one long series is no set of examples
    page = filled(window, text_table(tmp_path), wait)
    task = page.dataset.task
    wait(lambda: "a single split has too small" in task.advice.text())
    qtbot.waitUntil(lambda: task.divide.height() > 0)
    QTest.mouseClick(task.divide, LEFT)
    spec = window.context.draft.spec
    assert spec is not None
    assert (spec.task.folds, spec.task.repeats) == (5, 3)
    wait(lambda: window.context.planner.is_current and not task.divide.isVisible())
    assert not window.context.planner.problem
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait(task.divide.isVisible)


def test_reading_a_large_file_can_be_given_up_and_leaves_what_was_open(
    window: MainWindow, wait: Wait, temperatures: Path, tmp_path: Path
) -> None:
    filled(window, temperatures, wait)
    large = tmp_path / "large.csv"
    with large.open("w", encoding="utf-8") as file:
        file.write("a,b,c\n")
        rows = "".join(f"{at},{at / 7:.6f},{at / 11:.6f}\n" for at in range(100_000))
        for _ in range(40):
            file.write(rows)
    drop(window, large)
    cancel = window.tool_bar.give_up
    wait(cancel.isVisible)
    assert "%" in window.tool_bar.busy.text()
    QTest.mouseClick(cancel, LEFT)
    wait(lambda: not cancel.isVisible() and window.context.jobs.is_idle)
    assert window.context.planner.dataset is not None
    assert window.context.planner.dataset.name == "temperatures"
    assert not [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def test_an_example_of_many_channels_is_a_map_of_them(window: MainWindow, wait: Wait) -> None:
    window.open_path(experiments()["speech"])
    page = data_page(window)
    wait(lambda: "training" in page.dataset.task.counts.text())
    card = page.dataset.example
    wait(lambda: card.map is not None and card.map.isVisibleTo(page))
    assert card.map is not None
    assert not card.plot.isVisibleTo(page)
    task = window.context.planner.plan
    assert task is not None
    rows = card.map.table()
    assert len(rows[0]) == 1 + len(task.task.preprocessing.input_names)
    assert len(rows) == 1 + len(task.task.training.sequence(0))

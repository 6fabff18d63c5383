import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from running import small_spec
from tiny import write_temperatures
from windows import problem

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.context.settings import ThemeChoice
from studio.gui.forms.form import Form
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.pages.models.training_card import TrainingCard
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(window: MainWindow, wait: Wait, tmp_path: Path) -> ModelsPage:
    window.open_path(write_temperatures(tmp_path / "temperatures.csv"))
    wait(lambda: window.context.planner.is_current)
    window.show_page("models")
    made = window.pages["models"]
    assert isinstance(made, ModelsPage)
    wait(lambda: len(made.cards) == 2 and made.cards[0].table.rowCount() == 3)
    return made


def draft(page: ModelsPage) -> ComparisonSpec:
    spec = page.context.draft.spec
    assert spec is not None
    return spec


def training(page: ModelsPage) -> TrainingCard:
    assert page.training is not None
    return page.training


def type_into(field: object, text: str) -> None:
    assert isinstance(field, QLineEdit | QSpinBox)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def parameters(page: ModelsPage, at: int) -> int:
    item = page.cards[at].table.item(1, 2)
    assert item is not None
    return int(item.text().replace(",", ""))


def test_without_a_dataset_the_page_names_the_one_action(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("models")
    page = window.pages["models"]
    assert isinstance(page, ModelsPage)
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.action, LEFT)
    assert window.pages["data"].isVisible()


def test_a_gru_and_an_lstm_stand_side_by_side_from_the_start(page: ModelsPage) -> None:
    assert [card.name.editor("name").value() for card in page.cards] == ["GRU", "LSTM"]
    assert (parameters(page, 0), parameters(page, 1)) == (3 * 32 * 36, 4 * 32 * 36)
    assert "LSTM +33 % parameters, +33 % compute" in page.difference.text()
    assert "Update gate z: near 1 the old state is kept" in page.cards[0].note.text()


def test_sizes_follow_every_keystroke_and_undo_takes_back_the_whole_figure(
    page: ModelsPage, window: MainWindow, wait: Wait
) -> None:
    box = page.cards[0].form.editor("hidden_size").field
    type_into(box, "64")
    assert draft(page).contenders[0].hidden_size == 64
    assert parameters(page, 0) == 3 * 64 * (2 + 64 + 2)
    window.activateWindow()
    wait(lambda: QApplication.focusWidget() is not None)
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    wait(lambda: draft(page).contenders[0].hidden_size == 32)
    assert page.cards[0].form.editor("hidden_size").value() == 32


def test_edits_of_two_fields_are_taken_back_one_by_one(
    page: ModelsPage, window: MainWindow, wait: Wait
) -> None:
    form = page.cards[0].form
    type_into(form.editor("hidden_size").field, "64")
    dropout = form.editor("dropout").field
    type_into(dropout, "0.2")
    QTest.keyClick(dropout, Qt.Key.Key_Return)
    window.activateWindow()
    wait(lambda: QApplication.focusWidget() is not None)
    assert page.context.draft.undo_stack.undoText() == "dropout of GRU"
    QTest.keyClick(dropout, Qt.Key.Key_Z, CONTROL)
    wait(lambda: draft(page).contenders[0].dropout == 0)
    assert draft(page).contenders[0].hidden_size == 64
    QTest.keyClick(dropout, Qt.Key.Key_Z, CONTROL)
    wait(lambda: draft(page).contenders[0].hidden_size == 32)


def test_two_contenders_added_at_once_are_two_edits(page: ModelsPage, qtbot: QtBot) -> None:
    for _ in range(2):
        qtbot.mouseClick(page.add, LEFT)
    page.context.draft.undo_stack.undo()
    assert len(draft(page).contenders) == 3


def test_a_swap_is_one_click_and_keeps_everything_else(page: ModelsPage, qtbot: QtBot) -> None:
    type_into(page.cards[0].form.editor("hidden_size").field, "48")
    qtbot.mouseClick(page.cards[0].swap, LEFT)
    first = draft(page).contenders[0]
    assert (first.cell, first.hidden_size, first.name) == ("lstm", 48, "LSTM 2")
    assert page.cards[0].swap.text() == "Swap to GRU"


def test_contenders_are_added_duplicated_and_removed_but_the_last_stays(
    page: ModelsPage, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.add, LEFT)
    assert [contender.name for contender in draft(page).contenders] == ["GRU", "LSTM", "RNN"]
    qtbot.mouseClick(page.cards[0].copy, LEFT)
    assert [contender.name for contender in draft(page).contenders] == [
        "GRU",
        "GRU 2",
        "LSTM",
        "RNN",
    ]
    for _ in range(3):
        qtbot.mouseClick(page.cards[-1].remove, LEFT)
    assert len(page.cards) == 1
    assert not page.cards[0].remove.isEnabled()


def test_a_cell_without_gates_shows_its_nonlinearity_and_no_bias(page: ModelsPage) -> None:
    box = page.cards[1].cell.field
    assert isinstance(box, QComboBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_R)
    QTest.keyClick(box, Qt.Key.Key_Return)
    if draft(page).contenders[1].cell != "rnn":
        box.activated.emit(box.currentIndex())
    assert draft(page).contenders[1].cell == "rnn"
    form = page.cards[1].form
    assert form.editor("nonlinearity").isVisible()
    assert not form.editor("forget_bias").isVisible()


def test_a_figure_out_of_range_is_not_trained_by_its_beginning_and_is_no_edit_to_undo(
    page: ModelsPage, window: MainWindow, wait: Wait
) -> None:
    type_into(page.cards[0].form.editor("dropout").field, "0.2")
    box = page.cards[0].form.editor("hidden_size").field
    type_into(box, "99999")
    assert draft(page).contenders[0].hidden_size == 32
    assert parameters(page, 0) == 3 * 32 * 36
    window.commands.train()
    assert not window.context.session.is_busy
    shown = problem(window)
    assert shown is not None
    assert "Hidden size of GRU: must be at most 8,192" in shown.informativeText()
    shown.close()
    window.activateWindow()
    wait(lambda: QApplication.focusWidget() is not None)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert page.cards[0].form.problem("hidden_size") == ""
    assert page.cards[0].form.editor("hidden_size").value() == 32
    assert draft(page).contenders[0].dropout == 0.2
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    wait(lambda: draft(page).contenders[0].dropout == 0)


def test_a_name_that_is_taken_is_told_with_its_field(page: ModelsPage, window: MainWindow) -> None:
    line = page.cards[1].name.editor("name").field
    type_into(line, "gru")
    window.commands.train()  # which takes what is half typed
    shown = problem(window)
    assert shown is not None
    assert "Name of LSTM: another contender has this name" in shown.informativeText()


@pytest.mark.parametrize("before", ["LSTM", "mine"])
def test_an_emptied_name_is_that_of_the_cell_again(page: ModelsPage, before: str) -> None:
    editor = page.cards[1].name.editor("name")
    type_into(editor.field, before)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert draft(page).contenders[1].name == before
    editor.field.selectAll()
    QTest.keyClick(editor.field, Qt.Key.Key_Delete)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert (draft(page).contenders[1].name, editor.value()) == ("LSTM", "LSTM")


def test_two_contenders_cannot_have_one_name(page: ModelsPage) -> None:
    line = page.cards[1].name.editor("name").field
    type_into(line, "gru")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert page.cards[1].name.problem("name") == "another contender has this name"
    assert draft(page).contenders[1].name == "LSTM"
    type_into(line, "mine")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert draft(page).contenders[1].name == "mine"
    assert page.cards[1].name.problem("name") == ""


def test_a_fair_match_solves_the_other_sizes_and_leaves_the_draft(
    page: ModelsPage, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.match._buttons["parameters"], LEFT)
    editor = page.cards[1].form.editor("hidden_size")
    assert not editor.isEnabled()
    assert editor.value() == 27
    assert draft(page).contenders[1].hidden_size == 32
    qtbot.mouseClick(page.match._buttons["hidden"], LEFT)
    assert editor.isEnabled()
    assert editor.value() == 32


def test_an_invalid_learning_rate_is_an_error_at_its_field_and_changes_nothing(
    page: ModelsPage,
) -> None:
    form = training(page).main
    line = form.editor("lr").field
    type_into(line, "fast")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert form.problem("lr") == "is not a number"
    assert draft(page).training.lr == 0.003


def test_unequal_sizes_under_the_same_hidden_size_are_noted_and_equalised_with_one_click(
    page: ModelsPage, qtbot: QtBot
) -> None:
    form = page.cards[0].form
    assert not page.unequal.isVisible()
    type_into(form.editor("hidden_size").field, "48")
    type_into(form.editor("num_layers").field, "2")
    assert page.unequal.isVisible()
    assert page.unequal.text() == (
        "Not the same hidden size and number of layers: GRU 48 × 2 layers, LSTM 32. "
        "The verdict will compare networks of different sizes."
    )
    assert page.cards[1].unequal.text() == "Differs in size from GRU (48 × 2 layers)."
    assert page.cards[1].unequal.isVisible()
    assert not page.cards[0].unequal.isVisible()
    qtbot.mouseClick(page.match._buttons["parameters"], LEFT)
    assert not page.unequal.isVisible()
    assert not page.cards[1].unequal.isVisible()
    qtbot.mouseClick(page.match._buttons["hidden"], LEFT)
    qtbot.mouseClick(page.equalise, LEFT)
    second = draft(page).contenders[1]
    assert (second.cell, second.hidden_size, second.num_layers) == ("lstm", 48, 2)
    assert not page.unequal.isVisible()
    assert page.context.draft.undo_stack.undoText() == "equal sizes"
    page.context.draft.undo_stack.undo()
    assert page.unequal.isVisible()


def test_no_field_moves_below_the_pointer_when_a_warning_comes(page: ModelsPage) -> None:
    page.window().resize(1024, 640)
    QTest.qWait(50)
    form = page.cards[0].form
    hidden, layers = form.editor("hidden_size").field, form.editor("num_layers").field
    places = [field.mapTo(page, QPoint()) for field in (hidden, layers)]
    type_into(hidden, "48")
    QTest.qWait(50)
    assert page.unequal.isVisible()
    assert [field.mapTo(page, QPoint()) for field in (hidden, layers)] == places
    type_into(form.editor("dropout").field, "7")
    place = page.add.mapTo(page, QPoint())
    page.add.setFocus()  # as a click does, before the button is released
    QTest.qWait(50)
    assert form.problem("dropout")
    assert page.add.mapTo(page, QPoint()) == place


def test_a_match_by_time_leaves_the_sizes_to_the_user(page: ModelsPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.match._buttons["time"], LEFT)
    editor = page.cards[1].form.editor("hidden_size")
    assert editor.isEnabled()
    type_into(editor.field, "64")
    assert draft(page).contenders[1].hidden_size == 64


def test_a_start_that_is_refused_stays_on_the_page(
    page: ModelsPage, window: MainWindow, qtbot: QtBot
) -> None:
    field = page.cards[0].form.editor("dropout").field
    type_into(field, "1.5")
    qtbot.mouseClick(page.train, LEFT)
    told = window.findChild(QMessageBox, "problem")
    assert told is not None
    told.close()
    assert page.isVisible()
    assert not window.context.session.is_training


def edge_colors(field: QWidget) -> set[str]:
    """The colours of the field's frame on its left, as they are drawn."""
    image = field.grab().toImage()
    middle = image.height() // 2
    return {image.pixelColor(at, middle).name() for at in range(4)}


def is_red(color: str) -> bool:
    red, green, blue, _ = QColor(color).getRgb()
    return red > 1.5 * max(green, blue)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_wrong_field_has_a_red_frame_in_both_themes(
    page: ModelsPage, window: MainWindow, theme: ThemeChoice
) -> None:
    window._themes.choose(theme)
    field = page.cards[1].form.editor("dropout").field
    assert not any(map(is_red, edge_colors(field)))
    type_into(field, "1.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.clearFocus()
    assert any(map(is_red, edge_colors(field)))
    window._themes.choose("system")


def test_a_wrong_setting_names_its_contender_and_is_marked_and_brought_into_sight(
    page: ModelsPage, window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1024, 640)
    field = page.cards[1].form.editor("dropout").field
    type_into(field, "1.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.clearFocus()
    assert any(map(is_red, edge_colors(field)))
    assert not any(map(is_red, edge_colors(page.cards[0].form.editor("dropout").field)))
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    qtbot.mouseClick(window.tool_bar.train, LEFT)
    told = window.findChild(QMessageBox, "problem")
    assert told is not None
    assert "Dropout of LSTM: must be less than 1" in told.informativeText()
    told.close()
    assert page.viewport().rect().contains(field.mapTo(page.viewport(), field.rect().center()))
    type_into(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.clearFocus()
    assert not any(map(is_red, edge_colors(field)))


def test_a_wrong_setting_that_is_folded_away_is_unfolded(
    page: ModelsPage, window: MainWindow, qtbot: QtBot
) -> None:
    card = training(page)
    qtbot.mouseClick(card.fold, LEFT)
    field = card.more.editor("weight_decay").field
    type_into(field, "-1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.mouseClick(card.fold, LEFT)
    assert not field.isVisible()
    qtbot.mouseClick(window.tool_bar.train, LEFT)
    told = window.findChild(QMessageBox, "problem")
    assert told is not None
    told.close()
    assert field.isVisible()
    assert page.viewport().rect().contains(field.mapTo(page.viewport(), field.rect().center()))


def test_the_plan_counts_its_steps_while_typing(page: ModelsPage) -> None:
    type_into(training(page).main.editor("seeds").field, "5")
    assert "2 contenders × 5 seeds × 20 epochs" in page.outlook.text()
    assert "5 seeds can detect differences" in page.detectable.text()
    assert "a common rule of thumb picks the GRU" in page.advice.text()


def test_more_settings_unfold_and_momentum_belongs_to_sgd(page: ModelsPage, qtbot: QtBot) -> None:
    card = training(page)
    assert not card.folded.isVisible()
    qtbot.mouseClick(card.fold, LEFT)
    assert card.machine.editor("threads").isVisible()
    assert not card.more.editor("momentum").isVisible()
    spec = draft(page)
    sgd = spec.training.model_copy(update={"optimizer": "sgd"})
    page.context.draft.edit(spec.model_copy(update={"training": sgd}), "optimiser")
    assert card.more.editor("momentum").isVisible()


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_columns_of_all_settings_stand_below_each_other(
    page: ModelsPage, window: MainWindow, qtbot: QtBot, width: int
) -> None:
    window.resize(width, 900)
    card = training(page)
    qtbot.mouseClick(card.fold, LEFT)
    QTest.qWait(50)

    def left(form: Form, field: str) -> tuple[int, int]:
        editor = form.editor(field)
        return editor.mapTo(card, editor.rect().topLeft()).x(), editor.width()

    first = left(card.main, "epochs")
    assert {left(card.more, "steps"), left(card.verdict, "margin")} == {first}
    assert left(card.machine, "device") == first
    assert (
        left(card.more, "patience") == left(card.machine, "engine") == left(card.main, "batch_size")
    )
    check, beside = (card.machine.editor(field) for field in ("deterministic", "precision"))
    if width > 1200:
        assert check.geometry().center().y() == beside.geometry().center().y()


def test_a_few_steps_are_timed_and_the_expected_time_is_shown(page: ModelsPage, wait: Wait) -> None:
    machine = draft(page).machine.model_copy(update={"threads": 1, "device": "cpu"})
    page.context.draft.edit(draft(page).model_copy(update={"machine": machine}), "machine")
    wait(lambda: "measured on this machine" in page.outlook.text())
    assert re.search(r"About [\d.]+ (s|min) of training", page.outlook.text())


def test_train_starts_what_was_typed_last(
    window: MainWindow, page: ModelsPage, wait: Wait, qtbot: QtBot
) -> None:
    window.context.planner.open(OpenData(small_spec(epochs=2, seeds=1)))
    wait(lambda: draft(page).training.epochs == 2)
    wait(lambda: window.context.planner.is_current)
    type_into(training(page).main.editor("epochs").field, "3")
    qtbot.mouseClick(page.train, LEFT)
    wait(
        lambda: (
            window.context.session.history is not None
            and window.context.session.history.is_complete
        )
    )
    history = window.context.session.history
    assert history is not None
    assert history.spec.training.epochs == 3
    assert window.pages["train"].isVisible()
    window.show_page("models")
    assert "new comparison beside" in page.new_comparison.text()


def test_every_control_is_reached_with_the_tab_key(
    page: ModelsPage, window: MainWindow, wait: Wait
) -> None:
    window.activateWindow()
    page.cards[0].name.editor("name").field.setFocus()
    wait(lambda: QApplication.focusWidget() is not None)
    seen = []
    for _ in range(60):
        widget = QApplication.focusWidget()
        if widget is None:
            break
        seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    wanted = [
        page.cards[0].swap,
        page.cards[0].form.editor("hidden_size").field,
        page.cards[1].form.editor("forget_bias").field,
        training(page).main.editor("epochs").field,
        page.train,
    ]
    places = [seen.index(widget) for widget in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("size", [(1024, 640), (1440, 900)])
def test_nothing_is_wider_than_the_page(
    window: MainWindow, page: ModelsPage, size: tuple[int, int]
) -> None:
    window.resize(*size)
    QTest.qWait(50)
    assert page.widget().minimumSizeHint().width() <= page.viewport().width()


def test_each_contender_gets_the_largest_size_that_fits_a_device(page: ModelsPage) -> None:
    before = [contender.hidden_size for contender in draft(page).contenders]
    page.device.profile.setCurrentIndex(page.device.profile.findData("cortex-m0plus"))
    QTest.mouseClick(page.device.fit, LEFT)
    sizes = [contender.hidden_size for contender in draft(page).contenders]
    assert sizes[0] > sizes[1]  # a GRU of as many bytes has more units
    assert sizes != before
    assert all(f"{size:,} units, the most that fit" in page.device.told.text() for size in sizes)
    page.context.draft.undo_stack.undo()
    assert [contender.hidden_size for contender in draft(page).contenders] == before


def test_sizes_that_a_match_sets_are_not_fitted_to_a_device(page: ModelsPage, wait: Wait) -> None:
    page.context.draft.edit(draft(page).model_copy(update={"match": "parameters"}), "match")
    wait(lambda: page.context.planner.is_current and page.device.fit.isEnabled())
    before = draft(page)
    QTest.mouseClick(page.device.fit, LEFT)
    assert draft(page) == before
    assert "the match" in page.device.told.text()

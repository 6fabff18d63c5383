"""A convolutional network through the window: Models, Train, Gates, Compare, Export."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSpinBox
from running import small_spec
from windows import compared

from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
NO_GATES = "A convolutional network has no gates."
LEFT = Qt.MouseButton.LeftButton


def open_spec(window: MainWindow, wait: Wait, spec: ComparisonSpec) -> None:
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.plan is not None)


def train(window: MainWindow, wait: Wait) -> None:
    wait(window.tool_bar.train.isEnabled)
    QTest.mouseClick(window.tool_bar.train, LEFT)
    session = window.context.session
    wait(lambda: session.history is not None and session.history.is_complete)
    wait(lambda: not session.is_training)


def models(window: MainWindow) -> ModelsPage:
    page = window.pages["models"]
    assert isinstance(page, ModelsPage)
    window.show_page("models")
    return page


def gates(window: MainWindow) -> GatesPage:
    page = window.pages["gates"]
    assert isinstance(page, GatesPage)
    window.resize(1600, 1000)
    window.show_page("gates")
    return page


def choose_tcn(page: ModelsPage, at: int) -> None:
    box = page.cards[at].cell.field
    assert isinstance(box, QComboBox)
    box.setFocus()
    for _ in range(box.count()):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "TCN"


def test_a_convolutional_network_goes_through_every_page(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    open_spec(window, wait, small_spec(epochs=3))
    page = models(window)
    wait(lambda: len(page.cards) == 2 and page.cards[1].table.rowCount() > 3)
    choose_tcn(page, 1)
    spec = window.context.draft.spec
    assert spec is not None
    assert [contender.name for contender in spec.contenders] == ["GRU", "TCN"]
    train(window, wait)

    trained = window.pages["train"]
    assert isinstance(trained, TrainPage)
    window.show_page("train")
    wait(lambda: {curve.name for curve in trained.losses.plot.curves} == {"GRU", "TCN"})
    wait(lambda: bool(trained.gates.strips.rows))
    assert not any("TCN" in row for row in trained.gates.strips.rows)
    assert NO_GATES in trained.gates.words.text()

    looked = gates(window)
    wait(lambda: looked.body.columns["GRU"].maps.shown is not None)
    column = looked.body.columns["TCN"]
    assert column.read_out.text() == NO_GATES
    assert not column.maps.isVisible()
    wait(lambda: column.width() * 3 < looked.body.columns["GRU"].width())
    assert looked.problem.text() == ""

    results = compared(window, wait)
    rows = {results.table.item(row, 0).text() for row in range(results.table.rowCount())}
    assert {"GRU", "TCN"} <= rows

    export = window.pages["export"]
    assert isinstance(export, ExportPage)
    window.show_page("export")
    assert export.cards["trace"].button.isEnabled()
    QTest.keyClick(export.contender, Qt.Key.Key_Down)
    assert export.contender.currentText() == "TCN"
    wait(lambda: not export.cards["trace"].button.isEnabled())
    assert export.cards["trace"].result.text() == NO_GATES
    export.export("safetensors", tmp_path / "tcn.safetensors")
    card = export.cards["safetensors"]
    wait(lambda: not card.is_waiting)
    assert "largest difference" in card.check.text()
    QTest.keyClick(export.contender, Qt.Key.Key_Up)
    wait(export.cards["trace"].button.isEnabled)
    assert export.cards["trace"].result.text() == ""


def test_its_form_has_channels_levels_and_a_kernel_and_shows_the_receptive_field(
    window: MainWindow, wait: Wait
) -> None:
    open_spec(window, wait, small_spec())
    page = models(window)
    wait(lambda: len(page.cards) == 2)
    choose_tcn(page, 1)
    card = page.cards[1]
    names = {field: card.form.editor(field).field.accessibleName() for field in card.form.fields}
    assert (names["hidden_size"], names["num_layers"]) == ("Channels", "Levels")
    channels = card.form.editor("hidden_size").field
    assert isinstance(channels, QSpinBox)
    assert channels.suffix() == " channels"
    shown = {field for field in card.form.fields if card.form.editor(field).isVisible()}
    assert shown == {"hidden_size", "num_layers", "kernel_size", "dropout", "pooling"}
    wait(
        lambda: card.receptive_field.text() == "Receptive field: 13 steps; sequences have up to 8."
    )
    kernel = card.form.editor("kernel_size")
    kernel.setFocus()
    QTest.keyClicks(kernel.field, "2")
    QTest.keyClick(kernel.field, Qt.Key.Key_Return)
    text = "Receptive field: 7 steps, shorter than the sequences (8). 3 levels would see all."
    wait(lambda: card.receptive_field.text() == text)
    assert card.receptive_field.property("tone") == "warning"
    gru = page.cards[0]
    assert gru.form.editor("hidden_size").field.accessibleName() == "Hidden size"
    assert not gru.form.editor("kernel_size").isVisible()
    assert not gru.receptive_field.isVisible()


@pytest.mark.parametrize("is_trained", [False, True], ids=["planned", "trained"])
def test_where_no_contender_has_gates_the_page_says_so_and_draws_no_empty_panel(
    window: MainWindow, wait: Wait, *, is_trained: bool
) -> None:
    tcn = ContenderSpec(name="TCN", cell="tcn", hidden_size=4)
    open_spec(window, wait, small_spec(epochs=1).model_copy(update={"contenders": (tcn,)}))
    if is_trained:
        train(window, wait)
    page = gates(window)
    wait(lambda: page.problem.text() == NO_GATES)
    assert page.body.columns["TCN"].read_out.text() == NO_GATES
    for card in (page.body.saturation, page.body.half_life, page.body.gradient_norms):
        assert not card.isVisible()
    if is_trained:
        window.show_page("train")
        shown = window.pages["train"]
        assert isinstance(shown, TrainPage)
        wait(lambda: shown.gates.none.text.text() == NO_GATES)

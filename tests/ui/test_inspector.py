"""The cell inspector in a real window, with mouse and keys."""

from collections.abc import Callable

import numpy as np
import pytest
from pyqtgraph import PlotWidget
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from studio.core.inspection.edits import Clamp, Place
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.gates.heat_map import GateMaps
from studio.gui.pages.gates.inspector.contender_pane import ContenderPane
from studio.gui.pages.gates.inspector.inspector_card import InspectorCard
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


class Opened:
    """The page Gates with the inspector open on the GRU."""

    def __init__(self, window: MainWindow, wait: Wait) -> None:
        page = window.pages["gates"]
        assert isinstance(page, GatesPage)
        self.page, self.wait = page, wait
        window.resize(1440, 900)
        window.show_page("gates")
        wait(lambda: bool(page.body.columns) and self.maps("RNN").shown is not None)
        wait(lambda: page.is_drawn)
        self.maps("GRU").setFocus()
        QTest.keyClick(self.maps("GRU"), Qt.Key.Key_Return)
        wait(lambda: bool(page.inspector.work.cells))

    def maps(self, name: str) -> GateMaps:
        return self.page.body.columns[name].maps

    @property
    def card(self) -> InspectorCard:
        return self.page.body.inspector

    def pane(self, name: str = "GRU") -> ContenderPane:
        return self.card.panes[name]

    def inputs(self) -> np.ndarray:
        shown = self.maps("GRU").shown
        assert shown is not None
        return shown.inputs

    def press(self, key: Qt.Key, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.maps("GRU"), key)

    def place(self, name: str = "GRU") -> tuple[int, int]:
        cursor = self.maps(name).cursor_place
        assert cursor is not None
        return cursor.step, cursor.unit

    def is_changed(self, name: str = "GRU") -> bool:
        work = self.page.inspector.work
        return work.courses[name] is not work.cells[name].course

    def hold(self, gate: int, value: str, *, everywhere: bool) -> None:
        """Types a value for a gate of the GRU."""
        row = self.pane().rows[gate]
        QTest.mouseClick(row.value, LEFT)
        QTest.keyClicks(row.editor.value, value)
        if everywhere:
            QTest.mouseClick(row.editor.always, LEFT)
        else:
            QTest.keyClick(row.editor.value, Qt.Key.Key_Return)
        self.wait(self.is_changed)


@pytest.fixture
def inspector(opened: MainWindow, wait: Wait) -> Opened:
    return Opened(opened, wait)


def test_the_inspector_shows_every_contender_at_one_step_with_the_values_of_the_maps(
    inspector: Opened,
) -> None:
    step, _ = inspector.place()
    assert inspector.card.place.text() == f"Step {step} of 7"
    gates = {name: len(pane.rows) for name, pane in inspector.card.panes.items()}
    assert gates == {"GRU": 3, "LSTM": 4, "RNN": 1}
    assert inspector.pane("LSTM").updates[0][0].text() == "c' = f * c + i * g"
    _, unit = inspector.place()
    shown = inspector.maps("GRU").shown
    assert shown is not None
    for panel, row in zip(shown.panels, inspector.pane().rows, strict=False):
        value = float(row.value.shown.replace("−", "-"))
        assert value == pytest.approx(float(panel.values[step, unit]), abs=6e-4)


def test_the_keys_walk_through_steps_and_units_and_unfold_the_terms_of_a_gate(
    inspector: Opened,
) -> None:
    step, _ = inspector.place()
    inspector.press(Qt.Key.Key_Right)
    assert inspector.card.place.text() == f"Step {step + 1} of 7"
    row = inspector.pane().rows[0]
    row.value.setFocus()
    inspector.press(Qt.Key.Key_Left, row.value)
    inspector.press(Qt.Key.Key_Down, row.value)
    assert inspector.place()[0] == step
    assert inspector.pane().heading.text() == f"GRU, unit {inspector.place()[1]}"
    row = inspector.pane().rows[1]
    row.unfold.setFocus()
    QTest.keyClick(row.unfold, Qt.Key.Key_Space)
    assert {line.name for line in row.inputs.lines} == {"number", "mark"}
    assert {line.name for line in row.hidden.lines} == {f"unit {unit}" for unit in range(5)}


def test_a_value_typed_for_a_gate_is_held_at_this_step(inspector: Opened) -> None:
    step, unit = inspector.place()
    before = inspector.page.inspector.work.cells["GRU"].course
    inspector.hold(1, "0.9", everywhere=False)
    (clamp,) = inspector.page.inspector.work.edits["GRU"].clamps
    assert clamp == Clamp(Place("l0", unit), "update", 0.9, step)
    assert inspector.pane().rows[1].value.shown == "0.900"
    shown = inspector.maps("GRU").shown
    assert shown is not None
    assert shown.panels[1].values[step, unit] == pytest.approx(0.9)
    earlier = before.values("l0", "h")[:step]
    assert np.allclose(earlier, shown.panels[3].values[:step], atol=1e-6)
    assert "the loss " in inspector.pane().change.text()
    names = [curve.name for curve in inspector.pane().path.curves]
    assert names == ["h before", "h"]


def test_a_value_can_be_held_at_all_steps_and_computed_again(inspector: Opened) -> None:
    inspector.hold(1, "1", everywhere=True)
    _, unit = inspector.place()
    shown = inspector.maps("GRU").shown
    assert shown is not None
    assert np.all(shown.panels[1].values[:, unit] == 1.0)
    assert not shown.panels[3].values[:, unit].any()  # the zero state is kept
    QTest.mouseClick(inspector.pane().rows[1].editor.release, LEFT)
    inspector.wait(lambda: not inspector.is_changed())
    assert not inspector.pane().change.isVisible()


def test_a_silenced_unit_is_zero_and_reset_undoes_it(inspector: Opened) -> None:
    column = inspector.page.body.columns["GRU"]
    predicted = column.predicts.text()
    assert predicted.startswith("Predicts ")
    assert "; the truth is " in predicted
    QTest.mouseClick(inspector.pane().silence, LEFT)
    row = inspector.pane().rows[0]
    row.held.emit("reset", 0.5, True)  # noqa: FBT003 - a signal; before the first is computed
    work = inspector.page.inspector.work
    inspector.wait(lambda: bool(work.edits_shown("GRU").clamps))
    assert work.edits_shown("GRU").silenced
    shown = inspector.maps("GRU").shown
    assert shown is not None
    assert not shown.panels[3].values[:, inspector.place()[1]].any()
    assert inspector.pane().updates[0][1].text() == "h' = 0, as the unit is silenced"
    assert column.predicts.text() != predicted
    QTest.mouseClick(inspector.card.undo, LEFT)
    inspector.wait(lambda: not inspector.is_changed())
    assert column.predicts.text() == predicted
    assert not inspector.card.undo.isEnabled()


def test_an_input_drawn_with_the_mouse_or_typed_is_read_by_all_contenders(
    inspector: Opened,
) -> None:
    curve = inspector.card.curve
    inspector.page.ensureWidgetVisible(curve)
    canvas: PlotWidget = curve.canvas
    height = curve.item.viewRange()[1][1]
    before = inspector.card.value.value()

    def at(step: float) -> QPoint:
        view = curve.item.getViewBox()
        return canvas.mapFromScene(view.mapViewToScene(QPointF(step, 0.9 * height)))

    port = canvas.viewport()
    QTest.mousePress(port, LEFT, pos=at(1))
    for place in (2.0, 3.0, 4.0, 5.0):
        QTest.mouseMove(port, at(place))
        inspector.wait(lambda: True)
    QTest.mouseRelease(port, LEFT, pos=at(5))
    inspector.wait(lambda: all(map(inspector.is_changed, ("GRU", "LSTM", "RNN"))))
    for name in ("GRU", "LSTM", "RNN"):
        shown = inspector.maps(name).shown
        assert shown is not None
        assert shown.inputs[3, 0] == pytest.approx(0.9 * height, rel=0.1)
        assert inspector.pane(name).change.text().startswith("The prediction")
    assert inspector.card.value.value() != before
    assert [drawn.name for drawn in curve.curves] == ["before", "input"]
    field, step = inspector.card.value, inspector.place()[0]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    inspector.wait(lambda: abs(inspector.inputs()[step, 0] - 0.25) < 1e-6)


def test_closing_the_inspector_drops_what_was_changed(inspector: Opened) -> None:
    shown = inspector.maps("GRU").shown
    assert shown is not None
    before = shown.panels[1].values
    inspector.hold(1, "0.9", everywhere=True)
    inspector.press(Qt.Key.Key_Escape, inspector.pane().rows[0].value)
    assert not inspector.card.isVisible()
    shown = inspector.maps("GRU").shown
    assert shown is not None
    assert np.array_equal(shown.panels[1].values, before)


def test_another_layer_or_example_is_inspected_in_place(inspector: Opened) -> None:
    controls = inspector.page.controls
    first = inspector.pane().rows[0].numbers.text()
    controls.layer.setCurrentIndex(1)
    inspector.wait(lambda: inspector.pane().rows[0].numbers.text() != first)
    assert not inspector.pane("RNN").rows or not inspector.pane("RNN").path.isVisible()
    second = inspector.pane().rows[0].numbers.text()
    QTest.mouseClick(controls.after, LEFT)
    inspector.wait(lambda: inspector.pane().rows[0].numbers.text() != second)
    assert inspector.card.isVisible()

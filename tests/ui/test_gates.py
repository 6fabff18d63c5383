from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pyqtgraph import InfiniteLine
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from running import small_spec

from studio.core.specs.comparison_spec import (
    ContenderSpec,
    FileDataset,
    GeneratedDataset,
    TaskSpec,
)
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.gates.heat_map import GateMaps
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.plots import saving
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def page_of(window: MainWindow) -> GatesPage:
    page = window.pages["gates"]
    assert isinstance(page, GatesPage)
    return page


def gates(window: MainWindow, wait: Wait) -> GatesPage:
    """The page once all gates are drawn."""
    page = page_of(window)
    window.resize(1600, 1000)
    window.show_page("gates")
    wait(
        lambda: (
            bool(page.body.columns)
            and all(maps(page, name).shown for name in page.body.columns)
            and page.is_drawn
        )
    )
    return page


def maps(page: GatesPage, name: str) -> GateMaps:
    return page.body.columns[name].maps


def test_without_data_the_page_names_the_one_action_that_fills_it(window: MainWindow) -> None:
    window.show_page("gates")
    page = page_of(window)
    assert page.empty.isVisible()
    QTest.mouseClick(page.empty.action, Qt.MouseButton.LeftButton)
    assert window.pages["data"].isVisible()


def test_every_contender_has_its_own_column_with_its_own_input(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    assert list(page.body.columns) == ["GRU", "LSTM", "RNN"]
    shown = {name: maps(page, name).shown for name in page.body.columns}
    first = shown["GRU"]
    assert first is not None
    assert [panel.name for panel in first.panels] == ["reset", "update", "new", "h"]
    for each in shown.values():
        assert each is not None
        assert np.array_equal(each.inputs, first.inputs)


def test_the_arrow_keys_move_one_cursor_through_all_columns(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    before = maps(page, "LSTM").cursor_place
    assert before is not None
    maps(page, "GRU").setFocus()
    QTest.keyClick(maps(page, "GRU"), Qt.Key.Key_Right)
    for name in page.body.columns:
        place = maps(page, name).cursor_place
        assert place is not None
        assert place.step == before.step + 1
        assert f"step {place.step}, unit" in page.body.columns[name].read_out.text()


def test_the_arrow_keys_go_from_one_map_into_the_next(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    gru = maps(page, "GRU")
    for _ in range(40):
        QTest.keyClick(gru, Qt.Key.Key_Up)
    assert gru.cursor_place is not None
    assert gru.cursor_place.panel == "reset"
    for _ in range(5):
        QTest.keyClick(gru, Qt.Key.Key_Down)
    assert gru.cursor_place.panel == "update"


def test_a_click_fixes_the_cursor_and_fills_the_equations(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    lstm = maps(page, "LSTM")
    assert not page.body.inspector.isVisible()
    view = lstm.canvas.viewport()
    place = QPoint(view.width() * 2 // 3, view.height() // 2)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    wait(lambda: bool(page.inspector.work.cells))
    fixed = lstm.cursor_place
    assert fixed is not None
    pane = page.body.inspector.panes["LSTM"]
    assert pane.heading.text() == f"LSTM, unit {fixed.unit}"
    assert pane.rows[0].numbers.text().startswith("i = σ(")
    QTest.mouseMove(view, QPoint(view.width() // 2, view.height() // 3))
    QApplication.processEvents()
    assert lstm.cursor_place == fixed
    QTest.keyClick(lstm, Qt.Key.Key_Escape)
    assert not page.body.inspector.isVisible()


def test_the_epoch_slider_shows_the_network_before_training(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    wait(lambda: page.controls.slider.maximum() > 0)
    trained = maps(page, "GRU").shown
    page.controls.slider.setFocus()
    QTest.keyClick(page.controls.slider, Qt.Key.Key_Home)
    assert page.controls.epoch_words.text() == "0, untrained"
    wait(lambda: "untrained" in page.body.columns["GRU"].heading.text())
    untrained = maps(page, "GRU").shown
    assert trained is not None
    assert untrained is not None
    assert not np.array_equal(trained.panels[0].values, untrained.panels[0].values)


def test_of_choices_in_quick_succession_the_newest_wins(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    for _ in range(9):
        QTest.mouseClick(page.controls.after, Qt.MouseButton.LeftButton)
    wait(lambda: page.gates_work.seen is not None and page.gates_work.seen.selection.index == 9)
    wait(lambda: not page.gates_work.is_busy)
    assert page.gates_work.seen is not None
    assert page.gates_work.seen.selection == page.controls.selection


def test_gradient_norms_can_be_shown_before_and_after_training(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    trained = {curve.name: curve.y for curve in page.body.gradient_norms.plot.curves}
    page.body.gradient_norms.moment.show_choice("start")
    page.body.gradient_norms.moment.chosen.emit("start")
    start = {curve.name: curve.y for curve in page.body.gradient_norms.plot.curves}
    assert trained.keys() == start.keys() == {"GRU", "LSTM", "RNN"}
    assert not np.allclose(trained["GRU"], start["GRU"])


def test_a_cell_without_gates_stands_in_no_saturation_plot(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    assert [points.name for points in page.body.saturation.plot.points] == ["GRU", "LSTM"]
    assert page.body.saturation.plot.table()[0] == [
        "name",
        "point",
        "share below 0.1",
        "share above 0.9",
    ]


def test_in_a_narrow_window_columns_become_tabs(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    opened.resize(900, 640)
    wait(lambda: sum(column.isVisible() for column in page.body.columns.values()) < 3)
    assert page.body.chooser.isVisible()
    page.body.chooser.show_choice("RNN")
    page.body.chooser.chosen.emit("RNN")
    assert page.body.columns["RNN"].isVisible()


def test_networks_can_be_inspected_before_any_training(window: MainWindow, wait: Wait) -> None:
    window.context.planner.open(OpenData(small_spec()))
    wait(lambda: window.context.planner.plan is not None)
    page = gates(window, wait)
    assert "untrained" in page.body.columns["GRU"].heading.text()
    assert page.body.gradient_norms.plot.curves


def test_another_theme_redraws_the_maps_where_they_were(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    QTest.keyClick(maps(page, "GRU"), Qt.Key.Key_End)
    before = maps(page, "GRU").cursor_place
    opened._themes.choose("dark")
    assert maps(page, "GRU").cursor_place == before
    opened._themes.choose("light")


def test_while_training_any_stored_epoch_of_any_example_can_be_inspected(
    window: MainWindow, wait: Wait
) -> None:
    spec = small_spec(epochs=100_000, seeds=1)
    window.context.planner.open(OpenData(spec))
    wait(window.tool_bar.train.isEnabled)
    window.commands.train()
    page = gates(window, wait)
    wait(lambda: "Live" in page.problem.text())
    kept = page.controls.follow.findChildren(QPushButton)[1]
    QTest.mouseClick(kept, Qt.MouseButton.LeftButton)
    wait(lambda: page.controls.slider.isVisible() and page.controls.slider.maximum() > 0)
    page.controls.slider.setValue(0)
    wait(lambda: "untrained" in page.body.columns["GRU"].heading.text())
    assert window.context.session.is_training
    window.context.session.stop()
    wait(lambda: not window.context.session.is_training)


def test_all_contenders_show_the_pinned_example_also_one_that_stopped_early(
    window: MainWindow, wait: Wait
) -> None:
    spec = small_spec(epochs=100_000, seeds=1, patience=30)
    slow, wild = spec.contenders
    contenders = (
        slow.model_copy(update={"lr": 1e-6, "dropout": 0.0}),  # gets better for long
        wild.model_copy(update={"lr": 30.0}),  # never gets better
    )
    window.context.planner.open(OpenData(spec.model_copy(update={"contenders": contenders})))
    wait(window.tool_bar.train.isEnabled)
    window.commands.train()
    session = window.context.session
    wait(
        lambda: (
            session.progress is not None
            and [lane.progress.status for lane in session.progress.lanes] == ["running", "early"]
        )
    )
    page = gates(window, wait)
    train = window.pages["train"]
    assert isinstance(train, TrainPage)
    train.gates.pin.click()
    plan = window.context.planner.plan
    assert plan is not None
    pinned = plan.task.parts["validation"].sequence(1)

    def drawn() -> list[bool]:
        columns = page.body.columns.values()
        inputs = [c.maps.shown.inputs for c in columns if c.maps.shown is not None]
        return [len(shown) == len(pinned) and np.allclose(shown, units) for shown in inputs]

    units = plan.task.preprocessing.input_scaler.undo(pinned)
    wait(lambda: drawn() == [True, True])
    assert page.controls.number.value() == 1
    window.show_page("train")
    wait(lambda: train.gates.heading.text() == "Gates of example 1")
    wait(lambda: "(LSTM)" in train.gates.words.text())
    session.stop()
    wait(lambda: not session.is_training)


def test_after_a_live_phase_the_example_is_the_one_that_was_chosen_before(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    controls = page.controls
    controls.part.show_choice("test")
    controls.part.chosen.emit("test")
    controls.number.setValue(3)
    wait(lambda: opened.context.jobs.is_idle)
    controls.show_parts({"validation": 12}, only="validation")
    assert (controls.part.choice, controls.number.value()) != ("test", 3)
    controls.show_parts({"training": 84, "validation": 12, "test": 24})
    assert (controls.part.choice, controls.number.value()) == ("test", 3)


def test_what_the_columns_have_in_common_stands_at_one_height(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    columns = list(page.body.columns.values())
    page.body.columns["LSTM"].set_heading("LSTM, a heading so long that it needs two or more lines")
    page.body._arrange()

    def heights(of: str) -> set[int]:
        parts = [getattr(column, of) for column in columns]
        return {part.mapTo(page.body, QPoint(0, 0)).y() for part in parts}

    wait(lambda: len(heights("maps")) == 1)
    assert len(heights("bars")) == 1
    assert len({column.maps.height() for column in columns}) == 1


def test_the_text_beside_an_example_names_its_class(window: MainWindow, wait: Wait) -> None:
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    spec = small_spec().model_copy(update={"dataset": data, "task": TaskSpec()})
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.plan is not None)
    plan = window.context.planner.plan
    assert plan is not None
    names, tested = plan.task.preprocessing.class_names, plan.task.test.targets_in_units
    page = gates(window, wait)
    wait(lambda: bool(page.controls.targets_in_units.text()))
    assert page.controls.targets_in_units.text() == f"class {names[int(tested[0])]}"


def test_the_cursor_s_mark_is_dark_and_light_so_that_it_is_seen_on_any_colour(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    gru = maps(page, "GRU")
    assert gru.shown is not None
    assert gru.cursor_place is not None
    at = QPointF(gru.cursor_place.step, gru.shown.row_of(gru.cursor_place.unit))
    view = gru.canvas.view(gru.cursor_place.panel)
    middle = gru.canvas.mapFromScene(view.mapViewToScene(at))
    picture = gru.canvas.grab().toImage()
    across = [
        picture.pixelColor(middle.x() + away, middle.y()).lightness() for away in range(-16, -2)
    ]
    assert min(across) < 60
    assert max(across) > 240


def test_the_name_of_a_line_does_not_lie_below_the_legend(opened: MainWindow, wait: Wait) -> None:
    plot = gates(opened, wait).body.half_life.plot
    QApplication.processEvents()
    plot.canvas.grab()
    line = next(item for item in plot.item.items if isinstance(item, InfiniteLine))
    legend = plot.legend.mapRectToScene(plot.legend.boundingRect())
    assert line.label.isVisible()
    assert not line.label.mapRectToScene(line.label.boundingRect()).intersects(legend)


def test_a_relu_network_is_explained_with_relu(window: MainWindow, wait: Wait) -> None:
    spec = small_spec()
    relu = ContenderSpec(name="relu", cell="rnn", nonlinearity="relu", hidden_size=4)
    window.context.planner.open(OpenData(spec.model_copy(update={"contenders": (relu,)})))
    page = gates(window, wait)
    canvas = maps(page, "relu").canvas.viewport()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    wait(lambda: bool(page.inspector.work.cells))
    (row,) = page.body.inspector.panes["relu"].rows
    assert row.equation.text().startswith("h' = relu(")


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_examples_of_one_to_three_steps_are_shown(
    window: MainWindow, tmp_path: Path, wait: Wait, steps: int
) -> None:
    """A smallest range larger than the axis made the window hang."""
    path = tmp_path / "short.csv"
    names = [f"s{step}" for step in range(steps + 2)]
    rows = "".join(",".join("1.5" for _ in names) + f",{'ab'[row % 2]}\n" for row in range(60))
    path.write_text(",".join([*names, "label"]) + "\n" + rows)
    spec = small_spec(epochs=1, seeds=1)
    task = TaskSpec(features=tuple(names[:steps]))
    dataset = FileDataset(path=str(path))
    window.context.planner.open(
        OpenData(spec.model_copy(update={"dataset": dataset, "task": task}))
    )
    wait(window.tool_bar.train.isEnabled)
    page = gates(window, wait)
    shown = maps(page, "GRU").shown
    assert shown is not None
    assert len(shown.inputs) == steps


def test_a_heat_map_has_the_menu_of_every_picture(
    opened: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = gates(opened, wait)
    gru = maps(page, "GRU")
    actions = {action.text(): action for action in gru.actions()}
    plot = {action.text() for action in page.body.saturation.plot.actions()}
    assert set(actions) == plot
    actions["Copy data"].trigger()
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    shown = gru.shown
    assert shown is not None
    assert head.startswith("step,input 1,")
    assert len(rows) == len(shown.inputs)
    panel = next(panel for panel in shown.panels if panel.name == "update")
    at = head.split(",").index("update 2")
    assert float(rows[3].split(",")[at]) == pytest.approx(float(panel.values[3, 2]), rel=1e-6)
    monkeypatch.setattr(saving, "ask_plot_path", lambda *_: tmp_path / "gates.png")
    for text, scale in (("Save picture…", 1), ("Save picture at 4x…", 4)):
        actions[text].trigger()
        picture = QImage(str(tmp_path / "gates.png"))
        assert picture.width() == scale * gru.canvas.width()
    monkeypatch.setattr(saving, "ask_plot_path", lambda *_: tmp_path / "gates.svg")
    actions["Save picture…"].trigger()
    assert "<svg" in (tmp_path / "gates.svg").read_text(encoding="utf-8")
    zoomed = gru.canvas.view("update").viewRect().width()
    gru.canvas.view("update").setXRange(2, 5, padding=0)
    assert gru.canvas.view("update").viewRect().width() < zoomed
    actions["Reset zoom"].trigger()
    assert gru.canvas.view("update").viewRect().width() == pytest.approx(zoomed)

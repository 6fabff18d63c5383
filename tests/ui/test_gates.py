from collections.abc import Callable

import numpy as np
from pyqtgraph import InfiniteLine
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from running import small_spec

from studio.core.spec import ContenderSpec, GeneratedDataset, TaskSpec
from studio.gui.main_window import MainWindow
from studio.gui.pages.gates_page import GatesPage
from studio.gui.plots.heat_map import GateMaps

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
            bool(page.body.columns) and all(maps(page, name).shown for name in page.body.columns)
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
    assert not page.body.unit.isVisible()
    view = lstm.canvas.viewport()
    place = QPoint(view.width() * 2 // 3, view.height() // 2)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    wait(page.body.unit.isVisible)
    fixed = lstm.cursor_place
    assert page.body.unit.heading.text().startswith("LSTM, unit")
    assert page.body.unit.equations[0][1].text().startswith("i = σ(")
    QTest.mouseMove(view, QPoint(view.width() // 2, view.height() // 3))
    QApplication.processEvents()
    assert lstm.cursor_place == fixed
    QTest.keyClick(lstm, Qt.Key.Key_Escape)
    assert not page.body.unit.isVisible()


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
    wait(lambda: page.work.seen is not None and page.work.seen.selection.index == 9)
    wait(lambda: not page.work.is_busy)
    assert page.work.seen is not None
    assert page.work.seen.selection == page.controls.selection


def test_gradients_of_the_start_and_of_the_trained_networks_can_be_told_apart(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    trained = {curve.name: curve.y for curve in page.body.reach.plot.curves}
    page.body.reach.moment.show_choice("start")
    page.body.reach.moment.chosen.emit("start")
    start = {curve.name: curve.y for curve in page.body.reach.plot.curves}
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


def test_networks_can_be_looked_into_before_any_training(window: MainWindow, wait: Wait) -> None:
    window.desk.planner.open(small_spec())
    wait(lambda: window.desk.planner.plan is not None)
    page = gates(window, wait)
    assert "untrained" in page.body.columns["GRU"].heading.text()
    assert page.body.reach.plot.curves


def test_another_theme_redraws_the_maps_where_they_were(opened: MainWindow, wait: Wait) -> None:
    page = gates(opened, wait)
    QTest.keyClick(maps(page, "GRU"), Qt.Key.Key_End)
    before = maps(page, "GRU").cursor_place
    opened._appearance.choose("dark")
    assert maps(page, "GRU").cursor_place == before
    opened._appearance.choose("light")


def test_while_training_any_kept_epoch_of_any_example_can_be_seen(
    window: MainWindow, wait: Wait
) -> None:
    spec = small_spec(epochs=100_000, seeds=1)
    window.desk.planner.open(spec)
    wait(window.tool_bar.train.isEnabled)
    window.tool_bar.start()
    page = gates(window, wait)
    wait(lambda: "Live" in page.problem.text())
    kept = page.controls.follow.findChildren(QPushButton)[1]
    QTest.mouseClick(kept, Qt.MouseButton.LeftButton)
    wait(lambda: page.controls.slider.isVisible() and page.controls.slider.maximum() > 0)
    page.controls.slider.setValue(0)
    wait(lambda: "untrained" in page.body.columns["GRU"].heading.text())
    assert window.desk.work.is_training
    window.desk.work.stop()
    wait(lambda: not window.desk.work.is_training)


def test_after_a_live_phase_the_example_is_the_one_that_was_chosen_before(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    controls = page.controls
    controls.part.show_choice("test")
    controls.part.chosen.emit("test")
    controls.number.setValue(3)
    wait(lambda: opened.desk.waiting.is_idle)
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


def test_what_stands_beside_an_example_says_that_it_is_its_class(
    window: MainWindow, wait: Wait
) -> None:
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    spec = small_spec().model_copy(update={"dataset": data, "task": TaskSpec()})
    window.desk.planner.open(spec)
    wait(lambda: window.desk.planner.plan is not None)
    plan = window.desk.planner.plan
    assert plan is not None
    names, tested = plan.task.preparation.class_names, plan.task.test.truth
    page = gates(window, wait)
    wait(lambda: bool(page.controls.truth.text()))
    assert page.controls.truth.text() == f"class {names[int(tested[0])]}"


def test_the_cursor_s_mark_is_dark_and_light_so_that_it_is_seen_on_any_colour(
    opened: MainWindow, wait: Wait
) -> None:
    page = gates(opened, wait)
    gru = maps(page, "GRU")
    assert gru.shown is not None
    assert gru.cursor_place is not None
    at = QPointF(gru.cursor_place.step, gru.shown.row_of(gru.cursor_place.unit))
    view = gru.canvas._plots[gru.cursor_place.panel].getViewBox()
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
    line = next(each for each in plot.item.items if isinstance(each, InfiniteLine))
    legend = plot.legend.mapRectToScene(plot.legend.boundingRect())
    assert line.label.isVisible()
    assert not line.label.mapRectToScene(line.label.boundingRect()).intersects(legend)


def test_a_relu_network_is_explained_with_relu(window: MainWindow, wait: Wait) -> None:
    spec = small_spec()
    relu = ContenderSpec(name="relu", cell="rnn", nonlinearity="relu", hidden_size=4)
    window.desk.planner.open(spec.model_copy(update={"contenders": (relu,)}))
    page = gates(window, wait)
    canvas = maps(page, "relu").canvas.viewport()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    wait(page.body.unit.isVisible)
    assert page.body.unit.equations[0][0].text().startswith("h' = relu(")

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history

from studio.core.events import RunId
from studio.core.spec import ComparisonSpec, FileDataset, GeneratedDataset, TaskSpec
from studio.gui.main_window import MainWindow
from studio.gui.pages.compare_page import ComparePage
from studio.gui.pages.models_page import ModelsPage
from studio.gui.widgets.small_table import SmallTable
from studio.paths import experiments

Wait = Callable[[Callable[[], bool]], None]


def compared(window: MainWindow, wait: Wait) -> ComparePage:
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.show_page("compare")
    wait(lambda: page.results is not None and page.table.rowCount() > 0)
    return page


def column(page: ComparePage, name: str) -> int:
    return page.runs.model.table.columns.index(name)


def test_without_results_the_page_names_the_one_action(window: MainWindow) -> None:
    window.show_page("compare")
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    QTest.mouseClick(page.empty.action, Qt.MouseButton.LeftButton)
    assert window.pages["models"].isVisible()


def test_the_article_s_table_comes_first_and_marks_the_baselines(
    opened: MainWindow, wait: Wait
) -> None:
    page = compared(opened, wait)
    names = [page.table.item(row, 0).text() for row in range(page.table.rowCount())]
    assert names[:3] == ["GRU", "LSTM", "RNN"]
    assert all(name.endswith("(baseline)") for name in names[3:])
    assert "2 of 2 seeds complete" in page.progress.text()


def test_the_table_can_be_copied_as_markdown(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    QTest.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("| Model | Parameters |")


def test_each_pair_has_its_verdicts_and_its_differences(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    assert page.pair.count() == 3
    QTest.keyClick(page.pair, Qt.Key.Key_Down)
    assert page.pair.currentText() == "GRU and RNN"
    assert "GRU" in page.verdicts[2].findings.text()
    assert "RNN" in page.verdicts[2].findings.text()
    rows = page.differences.table()
    assert rows[0][1].startswith("GRU − RNN")
    assert [row[0] for row in rows[1:]] == ["1", "2", "mean", "low", "high", "margin"]


def test_speed_tells_what_the_engine_does_not_do_alike(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    spec = small_spec(epochs=6, seeds=2)
    machine = spec.machine.model_copy(update={"engine": "torch"})
    whole_history(tmp_path / "torch.gates", spec.model_copy(update={"machine": machine}))
    window.open_path(tmp_path / "torch.gates")
    page = compared(window, wait)
    assert "fused kernel" in page.verdicts[1].basis.text()


def test_the_fused_engine_is_named_beside_its_times_and_treats_all_cells_alike(
    opened: MainWindow, wait: Wait
) -> None:
    basis = compared(opened, wait).verdicts[1].basis.text()
    assert "engine fused" in basis
    assert "chains" not in basis


def test_contenders_are_placed_by_any_two_quantities(opened: MainWindow, wait: Wait) -> None:
    placing = compared(opened, wait).placing
    assert placing.plot.y_label.startswith("test RMSE")
    for choice, key in ((placing.across, "parameters"), (placing.up, "training memory")):
        choice.setFocus()
        choice.setCurrentText(key)
    assert placing.plot.x_label == "parameters"
    assert placing.plot.y_label == "training memory, MB"
    assert [points.name for points in placing.plot.points] == ["GRU", "LSTM", "RNN"]
    assert placing.plot.front == ("RNN",)  # one block of gates: the smallest in both


def test_runs_are_filtered_by_words_and_sorted_by_values(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    QTest.keyClicks(page.runs.filter, "lstm")
    assert page.runs.rows.rowCount() == 2
    page.runs.filter.clear()
    assert page.runs.rows.rowCount() == 6
    page.runs.view.sortByColumn(column(page, "parameters"), Qt.SortOrder.DescendingOrder)
    assert page.runs.rows.index(0, 0).data() == "LSTM"


def test_columns_that_do_not_differ_can_be_hidden(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    engine = column(page, "engine")
    assert page.runs.view.isColumnHidden(engine)
    QTest.mouseClick(page.runs.only_differing, Qt.MouseButton.LeftButton)
    assert not page.runs.view.isColumnHidden(engine)
    page.runs.copy_csv()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].startswith("contender,seed,status")
    assert len(copied) == 7


def test_a_note_is_written_into_the_session(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    view, note = page.runs.view, column(page, "note")
    index = page.runs.rows.index(1, note)
    view.setCurrentIndex(index)
    view.edit(index)
    editor = view.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "a strange run")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait(lambda: page.runs.rows.index(1, note).data() == "a strange run")
    workspace = opened.desk.work.workspace
    assert workspace is not None
    notes = workspace.ask(lambda session: session.notes(1)).result()
    assert [(each.run, each.text) for each in notes] == [(RunId("GRU", 2), "a strange run")]


def test_the_page_is_marked_done_once_every_run_has_ended(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    assert page.state == "done"


def test_the_answers_of_any_contender_and_seed_stand_beside_the_truth(
    opened: MainWindow, wait: Wait
) -> None:
    page = compared(opened, wait)
    card = page.answers
    history = opened.desk.work.history
    assert history is not None
    assert [card.seed.itemText(at) for at in range(card.seed.count())] == ["1", "2"]
    assert history.preparation.class_names is None
    first = card.values.table()
    assert {row[0] for row in first[1:]} == {"truth", "GRU", "LSTM", "RNN"}
    QTest.keyClick(card.seed, Qt.Key.Key_Down)
    assert card.values.table() != first


def test_curves_of_another_session_are_drawn_beside_these(
    opened: MainWindow, wait: Wait, trained: Path
) -> None:
    page = compared(opened, wait)
    page.overlays.add(trained)
    wait(lambda: len(page.curves.plot.curves) == 6)
    names = [curve.name for curve in page.curves.plot.curves]
    assert names == ["GRU", "LSTM", "RNN", "GRU, trained", "LSTM, trained", "RNN, trained"]
    QTest.mouseClick(page.curves.clear, Qt.MouseButton.LeftButton)
    assert len(page.curves.plot.curves) == 3


def test_a_session_with_another_loss_is_refused_with_the_reason(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    spec = small_spec(epochs=1, seeds=1)
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    other = spec.model_copy(update={"dataset": data, "task": TaskSpec()})
    whole_history(tmp_path / "other.gates", other)
    page = compared(opened, wait)
    page.overlays.add(tmp_path / "other.gates")
    wait(lambda: opened.findChild(QMessageBox, "problem") is not None)
    box = opened.findChild(QMessageBox, "problem")
    assert box is not None
    assert "trained with another loss: cross-entropy, not mse" in box.informativeText()
    assert len(page.curves.plot.curves) == 3


def with_size(spec: ComparisonSpec, examples: int) -> ComparisonSpec:
    data = spec.dataset
    assert isinstance(data, GeneratedDataset)
    parameters = {**data.parameters, "examples": examples}
    return spec.model_copy(update={"dataset": data.model_copy(update={"parameters": parameters})})


def test_curves_of_another_session_count_their_own_training_examples(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    small = whole_history(tmp_path / "small.gates", with_size(small_spec(epochs=2, seeds=1), 60))
    page = compared(opened, wait)
    page.overlays.add(tmp_path / "small.gates")
    wait(lambda: len(page.curves.plot.curves) == 5)
    button = next(
        each for each in page.curves.x_axis.findChildren(QPushButton) if each.text() == "examples"
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    history = opened.desk.work.history
    assert history is not None
    ends = {curve.name: curve.x[-1] for curve in page.curves.plot.curves}
    assert ends["GRU"] == 3 * history.part_sizes["training"]
    assert ends["GRU, small"] == 2 * small.part_sizes["training"] != ends["GRU"]


def test_curves_of_another_session_go_when_a_comparison_with_another_loss_is_shown(
    opened: MainWindow, wait: Wait, trained: Path
) -> None:
    page = compared(opened, wait)
    page.overlays.add(trained)
    wait(lambda: len(page.curves.plot.curves) == 6)
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    spec = small_spec(epochs=1, seeds=1).model_copy(update={"dataset": data, "task": TaskSpec()})
    planner = opened.desk.planner
    wait(lambda: opened.desk.waiting.is_idle)
    planner.open(spec)
    wait(lambda: planner.plan is not None and planner.plan.spec.dataset.generator == data.generator)
    wait(opened.tool_bar.train.isEnabled)
    QTest.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: opened.desk.work.comparison != 1)
    opened.show_page("compare")
    wait(lambda: [each.name for each in page.curves.plot.curves] == ["GRU", "LSTM"])
    assert not page.curves.clear.isVisible()
    wait(lambda: not opened.desk.work.is_training)


def dated_series(path: Path) -> Path:
    days = np.arange("2024-01-01", "2024-07-01", dtype="datetime64[D]")
    rows = (f"{day},{math.sin(at / 7):.5f}" for at, day in enumerate(days))
    path.write_text("\n".join(["day,level", *rows, ""]), encoding="utf-8")
    return path


def test_answers_of_a_series_with_dates_stand_at_their_dates(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    data = FileDataset(path=str(dated_series(tmp_path / "waves.csv")))
    spec = small_spec(epochs=1, seeds=1).model_copy(update={"dataset": data, "task": TaskSpec()})
    window.desk.planner.open(spec)
    wait(lambda: window.desk.planner.is_current and window.tool_bar.train.isEnabled())
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    page = compared(window, wait)
    plot = page.answers.values
    wait(lambda: plot.x_label == "time")
    truth = next(curve for curve in plot.curves if curve.name == "truth")
    axis = plot.item.getAxis("bottom")
    assert axis.tickStrings([truth.x[-1]], 1, 1) == ["2024"]
    assert truth.x[-1] == 181, "the last day of June is forecast last"


def test_smoothed_curves_keep_their_values_behind_them(opened: MainWindow, wait: Wait) -> None:
    curves = compared(opened, wait).curves
    raw = [curve.y.tolist() for curve in curves.plot.curves]
    curves.smooth.click()
    behind = [row for row in curves.plot.table() if ", run 1" in row[0]]
    assert [float(row[2]) for row in behind] == pytest.approx([y for each in raw for y in each])


def chosen_rows(page: ComparePage, *rows: int) -> None:
    """Clicks rows of the table, all but the first with Ctrl held."""
    view = page.runs.view
    page.ensureWidgetVisible(view)
    for number, row in enumerate(rows):
        keys = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        place = view.visualRect(page.runs.rows.index(row, column(page, "test RMSE"))).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def test_runs_are_grouped_with_their_means_and_deviations(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    page.runs.group.setFocus()
    QTest.keyClick(page.runs.group, Qt.Key.Key_Down)
    assert page.runs.group.currentText() == "by contender"
    assert page.runs.rows.rowCount() == 3
    cells = [page.runs.rows.index(0, c).data() for c in range(page.runs.rows.columnCount())]
    assert cells[:2] == ["GRU", "2"]
    assert " ± " in cells[column(page, "test RMSE")]
    QTest.keyClick(page.runs.group, Qt.Key.Key_Up)
    assert page.runs.rows.rowCount() == 6


def test_two_runs_that_are_selected_show_what_differs(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    assert not page.runs.differ.isEnabled()
    chosen_rows(page, 0, 4)
    assert [run.contender for run in page.runs.selected] == ["GRU", "RNN"]
    QTest.mouseClick(page.runs.differ, Qt.MouseButton.LeftButton)
    dialog = page.runs.findChild(QDialog, "differences")
    assert dialog is not None
    table = dialog.findChild(SmallTable)
    assert table is not None
    rows = {table.item(r, 0).text(): table.item(r, 2).text() for r in range(table.rowCount())}
    assert rows["Cell"] == "rnn"
    assert "Pooling" not in rows
    dialog.accept()


def test_a_pinned_column_stays_beside_the_others(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    fixed, score = page.runs.table.fixed, column(page, "test RMSE")
    assert not fixed.isColumnHidden(column(page, "contender"))
    assert fixed.isColumnHidden(score)
    places = [each.viewport().mapToGlobal(QPoint(0, 0)).y() for each in (fixed, page.runs.view)]
    assert places[0] == places[1]  # rows stand beside their names
    menu = page.runs.pin.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "test RMSE").trigger()
    assert not fixed.isColumnHidden(score)
    assert page.runs.view.isColumnHidden(score)
    assert page.runs.as_csv().splitlines()[0].startswith("contender,test RMSE,seed")


def test_seeds_are_added_until_the_verdict_is_decided_or_the_last_look_is_taken(
    window: MainWindow, qtbot: QtBot, wait: Wait, tmp_path: Path
) -> None:
    whole_history(tmp_path / "open.gates", small_spec(epochs=1, seeds=2))
    window.open_path(tmp_path / "open.gates")
    wait(lambda: window.desk.work.history is not None)
    page = compared(window, wait)
    assert "undecided" in page.verdicts[0].headline.text()
    qtbot.waitUntil(lambda: page.more_seeds.button.height() > 0)
    QTest.mouseClick(page.more_seeds.button, Qt.MouseButton.LeftButton)
    work = window.desk.work

    def is_over() -> bool:
        history = work.history
        if history is None or work.is_training or work.is_starting or not history.is_complete:
            return False
        return page.results is not None and page.results.history is history

    def took_all_looks() -> bool:
        if not is_over() or work.history is None:
            return False
        seeds = work.history.spec.training.seeds
        undecided = "undecided" in page.verdicts[0].headline.text()
        return seeds == 20 if undecided else seeds > 2

    qtbot.waitUntil(took_all_looks, timeout=60_000)
    basis = page.verdicts[0].basis.text()
    assert "After 2 seeds it was looked at before more looks were planned" in basis
    assert "Bonferroni" in basis
    assert not page.more_seeds.isVisible()


def test_seeds_can_be_planned_until_decided_before_training(window: MainWindow, wait: Wait) -> None:
    window.open_path(experiments()["forecasting"])
    wait(window.tool_bar.train.isEnabled)
    window.show_page("models")
    page = window.pages["models"]
    assert isinstance(page, ModelsPage)
    assert page.training is not None
    box = page.training.decides
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert window.desk.draft.spec is not None
    assert window.desk.draft.spec.looks == (3, 5, 8, 12, 20)
    window.desk.draft.undo_stack.undo()
    assert window.desk.draft.spec.looks is None
    assert not box.isChecked()


def test_several_comparisons_of_a_session_are_counted_together(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "suite.gates"
    whole_history(path, small_spec(epochs=1, seeds=2))
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    other = {"dataset": data, "task": TaskSpec(), "name": ""}
    whole_history(path, small_spec(epochs=1, seeds=2).model_copy(update=other))
    window.open_path(path)
    wait(lambda: window.desk.work.history is not None)
    page = compared(window, wait)
    wait(page.suite.isVisible)
    table = page.suite.table
    numbered = [[table.item(row, at).text() for at in range(2)] for row in range(2)]
    assert numbered == [["1", "adding"], ["2", "delayed-recall"]]
    assert "over 2 comparisons" in page.suite.sentence.text()


def test_compare_says_how_many_seeds_are_enough_for_the_chosen_pair(
    opened: MainWindow, wait: Wait
) -> None:
    page = compared(opened, wait)
    results = page.results
    assert results is not None
    told = []
    for number, pair in enumerate(results.pairs):
        page.pair.setCurrentIndex(number)
        assert page.seeds.isVisible()
        assert page.seeds.sentence.text() == results.seeds[pair].sentence
        assert "With 2 seeds the interval reaches" in page.seeds.sentence.text()
        told.append(page.seeds.plot.table()[1:])
    assert told[0] != told[1]
    assert [row[1] for row in told[0][:3]] == ["2", "3", "4"]


def test_what_verdicts_rest_on_is_shown_for_all_of_them_when_it_is_asked_for(
    opened: MainWindow, wait: Wait
) -> None:
    page = compared(opened, wait)
    assert not any(card.basis.isVisible() for card in page.verdicts)
    assert "test examples" in page.verdicts[0].basis.text()
    page.ensureWidgetVisible(page.verdicts[1].details)
    QTest.mouseClick(page.verdicts[1].details, Qt.MouseButton.LeftButton)
    assert all(card.basis.isVisible() for card in page.verdicts)
    assert {card.details.text() for card in page.verdicts} == {"Fewer details"}
    QTest.mouseClick(page.verdicts[0].details, Qt.MouseButton.LeftButton)
    assert not any(card.basis.isVisible() for card in page.verdicts)

"""The page Compare: table, verdicts, predictions, seeds, suites."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history
from windows import compared

from studio.analysis.costs.device_costs import device_costs
from studio.core.specs.comparison_spec import FileDataset, GeneratedDataset, TaskSpec
from studio.core.specs.device_profile import read_profile
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.paths import devices, experiments

Wait = Callable[[Callable[[], bool]], None]


def test_without_results_the_page_names_the_one_action(window: MainWindow) -> None:
    window.show_page("compare")
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    QTest.mouseClick(page.empty.action, Qt.MouseButton.LeftButton)
    assert window.pages["models"].isVisible()


def test_the_first_card_answers_which_cell_to_use(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    assert page.results is not None
    answer = page.results.summary.answer
    assert answer is not None
    assert page.answer.headline.text() == answer.headline
    assert page.answer.sentences.text()
    assert page.answer.y() < page.table.mapTo(page.answer.parentWidget(), QPoint(0, 0)).y()


def test_the_results_table_marks_the_baselines(opened: MainWindow, wait: Wait) -> None:
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


def test_speed_names_what_the_engine_does_not_do_equally(
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
    placing = compared(opened, wait).pareto
    assert placing.plot.y_label.startswith("test RMSE")
    for choice, key in ((placing.across, "parameters"), (placing.up, "training memory")):
        choice.setFocus()
        choice.setCurrentText(key)
    assert placing.plot.x_label == "parameters"
    assert placing.plot.y_label == "training memory, MB"
    assert [points.name for points in placing.plot.points] == ["GRU", "LSTM", "RNN"]
    assert placing.plot.front == ("RNN",)  # one block of gates: the smallest in both


def test_contenders_are_placed_against_what_a_device_has(opened: MainWindow, wait: Wait) -> None:
    placing = compared(opened, wait).pareto
    placing.device.setCurrentIndex(placing.device.findData("cortex-m0plus"))
    assert placing.across.currentText() == "flash, float"
    assert placing.plot.x_label == "flash at most, KiB, float"
    history = opened.context.session.history
    assert history is not None
    profile = read_profile(devices()["cortex-m0plus"])
    gru = device_costs(history.contenders[0].spec, history.preprocessing, profile)
    assert not isinstance(gru, str)
    assert placing.plot.points[0].x[0] == pytest.approx(gru.flash / 1024)
    assert f"Flash of the device: {profile.flash_kib:g} KiB." in placing.front.text()
    placing.across.setCurrentText("time of a step, int8")
    assert "estimates from low to high" in placing.front.text()
    placing.device.setCurrentIndex(0)
    assert placing.across.currentText() == "training time"


def test_the_page_is_marked_done_once_every_run_has_ended(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    assert page.state == "done"


def test_predictions_of_any_contender_and_seed_stand_beside_the_truth(
    opened: MainWindow, wait: Wait
) -> None:
    page = compared(opened, wait)
    card = page.predictions
    history = opened.context.session.history
    assert history is not None
    assert [card.seed.itemText(at) for at in range(card.seed.count())] == ["1", "2"]
    assert history.preprocessing.class_names is None
    first = card.values.table()
    assert {row[0] for row in first[1:]} == {"truth", "GRU", "LSTM", "RNN"}
    QTest.keyClick(card.seed, Qt.Key.Key_Down)
    assert card.values.table() != first


def dated_series(path: Path) -> Path:
    days = np.arange("2024-01-01", "2024-07-01", dtype="datetime64[D]")
    rows = (f"{day},{math.sin(at / 7):.5f}" for at, day in enumerate(days))
    path.write_text("\n".join(["day,level", *rows, ""]), encoding="utf-8")
    return path


def test_predictions_of_a_series_with_dates_stand_at_their_dates(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    data = FileDataset(path=str(dated_series(tmp_path / "waves.csv")))
    spec = small_spec(epochs=1, seeds=1).model_copy(update={"dataset": data, "task": TaskSpec()})
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.is_current and window.tool_bar.train.isEnabled())
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    page = compared(window, wait)
    plot = page.predictions.values
    wait(lambda: plot.x_label == "time")
    truth = next(curve for curve in plot.curves if curve.name == "truth")
    axis = plot.item.getAxis("bottom")
    assert axis.tickStrings([truth.x[-1]], 1, 1) == ["2024"]
    assert truth.x[-1] == 181, "the last day of June is forecast last"


def test_seeds_are_added_until_the_verdict_is_decided_or_the_last_look_is_taken(
    window: MainWindow, qtbot: QtBot, wait: Wait, tmp_path: Path
) -> None:
    whole_history(tmp_path / "open.gates", small_spec(epochs=1, seeds=2))
    window.open_path(tmp_path / "open.gates")
    wait(lambda: window.context.session.history is not None)
    page = compared(window, wait)
    assert "inconclusive" in page.verdicts[0].headline.text()
    assert "kept at 9 % or below, not at 5 %" in page.more_seeds.words.text()
    qtbot.waitUntil(lambda: page.more_seeds.button.height() > 0)
    QTest.mouseClick(page.more_seeds.button, Qt.MouseButton.LeftButton)
    session = window.context.session

    def is_over() -> bool:
        history = session.history
        if history is None or session.is_training or session.is_starting or not history.is_complete:
            return False
        return page.results is not None and page.results.history is history

    def took_all_looks() -> bool:
        if not is_over() or session.history is None:
            return False
        seeds = session.history.spec.training.seeds
        undecided = "inconclusive" in page.verdicts[0].headline.text()
        return seeds == 20 if undecided else seeds > 2

    qtbot.waitUntil(took_all_looks, timeout=60_000)
    basis = page.verdicts[0].basis.text()
    assert "added after the verdict of 2 seeds, judged at 0.05, had been seen" in basis
    assert "false positives at 9 % or below, not at 5 %" in basis
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
    assert window.context.draft.spec is not None
    assert window.context.draft.spec.looks == (3, 5, 8, 12, 20)
    window.context.draft.undo_stack.undo()
    assert window.context.draft.spec.looks is None
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
    wait(lambda: window.context.session.history is not None)
    page = compared(window, wait)
    wait(page.suite.isVisible)
    table = page.suite.table
    numbered = [[table.item(row, at).text() for at in range(2)] for row in range(2)]
    assert numbered == [["1", "adding"], ["2", "delayed-recall"]]
    assert "over 2 comparisons" in page.suite.sentence.text()


def test_compare_says_how_many_seeds_the_chosen_pair_needs(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    results = page.results
    assert results is not None
    told = []
    for number, pair in enumerate(results.pairs):
        page.pair.setCurrentIndex(number)
        assert page.seeds.isVisible()
        assert page.seeds.sentence.text() == results.seeds[pair].sentence
        assert "With 2 seeds the interval is ±" in page.seeds.sentence.text()
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

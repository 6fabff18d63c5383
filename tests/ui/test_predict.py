"""The page Predict, used with files that are dropped on it."""

import csv
import math
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from dropping import drop
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from running import whole_history

from studio.core.specs.experiment import parse_comparison
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.predict import predict_page
from studio.gui.pages.predict.predict_page import PredictPage
from studio.gui.shell.main_window import MainWindow
from studio.runs.predictions.prediction_result import PredictionResult

Wait = Callable[[Callable[[], bool]], None]
WINDOW = 6


def series(path: Path, first: int, count: int, header: str = "heat,load") -> Path:
    lines = [f"{math.sin(i / 3):.4f},{math.cos(i / 3):.4f}" for i in range(first, first + count)]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def forecasting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison of two forecasts; only read."""
    home = tmp_path_factory.mktemp("forecasting")
    data = series(home / "train.csv", 0, 160)
    spec = parse_comparison(
        {
            "dataset": {"source": "file", "path": str(data)},
            "task": {"target": ["load"], "window": WINDOW, "horizon": 2},
            "contenders": [{"cell": "gru", "hidden_size": 4}, {"cell": "lstm", "hidden_size": 4}],
            "training": {"epochs": 2, "seeds": 1, "batch_size": 16},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )
    whole_history(home / "f.gates", spec)
    return home / "f.gates"


@pytest.fixture
def page(window: MainWindow, forecasting: Path, wait: Wait) -> PredictPage:
    window.open_path(forecasting)
    wait(lambda: window.context.session.history is not None)
    made = window.pages["predict"]
    assert isinstance(made, PredictPage)
    window.show_page("predict")
    return made


@pytest.fixture
def predicted(page: PredictPage, tmp_path: Path, wait: Wait) -> PredictPage:
    drop(page.viewport(), series(tmp_path / "new.csv", 160, 40))
    wait(page.results.isVisible)
    return page


def test_without_a_model_the_page_names_the_one_action(window: MainWindow) -> None:
    window.show_page("predict")
    page = window.pages["predict"]
    assert isinstance(page, PredictPage)
    QTest.mouseClick(page.empty.action, Qt.MouseButton.LeftButton)
    assert window.pages["train"].isVisible()


def test_a_dropped_file_is_predicted_by_every_contender_and_scored(
    predicted: PredictPage,
) -> None:
    rows = predicted.scores.rowCount()
    told = [
        tuple(predicted.scores.item(row, column).text() for column in range(2))
        for row in range(rows)
    ]
    assert ("GRU", "RMSE") in told
    assert ("LSTM", "RMSE") in told
    assert predicted.headline.text().startswith("35 windows of new.")
    assert "Intervals at 90%" in predicted.intervals.text()


def test_the_slider_goes_from_beyond_the_end_back_to_where_the_truth_is_known(
    predicted: PredictPage,
) -> None:
    card = predicted.origins
    assert card.slider.value() == card.slider.maximum()
    assert "truth" not in {curve.name for curve in card.plot.curves}
    card.slider.setFocus()
    QTest.keyClick(card.slider, Qt.Key.Key_Left)
    assert {curve.name for curve in card.plot.curves} >= {"history", "truth", "GRU", "LSTM"}
    [truth] = [curve for curve in card.plot.curves if curve.name == "truth"]
    assert truth.y[0] == pytest.approx(math.cos(199 / 3), abs=1e-4)


def test_a_file_without_a_column_is_told_and_what_was_shown_stays(
    predicted: PredictPage, tmp_path: Path, wait: Wait
) -> None:
    before = predicted.headline.text()
    drop(predicted.viewport(), series(tmp_path / "other.csv", 160, 40, "warmth,load"))
    wait(lambda: "has no column 'heat'" in predicted.message.text())
    assert predicted.headline.text() == before
    assert predicted.start.isEnabled()


def test_what_is_shown_can_be_saved(
    predicted: PredictPage, tmp_path: Path, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "saved.csv"
    monkeypatch.setattr(predict_page, "ask_save_path", lambda *_: out)
    QTest.mouseClick(predicted.save, Qt.MouseButton.LeftButton)
    wait(lambda: "rows written" in predicted.message.text())
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["contender"] for row in rows] == ["GRU"] * 35 + ["LSTM"] * 35
    model = predicted.table.model()
    assert model.rowCount() == len(rows)


def test_steps_beyond_the_horizon_that_need_unknown_inputs_are_refused(
    page: PredictPage, tmp_path: Path, wait: Wait
) -> None:
    page.steps.setValue(5)
    drop(page.viewport(), series(tmp_path / "new.csv", 160, 40))
    wait(lambda: "the model needs 'heat'" in page.message.text())
    assert page.start.isEnabled()
    assert not page.results.isVisible()


def test_a_session_that_is_dropped_on_the_page_is_opened_by_the_window(
    page: PredictPage, forecasting: Path, tmp_path: Path, wait: Wait
) -> None:
    other = tmp_path / "other.gates"
    shutil.copyfile(forecasting, other)
    drop(page.viewport(), other)
    wait(lambda: page.context.session.path == other)
    assert not page.results.isVisible()


def test_the_worst_prediction_is_a_click_on_the_heading_away_and_leads_to_its_forecast(
    predicted: PredictPage,
) -> None:
    table, card = predicted.table, predicted.origins
    model = table.model()
    names = [
        model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())
    ]
    table.sortByColumn(names.index("error"), Qt.SortOrder.DescendingOrder)
    shown = [model.index(row, names.index("error")).data() for row in range(model.rowCount())]
    errors = [float(text) for text in shown if text]
    assert errors == sorted(errors, reverse=True)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    row = table.currentIndex().row()
    time = model.index(row, names.index("row")).data()
    assert card.place.text() == f"after {time}"


def test_forecasts_are_limited_to_the_rows_that_are_asked_for(
    page: PredictPage, tmp_path: Path, wait: Wait
) -> None:
    QTest.keyClicks(page.since, "20")
    QTest.keyClicks(page.until, "29")
    drop(page.viewport(), series(tmp_path / "new.csv", 160, 40))
    wait(page.results.isVisible)
    assert page.headline.text().startswith("10 windows of new.")
    assert page.origins.slider.maximum() == 9


def test_the_gates_of_a_row_are_a_click_away(
    predicted: PredictPage, window: MainWindow, wait: Wait
) -> None:
    assert not predicted.gates.isEnabled()
    predicted.table.setCurrentIndex(predicted.table.model().index(5, 0))
    assert predicted.gates.isEnabled()
    QTest.mouseClick(predicted.gates, Qt.MouseButton.LeftButton)
    gates = window.pages["gates"]
    assert isinstance(gates, GatesPage)
    wait(lambda: gates.gates_work.seen is not None and gates.gates_work.seen.example is not None)
    seen = gates.gates_work.seen
    assert seen is not None
    assert seen.example is not None
    assert gates.isVisible()
    assert (gates.controls.part.choice, gates.controls.number.value()) == ("new data", 5)
    predicted_data = next(iter(predicted_results(predicted).values())).data
    assert seen.example.inputs.tolist() == predicted_data.batch(5, 6)[0][0].tolist()
    assert all(inspection.gradient_norms for inspection in seen.inspections.values())


def test_a_forecast_whose_truth_is_not_known_has_gates_but_no_gradients(
    predicted: PredictPage, window: MainWindow, wait: Wait
) -> None:
    last = predicted.table.model().rowCount() // 2 - 1
    predicted.table.setCurrentIndex(predicted.table.model().index(last, 0))
    QTest.mouseClick(predicted.gates, Qt.MouseButton.LeftButton)
    gates = window.pages["gates"]
    assert isinstance(gates, GatesPage)
    wait(lambda: gates.gates_work.seen is not None and gates.gates_work.seen.example is not None)
    assert gates.gates_work.seen is not None
    assert not any(each.gradient_norms for each in gates.gates_work.seen.inspections.values())
    assert gates.controls.targets_in_units.text() == "truth not known"


def predicted_results(page: PredictPage) -> Mapping[str, PredictionResult]:
    assert page.predicted is not None
    return page.predicted.results

"""Where it goes wrong: the worst examples, filters, one example with its gates, reliability."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from running import small_spec, whole_history
from windows import compared

from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.pages.compare.errors.errors_card import ErrorsCard
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.plots.plot import Plot
from studio.gui.shell.main_window import MainWindow
from studio.gui.widgets.tab_order import tab_stops

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of short recordings of two classes by six speakers."""
    folder = tmp_path_factory.mktemp("spoken")
    draw = np.random.default_rng(0)
    lines = ["recording,speaker,step,x,y,word"]
    for number in range(90):
        word = "yes" if number % 3 else "no"
        for step, (x, y) in enumerate(draw.normal(0.5 * (word == "yes"), 1, (6, 2))):
            lines.append(f"r{number},s{number % 6},{step},{x:.3f},{y:.3f},{word}")
    (folder / "words.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    values = {
        **small_spec(epochs=2, seeds=2).model_dump(),
        "dataset": {"source": "file", "path": str(folder / "words.csv")},
        "task": {"split": (0.4, 0.2, 0.4), "group": "none"},
    }
    whole_history(folder / "words.gates", ComparisonSpec.model_validate(values))
    return folder / "words.gates"


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of a forecast over days."""
    folder = tmp_path_factory.mktemp("dated")
    days = np.arange("2024-01-01", "2024-10-01", dtype="datetime64[D]")
    rows = (f"{day},{np.sin(at / 7):.5f}" for at, day in enumerate(days))
    (folder / "waves.csv").write_text("\n".join(["day,level", *rows, ""]), encoding="utf-8")
    values = {
        **small_spec(epochs=1, seeds=1).model_dump(),
        "dataset": {"source": "file", "path": str(folder / "waves.csv")},
        "task": {"window": 10, "horizon": 3},
    }
    whole_history(folder / "waves.gates", ComparisonSpec.model_validate(values))
    return folder / "waves.gates"


def browsed(window: MainWindow, path: Path, wait: Wait) -> tuple[ErrorsCard, ComparisonHistory]:
    """The card with the rows of a session, its data open."""
    window.open_path(path)
    context = window.context
    wait(lambda: context.session.history is not None and context.planner.is_current)
    card = compared(window, wait).errors
    wait(lambda: card.rows is not None and context.jobs.is_idle)
    assert context.session.history is not None
    return card, context.session.history


def column(card: ErrorsCard, name: str) -> list[str]:
    """The texts of a column, from the top."""
    model = card.model
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    at = heads.index(name)
    return [model.data(model.index(row, at)) for row in range(model.rowCount())]


def nats(history: ComparisonHistory, name: str, seed: int) -> np.ndarray:
    result = history.contender(name).run(seed).result
    assert result is not None
    truth = history.test_truth
    return -np.log(result.predictions[np.arange(len(truth)), truth])


def save(window: MainWindow, card: ErrorsCard, name: str) -> None:
    folder = os.environ.get("GRABS")
    if folder:
        for width, height in ((1024, 640), (1440, 900)):
            window.resize(width, height)
            QTest.qWait(300)
            card.grab().save(f"{folder}/{name}-{width}.png")


def test_the_worst_examples_come_first_and_every_filter_keeps_their_order(
    window: MainWindow, spoken: Path, wait: Wait
) -> None:
    card, history = browsed(window, spoken, wait)
    errors = nats(history, "GRU", 1)
    np.testing.assert_array_equal(card.model.examples, np.argsort(-errors, kind="stable"))
    QTest.keyClick(card.controls.contender, Qt.Key.Key_Down)
    others = nats(history, "LSTM", 1)
    np.testing.assert_array_equal(card.model.examples, np.argsort(-others, kind="stable"))
    card.controls.group.setCurrentText("s2")
    assert set(column(card, "speaker")) == {"s2"}
    assert (np.diff(others[card.model.examples]) <= 0).all()
    speakers = np.array([f"s{position % 6}" for position in history.test_positions])
    assert len(card.model.examples) == (speakers == "s2").sum()
    save(window, card, "classes")
    window._themes.choose("dark")
    wait(lambda: window.context.jobs.is_idle)
    theme = window.context.appearance.theme
    colors = {curve.name: curve.stroke.color for curve in card.panel.inputs.curves}
    assert colors == {"x": theme.text, "y": theme.accent}, "in the colours of the theme in force"
    save(window, card, "dark")
    QTest.mouseClick(card.controls.all, Qt.MouseButton.LeftButton)
    assert len(card.model.examples) == len(errors)


def test_a_click_on_a_cell_of_the_confusion_matrix_shows_its_examples(
    window: MainWindow, spoken: Path, wait: Wait
) -> None:
    card, history = browsed(window, spoken, wait)
    page = compared(window, wait)
    page.predictions.seed.setCurrentIndex(1)
    plot = page.predictions.confusion
    page.ensureWidgetVisible(plot)
    wait(lambda: plot.item.getViewBox().width() > 50)
    view = plot.item.getViewBox()
    where = plot.canvas.mapFromScene(view.mapViewToScene(QPointF(1, 0)))  # row 0, column 1
    QTest.mouseClick(plot.canvas.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait(lambda: card.rows is not None and card.rows.seed == 2)
    result = history.contender("GRU").run(2).result
    assert result is not None
    guess = result.predictions.argmax(axis=1)
    expected = np.flatnonzero((history.test_truth == 0) & (guess == 1))
    assert sorted(card.model.examples.tolist()) == expected.tolist()
    assert set(column(card, "truth")) == {"no"}


def test_the_example_of_a_row_is_drawn_as_the_data_holds_it(
    window: MainWindow, spoken: Path, wait: Wait
) -> None:
    card, history = browsed(window, spoken, wait)
    QTest.keyClick(card.table, Qt.Key.Key_Down)
    context = window.context
    wait(lambda: context.jobs.is_idle)
    example = int(card.model.examples[1])
    assert card.panel.heading.text() == f"Example {example} of the test set"
    drawn = {curve.name: curve.y for curve in card.panel.inputs.curves}
    lines = spoken.with_name("words.csv").read_text(encoding="utf-8").splitlines()[1:]
    own = [
        line.split(",") for line in lines if line.startswith(f"r{history.test_positions[example]},")
    ]
    scaler = history.preprocessing.input_scaler
    x = (np.array([float(cells[3]) for cells in own]) - scaler.center[0]) / scaler.scale[0]
    np.testing.assert_allclose(drawn["x"], x, atol=1e-5)
    first = card.panel.table.item(0, 0)
    names = history.preprocessing.class_names
    assert names is not None
    assert first is not None
    assert first.text() == f"{names[history.test_truth[example]]} (true)"


def test_the_gates_of_the_example_are_one_click_away(
    window: MainWindow, spoken: Path, wait: Wait
) -> None:
    card, history = browsed(window, spoken, wait)
    card.controls.contender.setCurrentText("LSTM")
    card.controls.seed.setCurrentText("2")
    wait(lambda: card.rows is not None and card.rows.seed == 2 and window.context.jobs.is_idle)
    example = int(card.model.examples[0])
    QTest.mouseClick(card.panel.gates, Qt.MouseButton.LeftButton)
    gates = window.pages["gates"]
    assert isinstance(gates, GatesPage)
    assert gates.isVisible()
    result = history.contender("LSTM").run(2).result
    assert result is not None

    def is_shown() -> bool:
        seen = gates.gates_work.seen
        if seen is None or not seen.inspections:
            return False
        chosen = seen.selection
        wanted = ("test", example, 2, result.kept_epoch)
        return (chosen.part, chosen.index, chosen.seed, chosen.epoch) == wanted

    wait(is_shown)


def test_scores_of_groups_and_the_reliability_are_those_of_the_set(
    window: MainWindow, spoken: Path, wait: Wait
) -> None:
    card, history = browsed(window, spoken, wait)
    assert [card.by.itemText(at) for at in range(card.by.count())] == ["true class", "speaker"]
    card.by.setCurrentText("speaker")
    wait(lambda: window.context.jobs.is_idle and card.groups.rowCount() == 6)
    rows = {card.groups.item(row, 0).text(): card.groups.item(row, 2).text() for row in range(6)}
    speakers = np.array([f"s{position % 6}" for position in history.test_positions])
    for name, text in rows.items():
        own, right = speakers == name, []
        for run in history.contender("GRU").runs:
            assert run.result is not None
            right.append(run.result.predictions.argmax(axis=1) == history.test_truth)
        shown = float(text.split()[0])
        assert shown == pytest.approx(np.mean([each[own] for each in right]), abs=0.006)
    result = history.contender("GRU").run(1).result
    assert result is not None
    sure = result.predictions.max(axis=1)
    right = result.predictions.argmax(axis=1) == history.test_truth
    bins = np.minimum((sure * 10).astype(int), 9)
    apart = sum(
        (bins == b).sum() * abs(sure[bins == b].mean() - right[bins == b].mean())
        for b in np.unique(bins)
    )
    assert float(card.ece.item(0, 1).text()) == pytest.approx(apart / len(sure), rel=0.06)
    curve = next(curve for curve in card.reliability.curves if curve.name == "GRU")
    assert len(curve.x) == len(np.unique(bins))


def test_the_validation_set_is_predicted_when_it_is_chosen(
    window: MainWindow, spoken: Path, wait: Wait
) -> None:
    card, history = browsed(window, spoken, wait)
    choices = card.controls.part
    QTest.mouseClick(choices._buttons["validation"], Qt.MouseButton.LeftButton)
    wait(lambda: card.rows is not None and card.rows.part.part == "validation")
    rows = card.rows
    assert rows is not None
    assert len(rows.part) == history.part_sizes["validation"]
    for contender in history.contenders:
        run = contender.run(1)
        assert run.result is not None
        own = rows.part.predictions[contender.name][1]
        accuracy = float((own.argmax(axis=1) == rows.part.test_truth).mean())
        kept = next(each for each in run.epochs if each.epoch == run.result.kept_epoch)
        assert accuracy == pytest.approx(kept.scores["accuracy"])


def test_forecasts_are_found_by_their_dates(window: MainWindow, dated: Path, wait: Wait) -> None:
    card, history = browsed(window, dated, wait)
    days = np.arange("2024-01-01", "2024-10-01", dtype="datetime64[D]")
    first = column(card, "time")[0]
    assert first == str(days[history.test_positions[card.model.examples[0]]])
    box = card.controls.first
    box.setFocus()
    box.lineEdit().selectAll()
    QTest.keyClicks(box, "2024-09-20")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert days[box.value()] == np.datetime64("2024-09-20")
    last = history.test_positions + 2  # three days are forecast
    expected = np.flatnonzero(days[last] >= np.datetime64("2024-09-20"))
    assert sorted(card.model.examples.tolist()) == expected.tolist()
    wait(lambda: window.context.jobs.is_idle)
    save(window, card, "forecast")
    plot = card.panel.outputs
    truth = next(curve for curve in plot.curves if curve.name == "truth")
    place = int(history.test_positions[card.model.examples[0]])
    steps = np.arange(place - 10, place + 3)
    np.testing.assert_array_equal(truth.x, steps)
    np.testing.assert_allclose(truth.y, np.sin(steps / 7), atol=1e-4)
    assert plot.x_label == "time"


def test_columns_sort_by_what_they_hold(window: MainWindow, dated: Path, wait: Wait) -> None:
    card, history = browsed(window, dated, wait)
    card.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    positions = history.test_positions[card.model.examples]
    assert (np.diff(positions) > 0).all()
    error = card.model.columnCount() - 1
    card.table.sortByColumn(error, Qt.SortOrder.DescendingOrder)
    result = history.contender("LSTM").run(1).result
    assert result is not None
    errors = np.abs(result.predictions - history.test_truth).mean(axis=1)
    assert (np.diff(errors[card.model.examples]) <= 0).all()


def test_everything_has_its_name_and_tab_leaves_the_table(
    window: MainWindow, dated: Path, wait: Wait
) -> None:
    card, _ = browsed(window, dated, wait)
    window.activateWindow()
    stops = tab_stops(card)
    texts = [stop.accessibleName() or getattr(stop, "text", str)() for stop in stops]
    assert all(texts[at] or isinstance(stop.parent(), Plot) for at, stop in enumerate(stops))
    reached = ["First predicted step", "Examples, worst first", "Show &gates"]
    assert [text for text in texts if text in reached] == reached
    card.table.setFocus()
    wait(card.table.hasFocus)
    QTest.keyClick(card.table, Qt.Key.Key_Tab)
    assert card.panel.gates.hasFocus()


def test_examples_of_a_further_fold_are_read_from_that_fold(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    spec = small_spec(epochs=1, seeds=1)
    task = spec.task.model_copy(update={"folds": 3})
    whole_history(tmp_path / "folds.gates", spec.model_copy(update={"task": task}))
    card, history = browsed(window, tmp_path / "folds.gates", wait)
    assert card.panel.gates.isEnabled()
    card.controls.seed.setCurrentIndex(1)
    record = history.folds[1]
    wait(lambda: card.rows is not None and len(card.rows.part) == len(record.test_truth))
    wait(lambda: window.context.jobs.is_idle)
    np.testing.assert_array_equal(card.rows.part.test_positions, record.test_positions)
    assert not card.panel.gates.isEnabled(), "the page Gates shows the first fold"
    example = int(card.model.examples[0])
    assert card.panel.heading.text().startswith(f"Example {example} ")
    marks = next(curve for curve in card.panel.inputs.curves if "mark" in curve.name).y
    values = next(curve for curve in card.panel.inputs.curves if "mark" not in curve.name).y
    scaler = record.preprocessing.input_scaler
    names = record.preprocessing.input_names
    drawn = [values, marks] if "mark" not in names[0] else [marks, values]
    first, second = (np.array(each) * s + c for each, s, c in
                     zip(drawn, scaler.scale, scaler.center, strict=True))  # fmt: skip
    total = float((first * second).sum())  # the adding problem: what is marked is summed
    assert total == pytest.approx(float(record.test_truth[example, 0]), abs=1e-4)

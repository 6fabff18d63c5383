"""The card How it was read: doubts first, each changed in place, the columns with their roles."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from studio.core.specs.comparison_spec import FileDataset
from studio.data import Series
from studio.gui.pages.data.data_page import DataPage
from studio.gui.pages.data.dataset_view import DatasetView
from studio.gui.pages.data.table_models import ColumnsModel
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def opened(window: MainWindow, path: Path, wait: Wait) -> DatasetView:
    window.open_path(path)
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    wait(lambda: page.dataset.isVisible() and page.dataset.name.text() == path.stem)
    return page.dataset


def series(window: MainWindow) -> Series:
    dataset = window.context.planner.dataset
    assert isinstance(dataset, Series)
    return dataset


def pick(box: QComboBox, value: str) -> None:
    """Chooses with the keyboard, as a user does."""
    box.setFocus()
    for _ in range(box.findData(value)):
        QTest.keyClick(box, Qt.Key.Key_Down)


@pytest.fixture
def ambiguous(tmp_path: Path) -> Path:
    """Days that could be months, and two columns that could be the target."""
    path = tmp_path / "ambiguous.csv"
    days = [f"0{1 + step % 9}/0{1 + step // 9}/2024" for step in range(81)]
    rows = "".join(f"{day};{step}.5;{step / 3:.2f}\n" for step, day in enumerate(days))
    path.write_text("date;north;south\n" + rows)
    return path


def test_doubtful_decisions_stand_first_and_open_and_the_certain_ones_on_request(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    view = opened(window, ambiguous, wait)
    card = view.reading
    assert card.isVisible()
    assert "Please check" in card.summary.text()
    assert set(card.choices) >= {"target"}
    assert "delimiter" not in card.choices
    QTest.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert "delimiter" in card.choices


def test_doubts_are_told_at_the_top_also_in_a_small_window_and_one_click_leads_to_them(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    window.resize(1024, 640)
    view = opened(window, ambiguous, wait)
    page = window.pages["data"]
    wait(view.to_check.isVisible)
    wait(lambda: not view.to_check.visibleRegion().isEmpty())
    assert view.to_check.text().startswith("Check ")
    assert view.reading.visibleRegion().isEmpty()
    wait(lambda: window.context.jobs.is_idle)
    QTest.mouseClick(view.to_check, Qt.MouseButton.LeftButton)
    first = next(iter(view.reading.choices.values()))
    wait(lambda: not first.visibleRegion().isEmpty())
    assert page.verticalScrollBar().value() > 0
    assert first.hasFocus()


def test_another_choice_reads_the_data_again_and_undo_takes_it_back(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    view = opened(window, ambiguous, wait)
    before = series(window).values[1, 0]
    QTest.mouseClick(view.reading.more, Qt.MouseButton.LeftButton)
    dates = view.reading.choices["dates"]
    other = str(dates.itemData(1))
    pick(dates, other)
    wait(lambda: series(window).values[1, 0] != before)
    spec = window.context.draft.spec
    assert spec is not None
    assert isinstance(spec.dataset, FileDataset)
    assert spec.dataset.dates == other
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: series(window).values[1, 0] == before)


def test_the_target_is_chosen_from_the_card(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    view = opened(window, ambiguous, wait)
    pick(view.reading.choices["target"], "north")
    wait(
        lambda: (
            window.context.planner.plan is not None
            and window.context.planner.plan.spec.task.target == ("north",)
        )
    )
    [target] = [
        decision.value for decision in series(window).decisions if decision.name == "target"
    ]
    assert view.columns.model.row(1).role == "target", f"the guess was {target}"


def test_the_wheel_over_a_choice_scrolls_the_page_and_changes_nothing(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    view = opened(window, ambiguous, wait)
    box = view.reading.choices["target"]
    place = QPointF(5, 5)
    turn = QWheelEvent(
        place, place, QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, *(False,),
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert box.currentIndex() == 0


def test_a_column_is_left_out_made_the_id_or_the_label_from_its_row(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "machines.csv"
    rows = "".join(f"{step},{step % 2},{step / 3:.2f},{step / 7:.2f}\n" for step in range(80))
    path.write_text("t,machine,load,heat\n" + rows)
    view = opened(window, path, wait)
    model = view.columns.model

    def row_of(name: str) -> int:
        return next(row for row in range(model.rowCount()) if model.row(row).name == name)

    model.setData(model.index(row_of("machine"), ColumnsModel.role_column), "id")
    wait(lambda: model.row(row_of("machine")).role == "id")
    assert series(window).lengths is not None
    model.setData(model.index(row_of("machine"), ColumnsModel.role_column), "ignored")
    wait(lambda: series(window).lengths is None)
    assert [column.name for column in series(window).channels] == ["load", "heat"]


def test_a_reading_that_fails_leaves_the_data_and_says_what_to_do(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    opened(window, ambiguous, wait)
    before = window.context.planner.dataset
    spec = window.context.draft.spec
    assert spec is not None
    assert isinstance(spec.dataset, FileDataset)
    wrong = spec.dataset.model_copy(update={"dates": "%H"})
    window.context.draft.edit(spec.model_copy(update={"dataset": wrong}), "dates")
    wait(window.pages["data"].notice.isVisible)
    assert "is not written as %H" in window.pages["data"].notice.text()
    assert window.context.planner.dataset is before


def test_a_click_on_a_heading_of_the_first_rows_offers_the_roles_of_its_column(
    window: MainWindow, ambiguous: Path, wait: Wait
) -> None:
    view = opened(window, ambiguous, wait)
    table = view.preview
    header = table.horizontalHeader()
    names = [str(header.model().headerData(s, Qt.Orientation.Horizontal)) for s in range(3)]
    place = QPoint(header.sectionViewportPosition(names.index("north")) + 5, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    menu = view.preview_card.menu
    assert menu is not None
    [target] = [action for action in menu.actions() if action.text() == "target"]
    assert not target.isChecked()
    target.trigger()
    menu.close()
    wait(
        lambda: (
            window.context.planner.plan is not None
            and window.context.planner.plan.spec.task.target == ("north",)
        )
    )


def test_missing_cells_of_the_first_rows_are_marked(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("a,b\n" + "".join(f"{n},{'' if n == 3 else n / 2}\n" for n in range(60)))
    view = opened(window, path, wait)
    model = view.preview.model()
    column = model.columnCount() - 1
    colours = [model.index(row, column).data(Qt.ItemDataRole.ForegroundRole) for row in range(5)]
    assert [colour is not None for colour in colours] == [False, False, False, True, False]

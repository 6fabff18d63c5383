"""Columns known in advance and static columns, chosen by their role on the page Data."""

from collections.abc import Callable
from pathlib import Path

from studio.core.prepared.preprocessing import Preprocessing
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


def choose(view: DatasetView, name: str, role: str) -> None:
    model = view.columns.model
    row = next(row for row in range(model.rowCount()) if model.row(row).name == name)
    model.setData(model.index(row, ColumnsModel.role_column), role)


def preprocessing(window: MainWindow) -> Preprocessing | None:
    plan = window.context.planner.plan
    return None if plan is None else plan.task.preprocessing


def test_a_column_becomes_known_in_advance_and_an_input_again(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "load.csv"
    rows = "".join(f"{step % 7}.5,{step * 5 % 11}.25\n" for step in range(120))
    path.write_text("heat,load\n" + rows)
    view = opened(window, path, wait)
    choose(view, "heat", "known-ahead")
    wait(lambda: (read := preprocessing(window)) is not None and read.known_ahead == ("heat",))
    assert view.columns.model.row(0).role == "known-ahead"
    shown = view.columns.model.index(0, ColumnsModel.role_column).data()
    assert shown.startswith("input, known in advance")
    choose(view, "heat", "feature")
    wait(lambda: (read := preprocessing(window)) is not None and not read.known_ahead)


def test_a_text_column_of_a_long_table_becomes_static_instead_of_the_label(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "stores.csv"
    rows = "".join(
        f"s{store},{day},{'hill' if store % 2 else 'coast'},{(store + day) % 5}.5\n"
        for store in range(6)
        for day in range(60)
    )
    path.write_text("store,day,site,load\n" + rows)
    view = opened(window, path, wait)
    choose(view, "site", "static")
    wait(lambda: (read := preprocessing(window)) is not None and read.kind == "forecast")
    read = preprocessing(window)
    assert read is not None
    assert read.input_names == ("load", "site=coast", "site=hill")
    choose(view, "site", "ignored")
    wait(lambda: (read := preprocessing(window)) is not None and read.input_names == ("load",))

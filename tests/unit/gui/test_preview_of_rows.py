"""The preview of a dataset: its first rows, with the class of each step where there is one."""

import numpy as np
from PySide6.QtCore import Qt
from tagged import tagged

from studio.data import Series
from studio.data.transform.tagged_sequences import sequences_of
from studio.gui.pages.data.table_models import preview_of
from studio.gui.style.theme import LIGHT


def cells(dataset: object, rows: int = 6) -> tuple[list[str], list[list[str]]]:
    model = preview_of(dataset, LIGHT)
    columns = range(model.columnCount())
    horizontal = Qt.Orientation.Horizontal
    headers = [model.headerData(at, horizontal) for at in columns]
    texts = [[model.data(model.index(row, at)) for at in columns] for row in range(rows)]
    return headers, texts


def names_of(series: Series, rows: int = 6) -> list[str]:
    assert series.tags is not None
    return [series.tags.names[code] for code in series.tags.codes[:rows].tolist()]


def test_series_with_a_class_for_each_step_show_it_beside_the_time() -> None:
    series = tagged((40,), 0)
    headers, texts = cells(series)
    label = next(column.name for column in series.columns if column.role == "label")
    assert headers[:2] == ["time", label]
    assert [row[1] for row in texts] == names_of(series)
    assert [float(row[2]) for row in texts] == np.round(series.values[:6, 0], 6).tolist()


def test_sequences_with_a_class_for_each_step_show_that_of_the_step() -> None:
    series = tagged((40, 30), 0)
    headers, texts = cells(sequences_of(series))
    assert headers[0] == "example"
    assert [row[1] for row in texts] == names_of(series)


def test_step_without_a_class_is_missing() -> None:
    series = tagged((40,), 0)
    assert series.tags is not None
    series.tags.codes[2] = -1
    assert cells(series)[1][2][1] == "missing"


def test_series_without_classes_have_no_column_for_them() -> None:
    series = tagged((40,), 0)
    plain = Series(series.name, series.source, series.channels, series.values)
    assert cells(plain)[0][:2] == ["step", *(column.name for column in plain.channels[:1])]

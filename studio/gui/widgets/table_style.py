"""The look of tables with many rows."""

from PySide6.QtWidgets import QAbstractItemView, QTableView

from studio.gui.widgets.basics import em

ROW_EM = 1.75
_ROWS_MEASURED = 30
_COLUMNS_MEASURED = 30


def style_table(table: QTableView) -> None:
    """No grid, no row numbers, room around the text; Tab leaves the table."""
    table.setStyleSheet("QTableView::item { padding: 0 0.5em; }")
    table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(em(table, ROW_EM))
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setResizeContentsPrecision(_ROWS_MEASURED)


def fit_columns(table: QTableView) -> None:
    """Columns as wide as their first cells; those far to the right as wide as the widest of them.

    Asking every cell of a large table would hold up the window.
    """
    model = table.model()
    count = 0 if model is None else model.columnCount()
    measured = range(min(count, _COLUMNS_MEASURED))
    for column in measured:
        table.resizeColumnToContents(column)
    widest = max((table.columnWidth(column) for column in measured), default=0)
    for column in range(len(measured), count):
        table.setColumnWidth(column, widest)

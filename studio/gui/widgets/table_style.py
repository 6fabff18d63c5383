"""The look of tables with many rows."""

from PySide6.QtWidgets import QAbstractItemView, QTableView

from studio.gui.widgets.basics import em

ROW_EM = 1.75


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

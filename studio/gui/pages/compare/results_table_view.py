"""The results table: a row per contender and baseline."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem

from studio.analysis import ResultsTable
from studio.gui.style.theme import Theme
from studio.gui.widgets.fitting_table import FittingTable


class ResultsTableView(FittingTable):
    """Contenders, then baselines, which are marked as such."""

    def __init__(self) -> None:
        super().__init__("Model, parameters, training time, training memory, performance")

    def show_table(
        self,
        table: ResultsTable,
        contenders: int,
        theme: Theme,
        best: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        """Shows the table.

        Args:
            table: The results table.
            contenders: How many of its first rows are contenders.
            theme: The theme in force.
            best: The cells, (contender, column), that the verdicts call the best.
        """
        headings = [
            heading.replace(" ", "\n", 1) if "(" in heading else heading
            for heading in table.headings
        ]  # units below: columns stay narrow
        rows = [
            cells if row < contenders else (f"{cells[0]} (baseline)", *cells[1:])
            for row, cells in enumerate(table.as_words())
        ]
        self.show_cells(headings, rows, theme, muted=range(contenders, len(rows)))
        for row, (name, *_) in enumerate(rows[:contenders]):
            for column in range(len(headings)):
                item = self.item(row, column)
                if item is not None and (name, column) in best:
                    _mark_best(item)


def _mark_best(item: QTableWidgetItem) -> None:
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    item.setToolTip("Better than every other contender, according to the verdicts")
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, item.toolTip())

"""The article's table with the user's numbers."""

from studio.analysis import ArticleTable
from studio.gui.theme import Theme
from studio.gui.widgets.fitting_table import FittingTable


class ArticleView(FittingTable):
    """Contenders, then baselines, which are marked as such."""

    def __init__(self) -> None:
        super().__init__("Model, parameters, training time, training memory, performance")

    def show_table(self, table: ArticleTable, contenders: int, theme: Theme) -> None:
        """Shows the table, of which the first rows are contenders."""
        headings = [
            heading.replace(" ", "\n", 1) if "(" in heading else heading
            for heading in table.headings
        ]  # units below: columns stay narrow
        rows = [
            cells if row < contenders else (f"{cells[0]} (baseline)", *cells[1:])
            for row, cells in enumerate(table.as_words())
        ]
        self.show_cells(headings, rows, theme, muted=range(contenders, len(rows)))

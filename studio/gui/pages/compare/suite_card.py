"""All comparisons of a session together: wins, ties and losses of two contenders."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

from studio.analysis.summaries.critical_difference import CriticalDifference
from studio.analysis.summaries.suites import Suite
from studio.gui.pages.compare.plots.ranks_plot import RanksPlot
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import Card, em, label
from studio.gui.widgets.small_table import SmallTable

_HEADINGS = ("no.", "dataset", "score", "difference", "verdict")


class SuiteCard(Card):
    """Shown where two contenders ran in several comparisons of the session."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("All comparisons of this session")
        self.ranks = RanksPlot(appearance)
        self.ranks.setMinimumHeight(em(self, 14))
        self.on_ranks = label("")
        self.pair = QComboBox()
        self.pair.setAccessibleName("Pair of contenders")
        self.pair.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.pair.currentIndexChanged.connect(lambda _: self._show())
        self.sentence = label("", bold=True)
        self.table = SmallTable(_HEADINGS, "Wins, ties and losses")
        self._suites: tuple[Suite, ...] = ()
        self.header.addWidget(self.pair)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.table)
        self.body.addWidget(self.on_ranks)
        self.body.addWidget(self.ranks)

    def show_suites(self, suites: Sequence[Suite], ranks: CriticalDifference | None) -> None:
        """Shows these, and the ranks of all contenders; without suites the card is hidden."""
        for part in (self.on_ranks, self.ranks):
            part.setVisible(ranks is not None)
        if ranks is not None:
            self.on_ranks.setText(" ".join(ranks.sentences))
            self.ranks.show_ranks(ranks)
        self._suites = tuple(suites)
        before = self.pair.currentIndex()
        self.pair.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.pair.clear()
        for suite in suites:
            self.pair.addItem(f"{suite.first} and {suite.second}")
        self.pair.setCurrentIndex(min(max(before, 0), len(suites) - 1))
        self.pair.blockSignals(False)  # noqa: FBT003 - Qt's own
        self.pair.setVisible(len(suites) > 1)
        self.setVisible(bool(suites))
        self._show()

    def _show(self) -> None:
        index = self.pair.currentIndex()
        if not 0 <= index < len(self._suites):
            return
        suite = self._suites[index]
        self.sentence.setText(suite.sentence)
        self.table.show_rows(
            [
                (str(row.comparison), row.dataset, row.verdict.label, row.difference, row.words)
                for row in suite.rows
            ]
        )

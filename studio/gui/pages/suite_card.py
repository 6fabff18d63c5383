"""All comparisons of a session together: wins, ties and losses of two contenders."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

from studio.analysis.suites import Suite
from studio.gui.widgets.basics import Card, label
from studio.gui.widgets.small_table import SmallTable

_HEADINGS = ("no.", "dataset", "score", "difference", "verdict")


class SuiteCard(Card):
    """Shown where two contenders ran in several comparisons of the session."""

    def __init__(self) -> None:
        super().__init__("All comparisons of this session")
        self.pair = QComboBox()
        self.pair.setAccessibleName("The two contenders over all comparisons")
        self.pair.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.pair.currentIndexChanged.connect(lambda _: self._show())
        self.sentence = label("", bold=True)
        self.table = SmallTable(_HEADINGS, "Wins, ties and losses")
        self._suites: tuple[Suite, ...] = ()
        self.header.addWidget(self.pair)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.table)

    def show_suites(self, suites: Sequence[Suite]) -> None:
        """Shows these; none hides the card."""
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
        at = self.pair.currentIndex()
        if not 0 <= at < len(self._suites):
            return
        suite = self._suites[at]
        self.sentence.setText(suite.sentence)
        self.table.show_rows(
            [
                (str(row.comparison), row.dataset, row.verdict.label, row.difference, row.words)
                for row in suite.rows
            ]
        )

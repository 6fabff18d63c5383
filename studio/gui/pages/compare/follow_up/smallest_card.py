"""The smallest hidden size of each contender that suffices, and the search for it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from studio.analysis.summaries.smallest_size import (
    CHOSEN_ON_TEST_SET,
    SmallestSize,
    smallest_headings,
    smallest_rows,
    smallest_sentence,
)
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of
from studio.gui.widgets.basics import Card, button, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.small_table import SmallTable

_WHAT = (
    "Which hidden size would have been enough? Smaller ones are trained by bisection, with the "
    "same seeds, until the smallest is known whose score is practically the same as the best one's."
)


class SmallestCard(Card):
    """Shows what searches in the session have found.

    Signals:
        requested: The user wants to search.
    """

    requested = Signal()

    def __init__(self) -> None:
        super().__init__("Smallest size that suffices")
        self.what = label(_WHAT, tone="muted")
        self.sentence = label("", bold=True)
        self.table = SmallTable(smallest_headings("score"), "Sizes that were tried")
        self.remark = label(CHOSEN_ON_TEST_SET, tone="muted", size=0.9)
        self.search = button("Search for the smallest sizes", self.requested.emit)
        self.why_not = label("", tone="muted", size=0.95)
        row = FlowRow()
        row.add(self.search)
        for part in (self.what, self.sentence, self.table, self.remark, row, self.why_not):
            self.body.addWidget(part)

    def show_sizes(
        self, history: ComparisonHistory, sizes: Sequence[SmallestSize], why_not: str
    ) -> None:
        """Shows the sizes that were tried.

        Args:
            history: The comparison that is shown.
            sizes: What is known of each contender; empty without a search.
            why_not: Why nothing can be searched now, or "".
        """
        for part in (self.sentence, self.table, self.remark):
            part.setVisible(bool(sizes))
        self.search.setEnabled(not why_not)
        self.why_not.setVisible(bool(why_not))
        self.why_not.setText(f"{why_not[:1].upper()}{why_not[1:]}.")
        if sizes:
            metric, unit = metrics_of(history.preprocessing)[0], history.preprocessing.unit
            heading = f"{metric.label}, {unit}" if unit and metric.in_target_units else metric.label
            self.table.setHorizontalHeaderLabels(smallest_headings(heading))
            self.table.show_rows(smallest_rows(sizes))
            self.sentence.setText(smallest_sentence(sizes))

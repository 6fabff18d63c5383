"""The way out of an undecided verdict: more seeds, within a budget."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from studio.core.history import ComparisonHistory
from studio.gui.viewstate.compare import Results
from studio.gui.viewstate.deciding import how_it_goes_on, is_open
from studio.gui.widgets.basics import button, label
from studio.gui.widgets.wrapping import WrappingRow

_MINUTES = 15


class DecidingRow(QWidget):
    """Shown where a pair is undecided and more seeds can be added.

    Signals:
        wanted: Minutes that may be spent on more seeds.
    """

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.button = button("Add seeds until &decided", self._want)
        self.minutes = QSpinBox()
        self.minutes.setRange(1, 24 * 60)
        self.minutes.setValue(_MINUTES)
        self.minutes.setSuffix(" minutes at most")
        self.minutes.setAccessibleName("Minutes for more seeds")
        self.words = label("", tone="muted", size=0.95)
        row = WrappingRow(0.5)
        row.add(self.button)
        row.add(self.minutes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(row)
        layout.addWidget(self.words)

    def show_results(self, results: Results, why_not: str) -> None:
        """Shows itself where it can help.

        Args:
            results: Of the shown comparison.
            why_not: Why nothing can be trained now, or "".
        """
        history: ComparisonHistory = results.history
        self.setVisible(is_open(results) and not why_not)
        self.words.setText(how_it_goes_on(history))

    def _want(self) -> None:
        self.wanted.emit(self.minutes.value())

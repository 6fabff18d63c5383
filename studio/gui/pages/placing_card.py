"""Contenders by any two quantities that the user chooses."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from studio.gui.desk import Look
from studio.gui.plots.placing import PlacingPlot
from studio.gui.theme import Stroke
from studio.gui.viewstate.compare import Results, best_baseline_score
from studio.gui.viewstate.quantities import Quantity, quantities
from studio.gui.widgets.basics import Card, em, label

_FIRST_ACROSS = "training time"
_FRONT = "Dashed: the Pareto front. By their means, nobody is better than these in both."


class PlacingCard(Card):
    """A scatter plot with a choice for each axis."""

    def __init__(self, look: Look, strokes: Callable[[], Mapping[str, Stroke]]) -> None:
        super().__init__("Score against cost")
        self._strokes = strokes
        self._results: Results | None = None
        self._known: dict[str, Quantity] = {}
        self.plot = PlacingPlot(look)
        self.up, self.across = QComboBox(), QComboBox()
        for choice, name in ((self.up, "Vertical axis"), (self.across, "Horizontal axis")):
            choice.setAccessibleName(name)
            choice.setToolTip(name)
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            choice.currentIndexChanged.connect(lambda _: self._show())
        self.header.addWidget(self.up)
        against = label("against", tone="muted")
        against.setWordWrap(False)
        self.header.addWidget(against)
        self.header.addWidget(self.across)
        self.plot.setMinimumHeight(em(self, 18))
        self.body.addWidget(self.plot, 1)
        self.front = label(_FRONT, tone="muted", size=0.9)
        self.body.addWidget(self.front)

    def show_results(self, results: Results) -> None:
        """Shows the contenders of a comparison; the choices stay where they can."""
        self._results = results
        self._known = {each.key: each for each in quantities(results)}
        names = list(self._known)
        _offer(self.up, names, names[0])
        _offer(self.across, names, _FIRST_ACROSS)
        self._show()

    def _show(self) -> None:
        results = self._results
        if results is None or not {self.up.currentText(), self.across.currentText()} <= set(
            self._known
        ):
            return
        across, up = self._known[self.across.currentText()], self._known[self.up.currentText()]
        is_main = up.key == results.metric.label
        baseline = best_baseline_score(results) if is_main else None
        self.set_heading("Score against cost" if is_main else "Contenders by two quantities")
        self.plot.show_quantities(across, up, self._strokes(), baseline)
        self.front.setVisible(len(self.plot.front) > 1)


def _offer(choice: QComboBox, names: list[str], first: str) -> None:
    before = choice.currentText()
    if [choice.itemText(row) for row in range(choice.count())] == names:
        return
    with QSignalBlocker(choice):
        choice.clear()
        choice.addItems(names)
        choice.setCurrentText(before if before in names else first)

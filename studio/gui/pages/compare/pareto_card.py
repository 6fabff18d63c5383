"""Contenders by any two quantities that the user chooses."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QComboBox

from studio.gui.pages.compare.plots.pareto_plot import ParetoPlot
from studio.gui.pages.compare.view.quantities import Quantity, quantities
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.results_view import Results, best_baseline_score
from studio.gui.widgets.basics import Card, em, fill_combo_box, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.plain_text import plain_tip

_FIRST_ACROSS = "training time"
_FRONT = "Dashed: the Pareto front. No contender has a better mean in both."


class ParetoCard(Card):
    """A scatter plot with a choice for each axis."""

    def __init__(self, appearance: Appearance, strokes: Callable[[], Mapping[str, Stroke]]) -> None:
        super().__init__("Score against cost")
        self._strokes = strokes
        self._results: Results | None = None
        self._known: dict[str, Quantity] = {}
        self.plot = ParetoPlot(appearance)
        self.up, self.across = QComboBox(), QComboBox()
        for choice, name in ((self.up, "Vertical axis"), (self.across, "Horizontal axis")):
            choice.setAccessibleName(name)
            choice.setToolTip(plain_tip(name))
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            choice.currentIndexChanged.connect(lambda _: self._show())
        choices = FlowRow(0.4)
        choices.add(self.up)
        choices.add(self.across, caption="against")
        self.body.addWidget(choices)
        self.plot.setMinimumHeight(em(self, 18))
        self.body.addWidget(self.plot, 1)
        self.front = label(_FRONT, tone="muted", size=0.9)
        self.body.addWidget(self.front)

    def show_results(self, results: Results) -> None:
        """Shows the contenders of a comparison; the choices stay where they can."""
        self._results = results
        self._known = {quantity.key: quantity for quantity in quantities(results)}
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


def _offer(box: QComboBox, names: Sequence[str], default: str) -> None:
    chosen = box.currentText()
    wanted = chosen if chosen in names else default
    fill_combo_box(box, [(name, name) for name in names], wanted)

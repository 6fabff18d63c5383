"""How many seeds a verdict needs."""

from studio.gui.pages.compare.plots.seeds_plot import SeedsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.view.results_view import Results
from studio.gui.widgets.basics import Card, em, label


class SeedsCard(Card):
    """The interval's width by number of seeds, and what follows from it."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("How many seeds are needed")
        self.sentence = label("")
        self.plot = SeedsPlot(appearance)
        self.plot.setMinimumHeight(em(self, 15))
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.plot, 1)

    def show_pair(self, results: Results, pair: tuple[str, str]) -> None:
        """Shows a pair of which something is known."""
        plan = results.seeds[pair]
        self.sentence.setText(plan.sentence)
        unit = f", {plan.unit}" if plan.unit else ""
        self.plot.show_plan(plan, f"interval half-width, {results.metric.label}{unit}")

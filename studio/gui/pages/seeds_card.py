"""How many seeds are enough for the pair that is judged."""

from studio.gui.desk import Look
from studio.gui.plots.seeds import SeedsPlot
from studio.gui.viewstate.compare import Results
from studio.gui.widgets.basics import Card, em, label


class SeedsCard(Card):
    """The interval's width by number of seeds, and what follows from it."""

    def __init__(self, look: Look) -> None:
        super().__init__("How many seeds are enough")
        self.sentence = label("")
        self.plot = SeedsPlot(look)
        self.plot.setMinimumHeight(em(self, 15))
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.plot, 1)

    def show_pair(self, results: Results, pair: tuple[str, str]) -> None:
        """Shows a pair of which something is known."""
        plan = results.seeds[pair]
        self.sentence.setText(plan.sentence)
        unit = f", {plan.unit}" if plan.unit else ""
        self.plot.show_plan(plan, f"half of the interval, {results.metric.label}{unit}")

"""A contender's column on the page Gates: heading, read-out, maps, colour scales."""

from studio.gui.pages.gates.gate_rows import Shown
from studio.gui.pages.gates.heat_map import GateMaps
from studio.gui.pages.gates.inspector.steady_label import SteadyLabel
from studio.gui.plots.colour_bar import ColourBar
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import Card, em, one_line
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.stroke_sample import StrokeSample


class GatesColumn(Card):
    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__(name)
        self.name = name
        self.sample = StrokeSample()
        self.header.insertWidget(0, self.sample)
        self.header.setSpacing(em(self, 0.5))
        self.read_out = SteadyLabel(appearance, "muted", least_lines=2)
        self.predicts = one_line(size=0.95)
        self.maps = GateMaps(appearance, name)
        self.shares = ColourBar(appearance, diverging=False)
        self.signed = ColourBar(appearance, diverging=True)
        self.wide = ColourBar(appearance, diverging=True)
        self.bars = bars = FlowRow(0.6)
        self._wide_group = [bars.add(bar) for bar in (self.shares, self.signed, self.wide)][-1]
        self.body.addWidget(self.predicts)
        self.body.addWidget(self.read_out)
        self.body.addWidget(self.maps, 1)
        self.body.addWidget(bars)
        self.maps.cursor_moved.connect(self._read)

    def show_gates(self, heading: str, shown: Shown, stroke: Stroke) -> None:
        self.set_heading(heading)
        self.sample.show_stroke(stroke)
        self.sample.show()
        self.maps.show()
        self.bars.show()
        self.maps.show_gates(shown)
        shares = [panel.symbol for panel in shown.panels if panel.is_share]
        self.shares.setVisible(bool(shares))
        self.shares.show_scale(", ".join(shares), "0", "1")
        usual = [panel.symbol for panel in shown.panels if not panel.is_share and panel.limit <= 1]
        self.signed.setVisible(bool(usual))
        self.signed.show_scale(", ".join(usual), "−1", "1")
        wide = [panel for panel in shown.panels if panel.limit > 1]
        self._wide_group.setVisible(bool(wide))
        for panel in wide[:1]:
            self.wide.show_scale(panel.symbol, f"−{panel.limit:.2g}", f"{panel.limit:.2g}")

    def show_prediction(self, words: str) -> None:
        """What the network predicts beside the truth, or nothing."""
        if words != self.predicts.text():
            self.predicts.setText(words)
        self.predicts.setVisible(bool(words))

    def show_nothing(self, why: str) -> None:
        self.set_heading(self.name)
        self.read_out.set_text(why)
        self.sample.hide()
        self.predicts.hide()
        self.maps.hide()
        self.bars.hide()

    def _read(self) -> None:
        fixed = " (fixed; Esc releases it)" if self.maps.is_fixed_here else ""
        self.read_out.set_text(self.maps.words + fixed)

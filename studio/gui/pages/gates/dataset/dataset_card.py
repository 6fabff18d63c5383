"""What gates do over all test examples, contender beside contender."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.analysis.gates.dataset.seed_summary import SeedSummary
from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.dataset.pass_runner import PassRunner
from studio.gui.pages.gates.view.dataset_view import (
    FIGURES,
    MOST_CLASSES,
    GateChoice,
    class_rows,
    figure_rows,
    gate_choices,
    read_words,
)
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.widgets.basics import Card, button, em, fill_combo_box, label, set_tone
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.small_table import SmallTable
from studio.runs.stored.dataset_gates import DatasetGates, DatasetGatesPass

_TEASER = "Distributions, saturation, half-lives, dead units and effective rank over the test set."


class DatasetCard(Card):
    """Computed when it is asked for, on the newest results of the session.

    Attributes:
        found: What was counted, or None.
    """

    def __init__(
        self, context: AppContext, make: Callable[[], Callable[[], DatasetGatesPass]]
    ) -> None:
        super().__init__("All test examples")
        self._context, self._make = context, make
        self.runner = PassRunner(context.jobs, self)
        self.runner.changed.connect(self._progressed)
        self.found: DatasetGates | None = None
        self._prefix = "l0"
        self._choices: list[GateChoice] = []
        self.compute = button("Compute", self._begin, tip=_TEASER)
        self.stop = button("Stop", self.runner.stop)
        self.progress = label("", tone="muted")
        self.intro = label(_TEASER, tone="muted")
        self.gate = ElidedComboBox("Gates or states that play the same part")
        self.gate.setAccessibleName("Gate or state")
        self.gate.currentIndexChanged.connect(lambda _: self._draw())
        self.distribution = _plot(context, "Distribution", "value", "share of values, %")
        self.by_place = _plot(context, "By step", "step", "mean, 10 to 90 %")
        self.figures = SmallTable(FIGURES, "Figures of the chosen gate")
        self.classes: SmallTable | None = None
        self._lay_out()

    def show_layer(self, prefix: str) -> None:
        """The layer and direction that the page shows."""
        if prefix != self._prefix:
            self._prefix = prefix
            self._draw()

    def offer(self, *, possible: bool) -> None:
        """Whether there are trained networks to read."""
        self.compute.setEnabled(possible)
        self._draw()

    def forget(self) -> None:
        """Another session."""
        self.runner.stop()
        self.found = None
        self.compute.setText("Compute")
        self._draw()

    def _begin(self) -> None:
        self.runner.begin(self._make(), self._take, partial(self._say, tone="warning"))

    def _take(self, reading: DatasetGatesPass) -> None:
        found = self.found = reading.result()
        cells = {name: CELLS[gates.cell] for name, gates in found.contenders.items()}
        self._choices = gate_choices(cells)
        texts = [(choice.text, number) for number, choice in enumerate(self._choices)]
        fill_combo_box(self.gate, texts, self.gate.currentData())
        seeds = max((gates.seeds for gates in found.contenders.values()), key=len)
        self._say(read_words(found.examples, found.available, seeds), "muted")
        self.compute.setText("Compute again")
        self._draw()

    def _draw(self) -> None:
        found = self.found
        self._content.setVisible(found is not None)
        if found is None:
            if not self.runner.is_running:
                self._say(_TEASER, "muted")
            return
        choice = self._choices[max(0, self.gate.currentIndex())]
        shown = self._summaries(choice.names)
        strokes = self._context.strokes()
        self.distribution.show_curves(
            [
                PlotCurve(name, _centres(each.scale.edges), 100 * each.density, strokes[name])
                for name, each in shown.items()
                if name in strokes
            ]
        )
        steps = found.steps.astype(np.float64)
        self.by_place.show_curves(
            [
                PlotCurve(
                    name, steps, each.place_means, strokes[name], each.place_low, each.place_high
                )
                for name, each in shown.items()
                if name in strokes
            ]
        )
        _leave_room(self.distribution)
        _leave_room(self.by_place)
        memory = self._summaries(
            {name: CELLS[gates.cell].memory_gate or "" for name, gates in found.contenders.items()}
        )
        states = self._summaries(dict.fromkeys(found.contenders, "h"))
        self.figures.show_rows(figure_rows(shown, memory, states))
        self._show_classes(shown, found.classes)

    def _summaries(self, names: Mapping[str, str]) -> dict[str, SeedSummary]:
        """Of the layer that is shown, where a contender has it."""
        if self.found is None:
            return {}
        contenders = self.found.contenders
        wanted = {name: f"{self._prefix}_{gate}" for name, gate in names.items()}
        return {
            name: contenders[name].arrays[array]
            for name, array in wanted.items()
            if array in contenders[name].arrays
        }

    def _show_classes(self, shown: Mapping[str, SeedSummary], classes: tuple[str, ...]) -> None:
        if self.classes is not None:
            self.classes.hide()
            self.classes.deleteLater()
            self.classes = None
        self._class_words.setVisible(bool(classes))
        if not classes:
            return
        more = (
            f", the first {MOST_CLASSES} of {len(classes)}" if len(classes) > MOST_CLASSES else ""
        )
        self._class_words.setText(f"By class: mean, and the range of 80 % of values{more}")
        self.classes = SmallTable(("", *shown), "Values by class")
        self.classes.show_rows(class_rows(shown, classes))
        self._column.addWidget(self.classes)

    def _progressed(self) -> None:
        running = self.runner.is_running
        self.compute.setVisible(not running)
        self.stop.setVisible(running)
        self.progress.setVisible(running)
        self.progress.setText(self.runner.words)

    def _say(self, words: str, tone: str) -> None:
        self.intro.setText(words)
        set_tone(self.intro, tone)

    def _lay_out(self) -> None:
        for shown in (self.progress, self.stop, self.compute):
            self.header.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        self.progress.setWordWrap(False)
        self.progress.hide()
        self.stop.hide()
        self.body.addWidget(self.intro)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        choices = FlowRow()
        choices.add(self.gate, caption="gate or state")
        plots = SideBySide(least=24, most=2)
        plots.set_widgets([self.distribution, self.by_place])
        self._class_words = label("", tone="muted")
        parts: tuple[QWidget, ...] = (choices, plots, self.figures, self._class_words)
        for part in parts:
            self._column.addWidget(part)
        self.body.addWidget(self._content)
        self._content.hide()


def _plot(context: AppContext, name: str, x_label: str, y_label: str) -> Plot:
    plot = Plot(context.appearance, name, x_label, y_label)
    plot.setFixedHeight(em(plot, 15))
    plot.spread_legend(4)
    return plot


def _leave_room(plot: Plot) -> None:
    """Frames what is drawn, with room above for the legend."""
    parts = [part for each in plot.curves for part in (each.y, each.low, each.high)]
    values = np.concatenate([np.zeros(0), *(part for part in parts if part is not None)])
    values = values[np.isfinite(values)]
    if len(values):
        low, high = float(values.min()), float(values.max())
        span = high - low or 1.0
        plot.item.setYRange(low - 0.04 * span, high + 0.28 * span, padding=0)


def _centres(edges: Doubles) -> Doubles:
    centres: Doubles = (edges[1:] + edges[:-1]) / 2
    return centres

"""What drives the prediction of the shown example, contender beside contender."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.inspection.attribution import Attribution
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.jobs.background_jobs import BackgroundJobs, explained
from studio.gui.pages.gates.dataset.attribution_plot import AttributionPlot
from studio.gui.pages.gates.gates_work import InspectedGates
from studio.gui.pages.gates.view.attribution_words import (
    attribution_intro,
    attribution_words,
    is_complete,
)
from studio.gui.plots.colour_bar import ColourBar
from studio.gui.style.appearance import Appearance
from studio.gui.view.number_format import format_value
from studio.gui.widgets.basics import Card, button, em, fill_combo_box, label, set_tone
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.side_by_side import SideBySide
from studio.runs.stored.attributions import attribute_models, usual_output

_TITLE = "What drives the prediction"
_TEASER = "Which steps and channels move each contender's prediction of this example."


class AttributionCard(Card):
    """Computed when it is asked for; from then on it follows the example.

    Attributes:
        found: The newest attributions, by contender.
    """

    def __init__(self, jobs: BackgroundJobs, appearance: Appearance) -> None:
        super().__init__(_TITLE)
        self._jobs, self._appearance = jobs, appearance
        self._seen: InspectedGates | None = None
        self._preprocessing: Preprocessing | None = None
        self._follows = self._is_busy = False
        self._shown: tuple[InspectedGates, int] | None = None
        self.found: Mapping[str, Attribution] = {}
        self.compute = button("Compute", self._begin, tip=_TEASER)
        self.output = ElidedComboBox("What is explained")
        self.output.setAccessibleName("What is explained")
        self.output.currentIndexChanged.connect(lambda _: self._update())
        self.intro = label(_TEASER, tone="muted")
        self.bar = ColourBar(appearance, diverging=True)
        self.panes: dict[str, _Pane] = {}
        self._side_by_side = SideBySide(least=24)
        self._lay_out()

    def follow(self, seen: InspectedGates | None, preprocessing: Preprocessing) -> None:
        """The page shows this example now; None while training is followed."""
        if seen is self._seen and preprocessing is self._preprocessing:
            return
        self._seen, self._preprocessing = seen, preprocessing
        example = None if seen is None else seen.example
        self.compute.setEnabled(example is not None)
        if example is not None:
            usual = usual_output(preprocessing, example)
            is_class = preprocessing.class_names is not None
            wanted = usual if is_class or self.output.currentIndex() < 0 else None
            kept = self.output.currentData() if wanted is None else wanted
            names = [(name, at) for at, name in enumerate(preprocessing.output_names)]
            fill_combo_box(self.output, names, kept)
        if self._follows:
            self._update()

    def forget(self) -> None:
        """Another session: nothing is computed until it is asked for."""
        self._follows, self._seen, self._shown = False, None, None
        self.output.clear()
        self._show({})

    def _begin(self) -> None:
        self._follows = True
        self._update()

    def _update(self) -> None:
        seen, output = self._seen, self.output.currentData()
        if not self._follows or self._is_busy or output is None:
            return
        if seen is None or seen.example is None:
            self._show({})
            return
        if self._shown is not None and self._shown[0] is seen and self._shown[1] == output:
            return
        example, pairs = seen.example, seen.pairs
        self._is_busy = True

        def take(found: dict[str, Attribution]) -> None:
            self._is_busy, self._shown = False, (seen, output)
            if seen is self._seen:
                self._show(found)
            self._update()

        def refuse(error: BaseException) -> None:
            self._is_busy, self._shown = False, (seen, output)
            self._show({})
            self._tell(explained(error), "warning")

        self._jobs.calculate(
            "Computing what drives the prediction",
            lambda: attribute_models(pairs, example, output),
            take,
            refuse,
        )

    def _show(self, found: Mapping[str, Attribution]) -> None:
        self.found, preprocessing = found, self._preprocessing
        self.compute.setVisible(not found)
        for part in (self._choices, self._side_by_side):
            part.setVisible(bool(found))
        if not found or preprocessing is None:
            self._tell(_TEASER, "muted")
            return
        if list(self.panes) != list(found):
            self.panes = {name: _Pane(self._appearance, name) for name in found}
            self._side_by_side.set_widgets(list(self.panes.values()))
        self._tell(attribution_intro(preprocessing, self.output.currentData()), "muted")
        limit = max(float(np.abs(each.values).max(initial=0)) for each in found.values()) or 1.0
        words = format_value(limit)
        self.bar.show_scale("attribution", f"−{words}", words)
        for name, each in found.items():
            self.panes[name].show_attribution(each, preprocessing, limit)

    def _tell(self, words: str, tone: str) -> None:
        self.intro.setText(words)
        set_tone(self.intro, tone)

    def _lay_out(self) -> None:
        self.header.addWidget(self.compute, 0, Qt.AlignmentFlag.AlignTop)
        self._choices = FlowRow()
        self._choices.add(self.output, caption="explain")
        self._choices.add(self.bar)
        self.output.setMinimumWidth(em(self, 8))
        self.body.addWidget(self.intro)
        self.body.addWidget(self._choices)
        self.body.addWidget(self._side_by_side)
        self._choices.hide()
        self._side_by_side.hide()


class _Pane(QWidget):
    """One contender."""

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.heading = label(name, bold=True)
        self.plot = AttributionPlot(appearance, name)
        self.words = label("", size=0.95)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.3))
        for part in (self.heading, self.plot, self.words):
            column.addWidget(part)
        column.addStretch(1)

    def show_attribution(
        self, found: Attribution, preprocessing: Preprocessing, limit: float
    ) -> None:
        is_value = preprocessing.target_scaler is not None
        unit = preprocessing.unit if is_value else ""
        self.plot.show_values(found.values, preprocessing.input_names, limit, unit)
        self.words.setText(attribution_words(preprocessing, found))
        set_tone(self.words, "" if is_complete(found) else "warning")

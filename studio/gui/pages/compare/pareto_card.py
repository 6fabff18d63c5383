"""Contenders by any two quantities that the user chooses."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QComboBox

from studio.core.specs.device_profile import read_profile
from studio.gui.pages.compare.plots.pareto_plot import ParetoPlot
from studio.gui.pages.compare.view.device_quantities import device_quantities
from studio.gui.pages.compare.view.quantities import Quantity, quantities
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.results_view import Results, best_baseline_score
from studio.gui.widgets.basics import Card, em, fill_combo_box, label
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.plain_text import plain_tip
from studio.paths import devices

_FIRST_ACROSS = "training time"
_FIRST_ON_DEVICE = "flash, float"
_ESTIMATED = "Times on a device are estimates from low to high; see the page Export."
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
        self._profiles = {name: read_profile(path) for name, path in devices().items()}
        self.device = ElidedComboBox("The device whose flash, RAM and time can be chosen as axes")
        self.device.setAccessibleName("Device")
        self.device.addItem("none", None)
        for name, profile in self._profiles.items():
            self.device.addItem(profile.name, name)
        self.device.currentIndexChanged.connect(lambda _: self._take_device())
        choices = FlowRow(0.4)
        choices.add(self.up)
        choices.add(self.across, caption="against")
        choices.add(self.device, caption="on the device")
        self.body.addWidget(choices)
        self.plot.setMinimumHeight(em(self, 18))
        self.body.addWidget(self.plot, 1)
        self.front = label(_FRONT, tone="muted", size=0.9)
        self.body.addWidget(self.front)

    def show_results(self, results: Results) -> None:
        """Shows the contenders of a comparison; the choices stay where they can."""
        self._results = results
        profile = self._profiles.get(self.device.currentData())
        found = list(quantities(results))
        if profile is not None:
            found += device_quantities(results.history, profile)
        self._known = {quantity.key: quantity for quantity in found}
        names = list(self._known)
        _offer(self.up, names, names[0])
        _offer(self.across, names, _FIRST_ACROSS)
        self._show()

    def _take_device(self) -> None:
        """Shows the flash of a device that was chosen, and the training time without one."""
        if self._results is None:
            return
        is_chosen = self.device.currentData() is not None
        self.show_results(self._results)
        self.across.setCurrentText(_FIRST_ON_DEVICE if is_chosen else _FIRST_ACROSS)

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
        parts = [_FRONT] if len(self.plot.front) > 1 else []
        for quantity in (across, up):
            if quantity.limit is not None:
                name, value = quantity.limit
                unit = quantity.label.split(", ")[-2]
                parts.append(f"{name[0].upper()}{name[1:]}: {value:,g} {unit}.")
        if any("estimated" in each.label for each in (across, up)):
            parts.append(_ESTIMATED)
        self.front.setText(" ".join(parts))
        self.front.setVisible(bool(parts))


def _offer(box: QComboBox, names: Sequence[str], default: str) -> None:
    chosen = box.currentText()
    wanted = chosen if chosen in names else default
    fill_combo_box(box, [(name, name) for name in names], wanted)

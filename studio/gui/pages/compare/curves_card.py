"""The curves of the page Compare: more choices, and runs of other sessions beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox

from studio.core.results.events import EpochRecord, RunId
from studio.core.results.history import ComparisonHistory
from studio.gui.pages.train.loss_card import SPREADS, LossCard
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import strokes
from studio.gui.view.loss_curves import Center, CurveChoices, Loss, Spread
from studio.gui.widgets.basics import button
from studio.gui.widgets.plain_text import plain_tip

_CENTERS: tuple[Center, ...] = ("mean", "median")


@dataclass(frozen=True)
class Overlay:
    """A comparison of another session whose curves are drawn beside these.

    Attributes:
        name: Of its session, suffix each contender's name.
        history: What was measured.
    """

    name: str
    history: ComparisonHistory


class CurvesCard(LossCard):
    """Loss curves with a choice of average, spread and axes."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance)
        self.appearance = appearance
        self.overlays: list[Overlay] = []
        self.center, self.spread = QComboBox(), QComboBox()
        for center in _CENTERS:
            self.center.addItem(center, center)
        for key, words in SPREADS.items():
            self.spread.addItem(words or "no spread", key)
        for choice, name in (
            (self.center, "Average of the runs"),
            (self.spread, "Spread of the runs"),
        ):
            choice.setAccessibleName(name)
            choice.setToolTip(plain_tip(name))
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            self.row.add(choice)
        self.log_x = QCheckBox("log x-axis")
        self.log_x.setToolTip("Logarithmic horizontal axis")
        self.log_x.toggled.connect(lambda _: self.changed.emit())
        self.row.add(self.log_x)
        self.clear = button("Remove added", self._clear, tip="Removes the curves of other sessions")
        self.header.addWidget(self.clear)
        self.clear.hide()

    def seen(self, loss: Loss, examples: Mapping[str, int]) -> CurveChoices:
        base = super().seen(loss, examples)
        center: Center = self.center.currentData()
        spread: Spread = self.spread.currentData()
        return CurveChoices(base.loss, base.x_axis, examples, center, spread)

    @property
    def has_logarithmic_x(self) -> bool:
        return self.log_x.isChecked()

    def show_history(self, history: ComparisonHistory) -> None:
        """Draws the comparison and its overlays, in shades of their cells' colours.

        Overlays with a loss other than this comparison's are dropped.
        """
        loss = history.preprocessing.loss
        self.overlays = [
            overlay for overlay in self.overlays if overlay.history.preprocessing.loss == loss
        ]
        epochs: dict[RunId, tuple[EpochRecord, ...]] = {}
        cells: list[tuple[str, str]] = []
        examples: dict[str, int] = {}
        named = ((f", {overlay.name}", overlay.history) for overlay in self.overlays)
        for suffix, shown in (("", history), *named):
            epochs.update(_epochs(shown, suffix))
            drawn = [
                (f"{contender.name}{suffix}", contender.spec.cell) for contender in shown.contenders
            ]
            cells += drawn
            examples.update((name, shown.part_sizes["training"]) for name, _ in drawn)
        self.clear.setVisible(bool(self.overlays))
        self.show_runs(
            epochs,
            history.baselines,
            strokes(self.appearance.theme, cells),
            loss,
            examples,
        )

    def _clear(self) -> None:
        self.overlays = []
        self.changed.emit()


def _epochs(history: ComparisonHistory, suffix: str) -> dict[RunId, tuple[EpochRecord, ...]]:
    return {
        run.run._replace(contender=f"{run.run.contender}{suffix}"): tuple(run.epochs)
        for contender in history.contenders
        for run in contender.runs
    }

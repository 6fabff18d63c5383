"""The curves of the page Compare: more choices, and runs of other sessions beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox

from studio.core.events import EpochRecord, RunId
from studio.core.history import ComparisonHistory
from studio.gui.desk import Look
from studio.gui.pages.loss_card import SPREADS, LossCard
from studio.gui.theme import strokes
from studio.gui.viewstate.curves import Center, Loss, Seen, Spread
from studio.gui.widgets.basics import button

_CENTERS: tuple[Center, ...] = ("mean", "median")


@dataclass(frozen=True)
class Overlay:
    """A comparison of another session whose curves are drawn beside these.

    Attributes:
        name: Of its session, behind each contender's name.
        history: What was measured.
    """

    name: str
    history: ComparisonHistory


class CurvesCard(LossCard):
    """Loss curves with a choice of middle, spread and axes."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.look = look
        self.overlays: list[Overlay] = []
        self.center, self.spread = QComboBox(), QComboBox()
        for each in _CENTERS:
            self.center.addItem(each, each)
        for key, words in SPREADS.items():
            self.spread.addItem(words or "no spread", key)
        for choice, name in (
            (self.center, "Middle of the runs"),
            (self.spread, "Spread of the runs"),
        ):
            choice.setAccessibleName(name)
            choice.setToolTip(name)
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            self.row.add(choice)
        self.log_x = QCheckBox("log across")
        self.log_x.setToolTip("A logarithmic horizontal axis.")
        self.log_x.toggled.connect(lambda _: self.changed.emit())
        self.row.add(self.log_x)
        self.clear = button("Without them", self._clear, tip="Takes away what was added.")
        self.header.addWidget(self.clear)
        self.clear.hide()

    def seen(self, loss: Loss, examples: Mapping[str, int]) -> Seen:
        """See LossCard."""
        base = super().seen(loss, examples)
        center: Center = self.center.currentData()
        spread: Spread = self.spread.currentData()
        return Seen(base.loss, base.x_axis, examples, center, spread)

    @property
    def has_logarithmic_x(self) -> bool:
        """See LossCard."""
        return self.log_x.isChecked()

    def show_history(self, history: ComparisonHistory) -> None:
        """Draws the comparison and what was laid over it, in shades of their cells' colours.

        What has another loss than this comparison is no longer laid over it.
        """
        loss = history.preparation.loss
        self.overlays = [each for each in self.overlays if each.history.preparation.loss == loss]
        epochs: dict[RunId, tuple[EpochRecord, ...]] = {}
        cells: list[tuple[str, str]] = []
        examples: dict[str, int] = {}
        named = ((f", {overlay.name}", overlay.history) for overlay in self.overlays)
        for behind, each in (("", history), *named):
            epochs.update(_epochs(each, behind))
            drawn = [(f"{one.name}{behind}", one.spec.cell) for one in each.contenders]
            cells += drawn
            examples.update((name, each.part_sizes["training"]) for name, _ in drawn)
        self.clear.setVisible(bool(self.overlays))
        self.show_runs(
            epochs,
            history.baselines,
            strokes(self.look.theme, cells),
            loss,
            examples,
        )

    def _clear(self) -> None:
        self.overlays = []
        self.changed.emit()


def _epochs(history: ComparisonHistory, behind: str) -> dict[RunId, tuple[EpochRecord, ...]]:
    return {
        run.run._replace(contender=f"{run.run.contender}{behind}"): tuple(run.epochs)
        for contender in history.contenders
        for run in contender.runs
    }

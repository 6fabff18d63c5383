"""A contender's lane: progress, current loss and metric, time of a step."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QWidget

from studio.core.arrays import Doubles
from studio.core.results.metrics import METRICS
from studio.core.results.progress import ContenderProgress
from studio.gui.style.theme import Stroke, Theme
from studio.gui.widgets.basics import Card, em, label

_THOUSAND = 1000
_LANE_EM = 22
_NONE = "–"


class LaneCard(Card):
    """Shows a lane; a failed one says why and what to do."""

    def __init__(self, name: str, parameters: int) -> None:
        super().__init__()
        self._colors = ("", "")
        self._mark = QFrame()
        self._mark.setFixedWidth(max(3, em(self, 0.25)))
        self._name = label(name, bold=True)
        self._facts = label(f"{parameters:,} parameters", tone="muted", size=0.9)
        self._where = label("waiting", tone="muted", size=0.9)
        self._score, self._score_unit = _figure(), label("", tone="muted", size=0.85)
        self._time, self._time_unit = _figure(), label("ms per step", tone="muted", size=0.85)
        self._problem = label("", tone="bad")
        self._problem.hide()
        self.bar = QProgressBar()
        self.bar.setRange(0, _THOUSAND)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(f"Progress of {name}")
        row = QHBoxLayout()
        row.addWidget(self._mark)
        row.addLayout(self._grid(), 1)
        self.body.addLayout(row)
        self.body.addWidget(self._problem)
        self.body.addWidget(self.bar)

    def show_lane(
        self, lane: ContenderProgress, stroke: Stroke, theme: Theme, place: str, unit: str
    ) -> None:
        """Shows how far the contender is; place says where in words."""
        run = lane.progress
        self._dress(stroke.color, theme.selected)
        self.bar.setValue(round(_THOUSAND * lane.share))
        self._where.setText(place)
        self._problem.setText(run.problem)
        self._problem.setVisible(run.status == "failed")
        if run.last is None:  # of the seed before, or of another comparison
            self._score.setText(_NONE)
            self._score_unit.setText("")
        else:
            name, value = next(iter(run.last.scores.items()))
            metric = METRICS[name]
            part = "training" if run.last.validation_loss is None else "validation"
            self._score.setText(f"{value:.3g}")
            unit_words = f", {unit}" if metric.in_target_units and unit else ""
            self._score_unit.setText(f"{part} {metric.label}{unit_words}")

    def _dress(self, color: str, ground: str) -> None:
        """Style sheets take a while, and lanes are drawn often."""
        if (color, ground) == self._colors:
            return
        self._colors = (color, ground)
        self._mark.setStyleSheet(f"background: {color}; border-radius: 2px;")
        chunk = f"QProgressBar::chunk {{ background: {color}; border-radius: 3px; }}"
        self.bar.setStyleSheet(f"QProgressBar {{ background: {ground}; }} {chunk}")

    def show_time(self, milliseconds: Doubles | None) -> None:
        """Shows the median time of the newest steps, which a busy moment hardly changes."""
        times = np.empty(0) if milliseconds is None else milliseconds
        self._time.setText(f"{np.median(times):.3g}" if len(times) else _NONE)

    @property
    def score_text(self) -> str:
        """The figure of the newest epoch, or a dash."""
        return self._score.text()

    @property
    def place_text(self) -> str:
        """Which run is shown and how far it is."""
        return self._where.text()

    @property
    def time_text(self) -> str:
        """The figure of the newest steps, or a dash."""
        return self._time.text()

    @property
    def problem_text(self) -> str:
        """Why the shown run failed and what to do, or ""."""
        return self._problem.text()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(em(self, 0.9))
        grid.addWidget(self._name, 0, 0)
        grid.addWidget(self._facts, 1, 0)
        grid.addWidget(self._where, 2, 0)
        grid.addWidget(self._score, 0, 1, 2, 1)
        grid.addWidget(self._score_unit, 2, 1)
        grid.addWidget(self._time, 0, 2, 2, 1)
        grid.addWidget(self._time_unit, 2, 2)
        grid.setColumnStretch(0, 1)
        for part in (self._score, self._score_unit, self._time, self._time_unit):
            part.setWordWrap(False)
            part.setAlignment(part.alignment().AlignRight)
        return grid


def _figure() -> QLabel:
    figure = label(_NONE, size=1.7, bold=True)
    font = QFont(figure.font())
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    figure.setFont(font)
    return figure


class LaneRow(QWidget):
    """All lanes side by side, in rows where the window is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._cards: dict[str, LaneCard] = {}
        self._contenders: list[tuple[str, int]] = []
        self._columns = 0

    @property
    def cards(self) -> dict[str, LaneCard]:
        return self._cards

    def show_contenders(self, contenders: Sequence[tuple[str, int]]) -> None:
        """Makes a lane for each contender, given by name and parameters."""
        if list(contenders) == self._contenders:
            return
        self._contenders = list(contenders)
        for card in self._cards.values():
            card.hide()
            card.deleteLater()
        self._cards = {name: LaneCard(name, count) for name, count in contenders}
        self._columns = 0
        self.arrange(self.width())

    def arrange(self, width: int) -> None:
        most = max(1, min(len(self._cards), width // em(self, _LANE_EM)))
        rows = -(-len(self._cards) // most)
        columns = -(-len(self._cards) // rows) if rows else 1  # rows of like length
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, *divmod(number, columns))

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.arrange(self.width())

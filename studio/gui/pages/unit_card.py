"""One unit of one contender: its gates over time and its equations with the step's numbers."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.gui.desk import Look
from studio.gui.plots.gate_rows import Shown
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import DASH_DOT, DASHES, DOTS, SOLID, Stroke
from studio.gui.viewstate.gates import Cursor, filled_equations
from studio.gui.widgets.basics import Card, em, label

_LINES = (SOLID, DASHES, DOTS, DASH_DOT)


class UnitCard(Card):
    """What a click fixes."""

    def __init__(self, look: Look) -> None:
        super().__init__("")
        self._look = look
        self.plot = Plot(look, "Gates of one unit", "step", "value")
        self.plot.setMinimumHeight(em(self, 14))
        self.plot.legend.setColumnCount(6)
        self.plot.legend.setOffset((8, 2))
        self._line = pg.InfiniteLine(angle=90)
        self.plot.item.addItem(self._line, ignoreBounds=True)
        equations = QWidget()
        self._grid = QGridLayout(equations)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(em(self, 0.15))
        self.equations = [(label("", tone="muted", size=0.95), label("")) for _ in range(6)]
        for row, (equation, numbers) in enumerate(self.equations):
            self._grid.addWidget(equation, 2 * row, 0)
            self._grid.addWidget(numbers, 2 * row + 1, 0)
            numbers.setContentsMargins(em(self, 1), 0, 0, em(self, 0.3))
        self._grid.setRowStretch(2 * len(self.equations), 1)
        row_layout = QHBoxLayout()
        row_layout.addWidget(equations, 2)
        row_layout.addWidget(self.plot, 3)
        self.body.addLayout(row_layout)

    def show_unit(self, name: str, shown: Shown, at: Cursor, *, reverse: bool) -> None:
        """Shows a unit at a step."""
        self.set_heading(f"{name}, unit {at.unit} at step {at.step}")
        pairs = filled_equations(
            CELLS[shown.cell],
            shown.panels,
            at,
            reverse=reverse,
            nonlinearity=shown.nonlinearity,
        )
        for place, (equation, numbers) in enumerate(self.equations):
            known = place < len(pairs)
            equation.setVisible(known)
            numbers.setVisible(known)
            if known:
                equation.setText(pairs[place][0])
                numbers.setText(pairs[place][1])
        self._draw(shown, at)

    def _draw(self, shown: Shown, at: Cursor) -> None:
        theme = self._look.theme
        colors = (theme.accent, theme.text, theme.warning, theme.good, theme.bad, theme.muted)
        steps = np.arange(len(shown.inputs), dtype=np.float64)
        self.plot.show_curves(
            [
                Curve(
                    panel.label,
                    steps,
                    panel.values[:, at.unit].astype(np.float64),
                    Stroke(color, _LINES[number % len(_LINES)], "o"),
                )
                for number, (panel, color) in enumerate(zip(shown.panels, colors, strict=False))
            ]
        )
        values = np.concatenate([panel.values[:, at.unit] for panel in shown.panels])
        low, high = float(values.min()), float(values.max())
        span = high - low or 1.0
        self.plot.item.setYRange(low - 0.05 * span, high + 0.3 * span, padding=0)
        self._line.setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine))
        self._line.setValue(at.step)

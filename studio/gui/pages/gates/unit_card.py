"""One unit of one contender: its gates over time and its equations with the step's numbers."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.gui.pages.gates.gate_rows import Shown
from studio.gui.pages.gates.view.gates import Cursor, filled_equations
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASH_DOT, DASHES, DOTS, SOLID, Stroke
from studio.gui.widgets.basics import Card, em, label

_LINES = (SOLID, DASHES, DOTS, DASH_DOT)


class UnitCard(Card):
    """What a click fixes."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("")
        self._appearance = appearance
        self.plot = Plot(appearance, "Gates of one unit", "step", "value")
        self.plot.setMinimumHeight(em(self, 14))
        self.plot.spread_legend(6)
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

    def show_unit(self, name: str, shown: Shown, cursor: Cursor, *, reverse: bool) -> None:
        self.set_heading(f"{name}, unit {cursor.unit} at step {cursor.step}")
        pairs = filled_equations(
            CELLS[shown.cell],
            shown.panels,
            cursor,
            reverse=reverse,
            nonlinearity=shown.nonlinearity,
        )
        for place, (equation, numbers) in enumerate(self.equations):
            is_used = place < len(pairs)
            equation.setVisible(is_used)
            numbers.setVisible(is_used)
            if is_used:
                equation.setText(pairs[place][0])
                numbers.setText(pairs[place][1])
        self._draw(shown, cursor)

    def _draw(self, shown: Shown, cursor: Cursor) -> None:
        theme = self._appearance.theme
        colors = (theme.accent, theme.text, theme.warning, theme.good, theme.bad, theme.muted)
        steps = np.arange(len(shown.inputs), dtype=np.float64)
        self.plot.show_curves(
            [
                PlotCurve(
                    panel.label,
                    steps,
                    panel.values[:, cursor.unit].astype(np.float64),
                    Stroke(color, _LINES[number % len(_LINES)], "o"),
                )
                for number, (panel, color) in enumerate(zip(shown.panels, colors, strict=False))
            ]
        )
        values = np.concatenate([panel.values[:, cursor.unit] for panel in shown.panels])
        low, high = float(values.min()), float(values.max())
        span = high - low or 1.0
        self.plot.item.setYRange(low - 0.05 * span, high + 0.3 * span, padding=0)
        self._line.setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine))
        self._line.setValue(cursor.step)

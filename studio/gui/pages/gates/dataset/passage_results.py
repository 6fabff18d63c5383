"""The passages that were found: a list, what they have in common, inputs aligned at the start."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.pages.gates.view.passage_words import MOST_ROWS, column_rows, share_rows
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import em, fill_combo_box, label
from studio.gui.widgets.column_table import ColumnTable
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.small_table import SmallTable
from studio.runs.stored.unit_traces import Aligned, FoundPassages

_CLASSES = ("class", "in passages", "everywhere")
_COLUMNS = ("mean of", "in passages", "elsewhere")


class PassageResults(SideBySide):
    """Side by side where there is room.

    Signals:
        chosen: The place of a passage in the list that the user went to.
    """

    chosen = Signal(int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(least=26, most=3)
        self.table = ColumnTable("Passages")
        self.table.row_chosen.connect(self.chosen)
        self.classes = SmallTable(_CLASSES, "Classes in the passages")
        self.columns_of_inputs = SmallTable(_COLUMNS, "Columns in the passages")
        self.channel = ElidedComboBox("The column that is shown")
        self.channel.setAccessibleName("Column")
        self.channel.currentIndexChanged.connect(lambda _: self._draw())
        self.plot = Plot(appearance, "Inputs at the start", "steps from the start", "")
        self.plot.setMinimumHeight(em(self, 13))
        self.plot.legend.hide()
        self._aligned: Callable[[int], Aligned] | None = None
        self._stroke: Stroke | None = None
        self._units: tuple[str, ...] = ()
        self.set_widgets([self.table, self._common(), self._inputs()])

    def show_found(
        self,
        found: FoundPassages,
        preprocessing: Preprocessing,
        aligned: Callable[[int], Aligned],
        stroke: Stroke,
    ) -> None:
        """Shows passages; `aligned` gives a column around their starts."""
        self._aligned, self._stroke = aligned, stroke
        few = slice(MOST_ROWS)
        columns = {
            "example": found.numbers[few],
            "from step": found.passages.first[few],
            "steps": found.passages.steps[few],
        }
        names = preprocessing.class_names
        if found.classes is not None and names is not None:
            known = [names[number] if number >= 0 else "" for number in found.classes[few]]
            columns["class"] = np.array(known, dtype=str)
        self.table.show_columns(columns)
        self.classes.setVisible(found.shares is not None)
        if found.shares is not None and names is not None:
            self.classes.show_rows(share_rows(found.shares, names))
        has_means = found.inside is not None and found.elsewhere is not None
        self.columns_of_inputs.setVisible(has_means)
        if found.inside is not None and found.elsewhere is not None:
            rows = column_rows(found.inside, found.elsewhere, preprocessing)
            self.columns_of_inputs.show_rows(rows)
        self._inputs_box.setVisible(has_means)
        self._units = preprocessing.input_units
        offered = [(name, number) for number, name in enumerate(preprocessing.input_names)]
        fill_combo_box(self.channel, offered, self.channel.currentData())
        if has_means:
            self._draw()

    def use(self, stroke: Stroke) -> None:
        """Draws in another colour, as in another theme."""
        if self._stroke is not None and stroke != self._stroke:
            self._stroke = stroke
            self._draw()

    def _draw(self) -> None:
        channel = self.channel.currentData()
        if self._aligned is None or self._stroke is None or channel is None:
            return
        found = self._aligned(channel)
        name, unit = self.channel.currentText(), self._units[channel]
        self.plot.set_labels("steps from the start", f"{name}, {unit}" if unit else name)
        known = np.isfinite(found.mean)
        parts = (part[known] for part in (found.offsets, found.mean, found.low, found.high))
        x, mean, low, high = parts
        self.plot.show_curves([PlotCurve("mean", x, mean, self._stroke, low, high)])

    def _common(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("What they have in common", tone="muted"))
        column.addWidget(self.classes)
        column.addWidget(self.columns_of_inputs)
        column.addStretch(1)
        return box

    def _inputs(self) -> QWidget:
        self._inputs_box = box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("Aligned at the start: mean, and 10 to 90 %", tone="muted"))
        column.addWidget(self.channel, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.plot, 1)
        return box

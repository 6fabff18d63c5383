"""Live gates: the input and every gate of the first layer, contender by contender."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import GatesTraced
from studio.gui.plots.canvas import Canvas, NameAxis
from studio.gui.plots.colour_bar import color_map
from studio.gui.plots.input_row import InputRow, label_of
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.short_names import short_names
from studio.gui.view.texts import symbols_read
from studio.gui.widgets.basics import one_line

_INPUT_HEIGHT, _STRIP_HEIGHT, _GAP = 2.0, 3.0, 0.3
"""In parts of the height."""
_LONGEST_NAME = 16
"""Letters; longer names would take the room of the maps."""


class GateStrips(QWidget):
    """Heat maps of time by unit below the input that caused them.

    All stand in one view, a row for each: a view for each row would take ten times as long to make
    and to draw.

    Attributes:
        rows: What stands at the left, from top to bottom.
    """

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setAccessibleName("Live gates of the pinned example")
        self._appearance = appearance
        self._names = NameAxis()
        self.canvas = Canvas(left=self._names)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._plot = self.canvas.getPlotItem()
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=True, y=False)
        self._plot.invertY()
        self._plot.setLabel("bottom", "time step")
        self._plot.getAxis("bottom").is_whole = True
        self.text = one_line(tone="muted", size=0.9)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        layout.addWidget(self.canvas, 1)
        self._images: dict[tuple[str, str], pg.ImageItem] = {}
        self._input: InputRow | None = None
        self._built: object = None
        self.rows: list[str] = []
        appearance.changed.connect(self._forget)
        self._forget()

    def show_traces(
        self,
        traces: Mapping[str, GatesTraced],
        cells: Mapping[str, str],
        strokes: Mapping[str, Stroke],
        preprocessing: Preprocessing,
    ) -> None:
        """Draws one example's newest trace of each contender; rows without one stay empty."""
        first = next((traces[name] for name in cells if name in traces), None)
        if first is None:
            return
        key = (dict(cells), dict(strokes), preprocessing, self._appearance.theme.name)
        if self._built != key:
            self._build(cells, strokes, preprocessing)
            self._built = key
        if self._input is not None:
            self._input.show(first.trace.input)
        self._tell_text(symbols_read(first.trace.input, preprocessing), preprocessing)
        for row, (name, part) in enumerate(self._images):
            trace = traces.get(name)
            values = None if trace is None else trace.trace.layers.get(f"l0_{part}")
            if values is None:
                self._images[name, part].clear()
                continue
            if part == "h":  # without a bound where the activation is relu
                limit = max(1.0, float(np.abs(values).max(initial=0.0)))
                self._images[name, part].setLevels((-limit, limit))
            top = _INPUT_HEIGHT + _GAP + row * (_STRIP_HEIGHT + _GAP)
            self._images[name, part].setImage(
                values, autoLevels=False, rect=QRectF(0, top, len(values), _STRIP_HEIGHT)
            )

    def _tell_text(self, symbols: tuple[str, ...], preprocessing: Preprocessing) -> None:
        between = " " if preprocessing.tokens == "words" else ""
        flat = " ".join(between.join(symbols).split())
        self.text.setText(f"Input: “{flat}”")
        self.text.setVisible(bool(symbols))

    def _build(
        self,
        cells: Mapping[str, str],
        strokes: Mapping[str, Stroke],
        preprocessing: Preprocessing,
    ) -> None:
        self._plot.clear()
        theme = self._appearance.theme
        self._input = InputRow(self._plot, theme, preprocessing, _INPUT_HEIGHT)
        parts = [(name, part) for name in cells for part in _parts(cells[name])]
        self._images = {(name, part): self._image(cells[name], part) for name, part in parts}
        for image in self._images.values():
            self._plot.addItem(image)
        rows = [(_INPUT_HEIGHT / 2, label_of(preprocessing), theme.muted)]
        short = short_names(cells, _LONGEST_NAME)
        middle = _INPUT_HEIGHT + _GAP + _STRIP_HEIGHT / 2
        for row, (name, part) in enumerate(parts):
            height = middle + row * (_STRIP_HEIGHT + _GAP)
            rows.append((height, f"{short[name]} {part}", strokes[name].color))
        self._names.show_names(rows)
        self.rows = [text for _, text, _ in rows]
        end = _INPUT_HEIGHT + len(parts) * (_STRIP_HEIGHT + _GAP)
        self._plot.setYRange(-_GAP, end, padding=0)

    def _image(self, cell: str, part: str) -> pg.ImageItem:
        theme = self._appearance.theme
        gate = next((gate for gate in CELLS[cell].gates if gate.name == part), None)
        is_share = gate is not None and gate.activation == "sigmoid"
        colors = theme.sequential if is_share else theme.diverging
        image = pg.ImageItem(levels=(0, 1) if is_share else (-1, 1))
        image.setColorMap(color_map(colors))
        return image

    def _forget(self) -> None:
        self._built = None
        self.canvas.use(self._appearance.theme)


def _parts(cell: str) -> list[str]:
    """The gates that open and close, and the state."""
    gates = [gate.name for gate in CELLS[cell].gates if gate.activation == "sigmoid"]
    return [*gates, "h"]

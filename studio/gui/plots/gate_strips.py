"""Live gates: the input and every gate of the first layer, contender by contender."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.core.events import GatesTraced
from studio.core.preparation import Preparation
from studio.gui.desk import Look
from studio.gui.theme import Stroke

_INPUT_HEIGHT = 2
_STRIP_HEIGHT = 3


class GateStrips(QWidget):
    """Heat maps of time by unit below the input that caused them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setAccessibleName("Live gates of the pinned example")
        self._look = look
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.canvas.ci.layout.setVerticalSpacing(0)
        self.canvas.ci.layout.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self._images: dict[tuple[str, str], pg.ImageItem] = {}
        self._input: pg.PlotDataItem | None = None
        self._built: object = None
        look.changed.connect(self._forget)
        self._forget()

    def show_traces(
        self,
        traces: Mapping[str, GatesTraced],
        cells: Mapping[str, str],
        strokes: Mapping[str, Stroke],
        preparation: Preparation,
    ) -> None:
        """Draws the newest trace of each contender."""
        names = [name for name in cells if name in traces]
        if not names:
            return
        if self._built != (names, self._look.theme.name):
            self._build(names, cells, strokes, preparation)
            self._built = (names, self._look.theme.name)
        first = traces[names[0]].trace
        if self._input is not None:
            self._input.setData(np.arange(len(first.input)), first.input[:, 0])
        for name in names:
            for part in _parts(cells[name]):
                values = traces[name].trace.layers.get(f"l0_{part}")
                if values is not None:
                    self._images[name, part].setImage(values, autoLevels=False)

    def _build(
        self,
        names: list[str],
        cells: Mapping[str, str],
        strokes: Mapping[str, Stroke],
        preparation: Preparation,
    ) -> None:
        self.canvas.clear()
        self._images.clear()
        theme = self._look.theme
        top = self._strip(preparation.input_names[0], theme.muted, 0, _INPUT_HEIGHT)
        self._input = top.plot(pen=pg.mkPen(theme.text, width=1))
        row = 1
        last = top
        for name in names:
            for part in _parts(cells[name]):
                last = self._strip(f"{name} {part}", strokes[name].color, row, _STRIP_HEIGHT)
                last.setXLink(top)
                self._images[name, part] = self._image(cells[name], part)
                last.addItem(self._images[name, part])
                row += 1
        last.showAxis("bottom")
        last.setLabel("bottom", "time step")

    def _strip(self, text: str, color: str, row: int, height: int) -> pg.PlotItem:
        self.canvas.addLabel(text, row=row, col=0, color=color, size="8pt", justify="right")
        strip = self.canvas.addPlot(row=row, col=1, enableMenu=False)
        strip.hideButtons()
        strip.layout.setContentsMargins(0, 1, 0, 1)
        strip.setMouseEnabled(x=True, y=False)
        strip.hideAxis("left")
        strip.hideAxis("bottom")
        strip.getAxis("bottom").enableAutoSIPrefix(enable=False)
        strip.getAxis("bottom").setTextPen(self._look.theme.muted)
        self.canvas.ci.layout.setRowStretchFactor(row, height)
        return strip

    def _image(self, cell: str, part: str) -> pg.ImageItem:
        theme = self._look.theme
        gate = next((each for each in CELLS[cell].gates if each.name == part), None)
        is_share = gate is not None and gate.activation == "sigmoid"
        colors = theme.sequential if is_share else theme.diverging
        image = pg.ImageItem(levels=(0, 1) if is_share else (-1, 1))
        steps = np.linspace(0, 1, len(colors))
        image.setColorMap(pg.ColorMap(steps, [pg.mkColor(color) for color in colors]))
        return image

    def _forget(self) -> None:
        self._built = None
        self.canvas.setBackground(self._look.theme.card)


def _parts(cell: str) -> list[str]:
    """The gates that open and close, and the state."""
    gates = [gate.name for gate in CELLS[cell].gates if gate.activation == "sigmoid"]
    return [*gates, "h"]

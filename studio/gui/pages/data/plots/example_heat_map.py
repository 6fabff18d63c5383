"""One example of many channels as a heat map, such as a spectrogram or the keys of a piano."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from studio.core.arrays import Floats
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance


class ExampleMap(Plot):
    """Time to the right, channels upwards, from the lowest value to the highest."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "One example", "step", "channel")
        self.legend.hide()
        self._image = pg.ImageItem()
        self.item.addItem(self._image)
        self._names: tuple[str, ...] = ()
        self._sequence: Floats = np.zeros((0, 0), dtype=np.float32)

    def show_example(self, names: Sequence[str], sequence: Floats) -> None:
        """Draws an example, (time, channels)."""
        self._names, self._sequence = tuple(names), sequence
        steps, channels = sequence.shape
        colors = [pg.mkColor(color) for color in self.appearance.theme.sequential]
        self._image.setColorMap(pg.ColorMap(np.linspace(0, 1, len(colors)), colors))
        self._image.setImage(sequence, rect=QRectF(0.5, 0.5, steps, channels))
        self.item.setXRange(0.5, steps + 0.5, padding=0)
        self.item.setYRange(0.5, channels + 0.5, padding=0)

    def table(self) -> list[list[str]]:
        rows = [["step", *self._names]]
        for step, values in enumerate(self._sequence, start=1):
            rows.append([str(step), *(f"{value:.7g}" for value in values)])
        return rows

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        if getattr(self, "_names", ()):
            self.show_example(self._names, self._sequence)

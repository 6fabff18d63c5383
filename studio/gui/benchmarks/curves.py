"""How often a plot of many curves can be moved in a second."""

import time

import numpy as np
from PySide6.QtWidgets import QApplication

from studio.core.results.events import EpochRecord, RunId
from studio.gui.pages.train.loss_card import LossCard
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke

_RUNS, _EPOCHS, _FRAMES = 200, 1000, 120
_STROKES = {"GRU": Stroke("#0067a3", SOLID, "o"), "LSTM": Stroke("#a34700", SOLID, "s")}


def frames_per_second() -> dict[str, float]:
    """Pans and zooms the lines of 200 runs of 1,000 epochs with their means, painting each time."""
    card = LossCard(Appearance())
    card.resize(900, 600)
    card.every_run.setChecked(True)
    card.show()
    card.show_runs(_epochs(), (), _STROKES, "mse")
    QApplication.processEvents()
    view, area = card.plot.item.getViewBox(), card.plot.canvas.viewport()
    ranges = {
        "pan": [(frame, frame + 400) for frame in range(_FRAMES)],
        "zoom": [(frame, _EPOCHS - 3 * frame) for frame in range(_FRAMES)],
    }
    rates = {}
    for name, views in ranges.items():
        started = time.perf_counter()
        for ends in views:
            view.setXRange(*ends, padding=0)
            area.repaint()
        rates[name] = _FRAMES / (time.perf_counter() - started)
    card.close()
    return rates


def _epochs() -> dict[RunId, list[EpochRecord]]:
    random = np.random.default_rng(1)
    falling = np.exp(-np.arange(_EPOCHS) / 200)
    epochs = {}
    for number in range(_RUNS):
        losses = falling + 0.05 * random.standard_normal(_EPOCHS)
        epochs[RunId(("GRU", "LSTM")[number % 2], number // 2)] = [
            EpochRecord(at, at, float(loss), None, {}, float(at), 0.1, 1.0, 0.0)
            for at, loss in enumerate(losses, start=1)
        ]
    return epochs

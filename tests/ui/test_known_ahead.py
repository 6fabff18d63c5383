"""Next hours' load on the page Predict, with the temperature known in advance."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from dropping import drop
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from running import whole_history

from studio.core.specs.experiment import parse_comparison
from studio.gui.pages.predict import predict_page
from studio.gui.pages.predict.predict_page import PredictPage
from studio.gui.shell.main_window import MainWindow
from studio.runs.stored.models import stored_model
from studio.runs.stored.torch_modules import torch_module_of
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]
WINDOW, HORIZON = 6, 3


def table(path: Path, first: int, count: int, empty: int = 0) -> Path:
    """Rows of time, temperature and load; the last ones have no load."""
    random = np.random.default_rng(first)
    heat = random.normal(10, 5, count)
    hours = np.datetime64("2024-01-01T00:00") + np.arange(first, first + count).astype("m8[h]")
    lines = [
        f"{hour},{value:.3f},{'' if at >= count - empty else f'{100 - 2 * value:.3f}'}"
        for at, (hour, value) in enumerate(zip(hours, heat, strict=True))
    ]
    path.write_text("\n".join(["time,temperature,load", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("known")
    spec = parse_comparison(
        {
            "dataset": {"source": "file", "path": str(table(home / "train.csv", 0, 200))},
            "task": {
                "target": ["load"],
                "known_ahead": ["temperature"],
                "window": WINDOW,
                "horizon": HORIZON,
            },
            "contenders": [{"cell": "gru", "hidden_size": 6}],
            "training": {"epochs": 6, "seeds": 1, "batch_size": 16, "lr": 0.03},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )
    whole_history(home / "known.gates", spec)
    return home / "known.gates"


def by_hand(session: Path, data: Path) -> np.ndarray:
    """The network's forecast after the last load, from the stored weights in torch alone."""
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        module = torch_module_of(stored_model(file, 1, "GRU"))
    with data.open() as file:
        rows = list(csv.DictReader(file))
    heat = np.array([float(row["temperature"]) for row in rows])
    load = np.array([float(row["load"] or "nan") for row in rows])
    places = np.arange(len(rows) - HORIZON - WINDOW, len(rows) - HORIZON)
    ahead = [heat[np.minimum(places + step, len(heat) - 1)] for step in range(1, HORIZON + 1)]
    window = np.stack([heat[places], load[places], *ahead], axis=1)[np.newaxis]
    with torch.no_grad():
        return np.asarray(module(torch.from_numpy(window)).numpy()).ravel()


def test_dropped_temperatures_give_the_loads_of_the_next_hours_by_their_dates(
    window: MainWindow,
    session: Path,
    tmp_path: Path,
    wait: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window.open_path(shutil.copy(session, tmp_path / "copy.gates"))
    wait(lambda: window.context.session.history is not None)
    page = window.pages["predict"]
    assert isinstance(page, PredictPage)
    window.show_page("predict")
    page.steps.setFocus()
    for _ in range(HORIZON):
        QTest.keyClick(page.steps, Qt.Key.Key_Up)
    new = table(tmp_path / "new.csv", 200, 40, empty=HORIZON)
    drop(page.viewport(), new)
    wait(page.results.isVisible)
    out = tmp_path / "beyond.csv"
    monkeypatch.setattr(predict_page, "ask_save_path", lambda *_: out)
    QTest.mouseClick(page.save_beyond, Qt.MouseButton.LeftButton)
    wait(out.exists)
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["time"] for row in rows] == [f"2024-01-10T{hour}:00" for hour in (21, 22, 23)]
    expected = by_hand(session, new)
    assert [float(row["load"]) for row in rows] == pytest.approx(expected.tolist(), rel=1e-4)

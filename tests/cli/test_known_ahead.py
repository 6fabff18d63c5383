"""Hourly load with the temperature known in advance: trained, then the hours after a new file."""

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from commands import run
from tiny import TINY

from studio.cli.app import command_line
from studio.core.errors import UserError

WINDOW, HORIZON = 8, 4


def hourly(first: int, count: int) -> list[list[str]]:
    """Rows of time, temperature and load; the temperature is noise, and the load follows it."""
    random = np.random.default_rng(first)
    times = np.datetime64("2024-01-01T00:00") + np.arange(first, first + count).astype("m8[h]")
    heat = random.normal(10, 5, count).round(3)
    load = (100 - 2 * heat + random.normal(0, 0.5, count)).round(3)
    return [list(map(str, row)) for row in zip(times, heat, load, strict=True)]


def write(path: Path, rows: list[list[str]], empty: int = 0) -> list[list[str]]:
    """A table whose last rows have no load."""
    known = [[*row[:2], "" if at >= len(rows) - empty else row[2]] for at, row in enumerate(rows)]
    lines = [",".join(row) for row in (["time", "temperature", "load"], *known)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return known


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    write(folder / "train.csv", hourly(0, 400))
    run(folder, "compare", "train.csv", "--target", "load", "--known-ahead", "temperature",
        "--window", WINDOW, "--horizon", HORIZON, *TINY, "--epochs", 12, "--lr", 0.03,
        "--cells", "gru", "--engine", "torch", "--out", "s.gates")  # fmt: skip
    return folder


def predict(home: Path, name: str, *options: object) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What the command prints, and the rows that it writes; within this process."""
    out = home / f"{len(list(home.iterdir()))}.csv"
    words = ["predict", str(home / "s.gates"), str(home / name), "--out", str(out), "--json"]
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        command_line(words[:1])([*words, *map(str, options)], standalone_mode=False)
        printed.flush()
    with out.open(encoding="utf-8") as file:
        return json.loads(printed.buffer.getvalue()), list(csv.DictReader(file))


def exported(home: Path, rows: list[list[str]], origin: int) -> np.ndarray:
    """The forecast of the exported model from the row `origin` on, (horizon,)."""
    if not (home / "m.onnx").exists():
        run(home, "export", "s.gates", "--contender", "GRU", "--format", "onnx", "--out",
            home / "m.onnx")  # fmt: skip
    model = onnxruntime.InferenceSession(home / "m.onnx", providers=["CPUExecutionProvider"])
    heat = np.array([float(row[1]) for row in rows])
    load = np.array([float(row[2] or "nan") for row in rows])
    places = np.arange(origin - WINDOW, origin)
    ahead = [heat[np.minimum(places + step, len(heat) - 1)] for step in range(1, HORIZON + 1)]
    window = np.stack([heat[places], load[places], *ahead], axis=1)[np.newaxis]
    [found] = model.run(None, {model.get_inputs()[0].name: window.astype(np.float32)})
    return np.asarray(found).reshape(-1)


def test_next_hours_follow_the_temperatures_after_the_last_load(home: Path) -> None:
    whole = hourly(400, 40)
    rows = write(home / "new.csv", whole, empty=HORIZON)
    told, table = predict(home, "new.csv", "--steps", HORIZON)
    assert [row["time"] for row in table] == [row[0] for row in whole[-HORIZON:]]
    forecast = np.array([float(row["load"]) for row in table])
    np.testing.assert_allclose(forecast, exported(home, rows, 40 - HORIZON), rtol=1e-4)
    truth = np.array([float(row[2]) for row in whole[-HORIZON:]])
    assert np.abs(forecast - truth).max() < 8  # where the load spreads by 10
    assert told["fed_back_from"] is None


def test_a_longer_forecast_reads_its_own_loads_and_the_given_temperatures(home: Path) -> None:
    rows = write(home / "far.csv", hourly(400, 48), empty=2 * HORIZON)
    told, table = predict(home, "far.csv", "--steps", HORIZON + 2)
    fed = [[*row] for row in rows]
    for step, row in enumerate(table[:HORIZON]):
        fed[40 + step][2] = row["load"]
    found = [float(row["load"]) for row in table[HORIZON:]]
    np.testing.assert_allclose(found, exported(home, fed, 40 + HORIZON)[:2], rtol=1e-3)
    assert told["fed_back_from"] == HORIZON + 1


def test_temperatures_that_end_before_the_forecast_are_asked_for(home: Path) -> None:
    write(home / "short.csv", hourly(400, 40), empty=HORIZON)
    write(home / "none.csv", hourly(400, 40))
    gap = hourly(400, 40)
    gap[-2][1] = ""
    write(home / "gap.csv", gap, empty=HORIZON)
    for name, steps, needed in (("short", 6, 8), ("none", 1, 4), ("gap", 2, 4)):
        with pytest.raises(UserError) as refused:
            predict(home, f"{name}.csv", "--steps", steps)
        message = str(refused.value)
        assert f"the model reads 'temperature' at the {needed} steps after" in message
        assert "with 'load' left empty" in message


def test_windows_are_predicted_as_far_as_the_temperatures_reach(home: Path) -> None:
    rows = write(home / "windows.csv", hourly(400, 40), empty=HORIZON - 1)
    told, table = predict(home, "windows.csv")
    origins = range(WINDOW, 40 - HORIZON + 1)
    assert len(table) == len(origins)
    assert "1 window gets no prediction, as 'temperature' is not given" in " ".join(told["notes"])
    names = [f"load+{step + 1}" for step in range(HORIZON)]
    for origin, row in zip(origins, table, strict=True):
        got = [float(row[name]) for name in names]
        np.testing.assert_allclose(got, exported(home, rows, origin), rtol=1e-4)
    assert table[-1]["load+2_actual"] == ""


def test_a_file_that_ends_with_its_first_window_says_what_is_missing(home: Path) -> None:
    write(home / "window.csv", hourly(400, WINDOW))
    with pytest.raises(UserError, match="steps after each window, but the values are missing"):
        predict(home, "window.csv")

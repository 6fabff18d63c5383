"""Stores with a site and a size: compared, forecast on new data and beyond its end, exported."""

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

WINDOW, HORIZON = 5, 2
SITES = ("hill", "coast")


def write(path: Path, stores: int, days: int, sites: tuple[str, ...] = SITES) -> np.ndarray:
    """A row for each day of each store; its loads, (stores, days)."""
    loads = np.random.default_rng(days).normal(20, 3, (stores, days)).round(3)
    lines = ["store,day,site,size,load"]
    for store, own in enumerate(loads.tolist()):
        site = sites[store % len(sites)]
        lines += [f"s{store},{day},{site},{store + 1},{load}" for day, load in enumerate(own)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return loads


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    write(folder / "train.csv", 4, 60)
    run(folder, "compare", "train.csv", "--static", "site,size", "--window", WINDOW, "--horizon",
        HORIZON, *TINY, "--cells", "gru", "--engine", "torch", "--out", "s.gates")  # fmt: skip
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


def exported(home: Path, loads: np.ndarray, coast: float, hill: float, size: float) -> np.ndarray:
    """The forecast of the exported model after these loads, (horizon,)."""
    if not (home / "m.onnx").exists():
        run(home, "export", "s.gates", "--contender", "GRU", "--format", "onnx", "--out",
            home / "m.onnx")  # fmt: skip
    model = onnxruntime.InferenceSession(home / "m.onnx", providers=["CPUExecutionProvider"])
    fixed = np.tile([coast, hill, size], (WINDOW, 1))
    window = np.column_stack([loads[-WINDOW:], fixed])[np.newaxis].astype(np.float32)
    return np.asarray(model.run(None, {model.get_inputs()[0].name: window})[0]).reshape(-1)


def test_forecasts_beyond_the_end_read_site_and_size_and_feed_loads_back(home: Path) -> None:
    loads = write(home / "new.csv", 2, 12)
    _, table = predict(home, "new.csv", "--steps", 2 * HORIZON)
    for store, fixed in enumerate(((0, 1, 1), (1, 0, 2))):
        got = [float(row["load"]) for row in table if row["series"] == f"s{store}"]
        first = exported(home, loads[store], *fixed)
        second = exported(home, np.append(loads[store], first), *fixed)
        np.testing.assert_allclose(got, [*first, *second], rtol=1e-4)


def test_a_new_site_is_read_as_unknown_and_told(home: Path) -> None:
    loads = write(home / "moon.csv", 2, 12, ("coast", "moon"))
    told, table = predict(home, "moon.csv")
    assert any("'moon', which is not in the training set" in note for note in told["notes"])
    last = [row for row in table if row["series"] == "s1"][-1]
    got = [float(last[f"load+{step}"]) for step in (1, 2)]
    np.testing.assert_allclose(got, exported(home, loads[1], 0, 0, 2), rtol=1e-4)


def test_new_data_without_the_site_says_what_is_missing(home: Path) -> None:
    write(home / "bare.csv", 2, 12)
    lines = [line.split(",") for line in (home / "bare.csv").read_text("utf-8").splitlines()]
    kept = "\n".join(",".join([*row[:2], *row[3:]]) for row in lines) + "\n"
    (home / "bare.csv").write_text(kept, encoding="utf-8")
    with pytest.raises(UserError, match="no column 'site'"):
        predict(home, "bare.csv")

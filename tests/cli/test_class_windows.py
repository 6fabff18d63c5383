"""Windows of a series that have a class, from a table to an exported model."""

import json
from pathlib import Path

import numpy as np
import pytest
from commands import run, run_json
from tiny import TINY

WINDOWS = ("--task", "classify", "--target", "activity", "--window", 10, "--stride", 5)


@pytest.fixture
def movements(home: Path) -> Path:
    """Two channels whose level follows an activity that changes every 23 steps."""
    rng = np.random.default_rng(0)
    activity = np.arange(400) // 23 % 3
    lines = [f"{rng.normal(kind):.3f},{rng.normal():.3f},{kind}" for kind in activity.tolist()]
    (home / "movements.csv").write_text("ax,ay,activity\n" + "\n".join(lines) + "\n")
    return home / "movements.csv"


def test_windows_of_a_table_are_classified_and_the_model_taken_away(
    home: Path, movements: Path
) -> None:
    answer = run_json(home, "compare", movements.name, *TINY, *WINDOWS, "--out", "m.gates")
    assert answer["dataset"] == {
        "name": "movements", "task": "classify",
        "examples": {"train": 55, "validation": 7, "test": 15},
    }  # fmt: skip
    assert answer["contenders"][0]["parameters"] == 3 * 4 * (2 + 4 + 2) + 3 * (4 + 1)
    run(home, "trace", "m.gates", "--contender", "GRU", "--out", "gates.npz")
    with np.load(home / "gates.npz") as trace:
        assert trace["input"].shape == (10, 2)
    for form, out in (("safetensors", "gru.safetensors"), ("onnx", "gru.onnx")):
        run(home, "export", "m.gates", "--contender", "GRU", "--format", form, "--out", out)
    about = json.loads((home / "gru.json").read_text())
    assert (about["input"]["stride"], about["input"]["longest"]) == (5, 10)


def test_steps_of_a_table_are_tagged_in_pieces(home: Path, movements: Path) -> None:
    options = ("--task", "tag", "--target", "activity", "--window", 20)
    answer = run_json(home, "compare", movements.name, *TINY, *options, "--out", "t.gates")
    assert answer["dataset"]["examples"] == {"train": 14, "validation": 2, "test": 4}
    assert answer["contenders"][0]["runs"] == 1

"""The task track from a file to every result that can be asked for."""

import json
from pathlib import Path

import numpy as np
import pytest
from commands import run, run_json
from tiny import TINY

TRACK = ("--task", "track", "--target", "charge", "--window", 40, "--washout", 8)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cell.csv, a battery whose charge follows from its current."""
    folder = tmp_path_factory.mktemp("track")
    rng = np.random.default_rng(0)
    current = rng.normal(size=600)
    charge = 50 + np.cumsum(current)
    voltage = 3 + charge / 50 - 0.1 * current
    rows = zip(current, voltage, charge, strict=True)
    lines = "\n".join(",".join(f"{value:.4f}" for value in row) for row in rows)
    (folder / "cell.csv").write_text(f"current,voltage,charge\n{lines}\n")
    return folder


def test_series_is_tracked_shown_traced_reported_and_exported(home: Path) -> None:
    answer = run_json(
        home, "compare", "cell.csv", *TRACK, "--past-target", *TINY, "--seeds", 2,
        "--out", "t.gates",
    )  # fmt: skip
    assert answer["dataset"]["task"] == "track"
    names = {"rmse", "mae", "rmse_teacher_forced"}
    for entry in (*answer["contenders"], *answer["baselines"]):
        assert set(entry["metrics"]) == names
    assert [entry["name"] for entry in answer["baselines"]] == [
        "last value", "linear filter (32 lags)"
    ]  # fmt: skip
    verdicts = {verdict["about"] for verdict in answer["verdicts"]}
    assert {"rmse", "mae"} <= verdicts
    assert "rmse_teacher_forced" not in verdicts
    shown = run(home, "show", "t.gates").stdout
    assert "RMSE, teacher-forced" in shown
    run(home, "trace", "t.gates", "--contender", "GRU", "--out", "t.npz")
    with np.load(home / "t.npz") as trace:
        assert trace["input"].shape == (40, 3)
    run(home, "report", "t.gates", "--out", "t.html")
    for form in ("onnx", "safetensors"):
        run(home, "export", "t.gates", "--contender", "LSTM", "--format", form, "--out", "m")
    about = json.loads((home / "m.json").read_text(encoding="utf-8"))
    assert about["input"]["names"] == ["current", "voltage", "charge (step before)"]
    assert about["output"]["task"] == "track"


def test_track_is_never_guessed(home: Path) -> None:
    assert run_json(home, "inspect", "cell.csv")["task"] == "forecast"


def test_folds_and_sizes_of_the_training_set_are_tracked(home: Path) -> None:
    folds = run_json(
        home, "compare", "cell.csv", *TRACK, *TINY, "--folds", 2, "--out", "folds.gates"
    )
    assert folds["contenders"][0]["metrics"]["rmse"]["mean"] > 0
    run(home, "compare", "cell.csv", *TRACK, *TINY, "--sizes", "5,9", "--out", "sizes.gates")


def test_experiment_file_tracks_with_a_carried_state(home: Path) -> None:
    (home / "e.toml").write_text(
        '[dataset]\nsource = "file"\npath = "cell.csv"\n'
        '[task]\nkind = "track"\ntarget = ["charge"]\nwindow = 20\nwashout = 5\n'
        "carry_state = true\n[training]\nepochs = 2\nseeds = 1\nbatch_size = 4\n"
        '[machine]\nthreads = 1\n[[contenders]]\ncell = "gru"\nhidden_size = 4\n'
    )
    answer = run_json(home, "compare", "e.toml", "--out", "carried.gates")
    assert answer["contenders"][0]["metrics"]["rmse"]["mean"] > 0


def test_network_that_looks_ahead_is_refused(home: Path) -> None:
    done = run(home, "compare", "cell.csv", *TRACK, *TINY, "--bidirectional", status=2)
    assert "would see the steps that it has to predict" in done.stderr

"""gate-studio retrain, and what the model is good for."""

import json
import math
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from commands import run
from tiny import TINY

RISE = 300


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison of one cell on a wave whose level rises in its last fifth, the test set."""
    folder = tmp_path_factory.mktemp("retrain")
    rows = [f"{math.sin(i / 4) + (6 if i > RISE else 0):.4f}" for i in range(400)]
    (folder / "wave.csv").write_text("x\n" + "\n".join(rows) + "\n")
    (folder / "new.csv").write_text("x\n" + "\n".join(rows[-60:]) + "\n")
    run(folder, "compare", "wave.csv", *TINY, "--cells", "gru", "--window", 8, "--epochs", 8,
        "--seeds", 1, "--out", "s.gates")  # fmt: skip
    told = run(folder, "retrain", "s.gates", "--json")
    assert json.loads(told.stdout)["examples"] == 400 - 8
    assert "no test score" in told.stderr
    return folder


def test_a_model_trained_on_all_data_knows_what_only_the_test_set_held(home: Path) -> None:
    scores = {}
    for runs in ("best", "final"):
        told = run(home, "predict", "s.gates", "new.csv", "--runs", runs, "--out", f"{runs}.csv",
                   "--json")  # fmt: skip
        scores[runs] = json.loads(told.stdout)["scores"]["rmse"]["mean"]
    assert scores["final"] < scores["best"]


def test_it_is_exported_and_the_exported_model_predicts_the_same(home: Path) -> None:
    run(home, "export", "s.gates", "--contender", "gru", "--final", "--format", "onnx",
        "--out", "g.onnx")  # fmt: skip
    run(home, "predict", "s.gates", "new.csv", "--runs", "final", "--out", "p.csv")
    lines = (home / "new.csv").read_text().splitlines()[1:]
    values = np.array([[float(line)] for line in lines], dtype=np.float32)
    session = onnxruntime.InferenceSession(home / "g.onnx", providers=["CPUExecutionProvider"])
    windows = np.stack([values[i : i + 8] for i in range(len(values) - 7)])
    [answers] = session.run(None, {session.get_inputs()[0].name: windows})
    header, *rows = (home / "p.csv").read_text().splitlines()
    column = header.split(",").index("x")
    predicted = [float(row.split(",")[column]) for row in rows]
    assert predicted == pytest.approx(np.ravel(answers).tolist(), abs=2e-4)


def test_show_lists_it_without_a_test_score(home: Path) -> None:
    assert "GRU, trained on all 392 examples" in run(home, "show", "s.gates").stdout
    listed = json.loads(run(home, "show", "s.gates", "--json").stdout)["final_models"]
    assert [model["contender"] for model in listed] == ["GRU"]


def test_a_seed_that_was_not_retrained_is_told_with_what_to_do(home: Path) -> None:
    told = run(home, "predict", "s.gates", "new.csv", "--runs", "final", "--seed", 9, "--out",
               "n.csv", status=1)  # fmt: skip
    assert "no contender has been trained on all data with seed 9" in told.stderr
    assert not (home / "n.csv").exists()

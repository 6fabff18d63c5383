"""A convolutional network against a GRU: compared, exported, and what it refuses."""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from commands import run, run_json
from tiny import ADDING, TINY, Finished, write_temperatures

EXPERIMENT = """
match = "parameters"

[dataset]
source = "file"
path = "temperatures.csv"

[task]
target = ["temperature"]
window = 12

[[contenders]]
cell = "gru"
hidden_size = 8

[[contenders]]
cell = "tcn"
num_layers = 2
kernel_size = 2
dropout = 0.1

[training]
epochs = 3
seeds = 2
batch_size = 16

[machine]
threads = 1
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    home = tmp_path_factory.mktemp("tcn")
    write_temperatures(home / "temperatures.csv")
    (home / "experiment.toml").write_text(EXPERIMENT)
    done = run(home, "compare", "experiment.toml", "--out", "t.gates", "--json")
    return Finished(home, home / "t.gates", json.loads(done.stdout), done.stderr)


def test_both_are_matched_and_the_verdict_names_both(compared: Finished) -> None:
    gru, tcn = compared.answer["contenders"]
    assert (gru["cell"], tcn["cell"], tcn["name"]) == ("gru", "tcn", "TCN")
    assert tcn["parameters"] == pytest.approx(gru["parameters"], rel=0.1)
    assert tcn["engine"] == "torch.nn"
    assert tcn["metrics"]["rmse"]["low"] < tcn["metrics"]["rmse"]["mean"]
    assert tcn["step_ms"]["median"] > 0
    assert tcn["memory_bytes"]["activations"] > 0
    scores, *costs = compared.answer["verdicts"]
    assert all(verdict["between"] == ["GRU", "TCN"] for verdict in (scores, *costs))
    assert "TCN" in scores["text"]
    assert compared.answer["answer"]["text"]


def test_a_short_receptive_field_is_noted_before_training_and_in_the_verdict(
    compared: Finished,
) -> None:
    sentence = "TCN sees only 7 of 12 steps at a time; 3 levels would see all."
    assert f"Note: {sentence}" in compared.progress.splitlines()
    assert sentence in compared.answer["verdicts"][0]["text"]
    assert sentence in run(compared.home, "show", "t.gates").stdout.replace("\n", " ")


def test_its_exports_predict_the_same(compared: Finished) -> None:
    home = compared.home
    for form, name in (("safetensors", "tcn.safetensors"), ("onnx", "tcn.onnx")):
        if form == "onnx":
            pytest.importorskip("onnxruntime")
        written = run_json(
            home, "export", "t.gates", "--contender", "TCN", "--format", form, "--out", name
        )
        assert written["largest_difference"] < 1e-4
    from studio.export.onnx.run_onnx import run_onnx  # noqa: PLC0415 - onnxruntime may be missing

    model = runpy.run_path(str(home / "tcn.py"))["Model"](home / "tcn.json")
    sequences = np.random.default_rng(0).normal(size=(3, 12, 2)).astype(np.float32)
    [by_onnx] = run_onnx(home / "tcn.onnx", [sequences])
    assert np.abs(by_onnx - model.predict(sequences).numpy()).max() < 1e-5
    about = json.loads((home / "tcn.json").read_text())["network"]
    assert (about["cell"], about["kernel_size"], about["receptive_field"]) == ("tcn", 2, 7)


def test_the_report_and_the_tables_have_it(compared: Finished) -> None:
    run(compared.home, "report", "t.gates", "--out", "t.html")
    page = (compared.home / "t.html").read_text()
    assert re.search(r'class="[^"]*\btcn\b[^"]*\bline\b', page) is not None
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th>((?:<td>[^<]*</td>)*)', page))
    assert rows["Receptive field (steps)"] == "<td>does not apply</td><td>7</td>"
    run(compared.home, "export", "t.gates", "--format", "table-csv", "--out", "t.csv")
    assert "\nTCN," in (compared.home / "t.csv").read_text()


def test_a_trace_is_refused_because_it_has_no_gates(compared: Finished) -> None:
    process = run(
        compared.home, "trace", "t.gates", "--contender", "TCN", "--out", "x.npz", status=1
    )
    assert "TCN is a convolutional network, which has no gates and no states" in process.stderr
    assert not (compared.home / "x.npz").exists()


def test_a_stopped_run_resumes_to_the_same_losses(compared: Finished) -> None:
    text = EXPERIMENT.replace("epochs = 3", "epochs = 1")
    (compared.home / "short.toml").write_text(text)
    run(compared.home, "compare", "short.toml", "--out", "short.gates")
    run(compared.home, "compare", "short.gates", "--resume", "--epochs", 3)
    for session in ("t", "short"):
        out = f"{session}-curves.csv"
        run(compared.home, "export", f"{session}.gates", "--format", "curves-csv", "--out", out)
    losses = [
        [line.split(",")[5:7] for line in (compared.home / name).read_text().splitlines()]
        for name in ("t-curves.csv", "short-curves.csv")
    ]
    assert losses[0] == losses[1]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--cells", "gru,tcn", "--bidirectional"), "--bidirectional: a TCN is causal"),
        (("--cells", "tcn", "--forget-bias", 1), "no gate that keeps the old state"),
        (("--cells", "gru,lstm", "--kernel-size", 3), "the GRU has no convolutions"),
        (("--cells", "tcn", "--kernel-size", 1), "--kernel-size"),
    ],
)
def test_what_a_network_does_not_have_is_refused_with_the_reason(
    home: Path, options: tuple[object, ...], reason: str
) -> None:
    assert reason in run(home, "compare", *ADDING, *TINY, *options, status=2).stderr


def test_a_state_cannot_be_carried_by_a_network_without_one(home: Path) -> None:
    (home / "tale.txt").write_text("the cat sat on the mat and the dog sat on the log. " * 60)
    options = ("--cells", "gru,tcn", "--carry-state", "--window", 10)
    stderr = run(home, "compare", "tale.txt", *TINY, *options, status=2).stderr
    assert "--carry-state: TCN is a convolutional network and has no state to carry" in stderr


def test_text_is_learnt_and_sampled(home: Path) -> None:
    (home / "tale.txt").write_text("the cat sat on the mat and the dog sat on the log. " * 60)
    options = ("--cells", "tcn", "--num-layers", 2, "--window", 10, "--out", "s.gates")
    run(home, "compare", "tale.txt", *TINY, *options)
    sampled = run_json(
        home, "sample", "s.gates", "--contender", "TCN", "--length", 20, "--prompt", "the cat"
    )
    assert len(sampled["text"]) == 20

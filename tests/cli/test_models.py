"""trace and export: what they write, and what they refuse."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from commands import environment, run, run_json
from tiny import Finished

GATES = {
    "GRU": ("reset", "update", "new", "h"),
    "LSTM": ("input", "forget", "cell", "output", "h", "c"),
}


@pytest.mark.parametrize("name", GATES)
def test_a_trace_has_every_gate_and_state_of_every_layer_and_direction(
    finished: Finished, name: str
) -> None:
    output = run(
        finished.home, "trace", "t.gates", "--contender", name.lower(), "--seed", 2,
        "--example", 3, "--out", f"{name}.npz",
    ).stderr  # fmt: skip
    assert output.startswith(f"{name}, seed 2, epoch ")
    with np.load(finished.home / f"{name}.npz") as archive:
        arrays = dict(archive)
    layers = ("l0", "l0_reverse", "l1", "l1_reverse")
    expected = {f"{layer}_{array}" for layer in layers for array in GATES[name]}
    assert arrays.keys() == {"input", *expected}
    assert arrays.pop("input").shape == (6, 2)
    for values in arrays.values():
        assert (values.shape, values.dtype) == ((6, 4), np.float32)
    gates = [v for key, v in arrays.items() if key.endswith(("update", "forget", "input"))]
    assert all(((values > 0) & (values < 1)).all() for values in gates)


def test_epoch_0_is_the_untrained_network(finished: Finished) -> None:
    for epoch in (0, 1):
        answer = run_json(
            finished.home, "trace", "t.gates", "--contender", "GRU", "--seed", 1,
            "--epoch", epoch, "--part", "training", "--out", f"epoch{epoch}.npz",
        )  # fmt: skip
        assert answer["arrays"]["l1_reverse_update"] == [6, 4]
    with (
        np.load(finished.home / "epoch0.npz") as before,
        np.load(finished.home / "epoch1.npz") as after,
    ):
        assert (before["input"] == after["input"]).all()
        assert not np.allclose(before["l0_h"], after["l0_h"], atol=1e-4)


@pytest.mark.parametrize(
    ("options", "output"),
    [
        (("--contender", "tree"), "there is no contender 'tree'. Choose one of: GRU, LSTM."),
        (("--contender", "GRU", "--example", "99999"), "the test set has no example 99999"),
        (("--contender", "GRU", "--example", "-1"), "the test set has no example -1"),
        (("--contender", "GRU", "--epoch", "77"), "0, 1, 2"),
        (("--contender", "GRU", "--seed", "9"), "seed 9 of GRU"),
        (("--contender", "GRU", "--seed", "9", "--epoch", "0"), "seed 9 of GRU"),
        (("--contender", "GRU", "--comparison", "5"), "there is no comparison 5"),
    ],
)
def test_a_trace_of_what_is_not_there_is_refused(
    finished: Finished, options: tuple[str, ...], output: str
) -> None:
    process = run(finished.home, "trace", "t.gates", *options, "--out", "none.npz", status=1)
    assert process.stderr.startswith("Error: ")
    assert len(process.stderr.splitlines()) == 1
    assert output in process.stderr
    assert not (finished.home / "none.npz").exists()


def test_safetensors_come_with_a_program_that_checks_itself(finished: Finished) -> None:
    folder = finished.home / "model"
    folder.mkdir()
    answer = run_json(
        finished.home, "export", "t.gates", "--contender", "LSTM", "--format", "safetensors",
        "--out", "model/lstm.safetensors",
    )  # fmt: skip
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["lstm.json", "lstm.py", "lstm.safetensors"]
    assert sorted(Path(path).name for path in answer["files"]) == names
    assert answer["bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    assert answer["largest_difference"] < 1e-5
    apart = {**environment(finished.home), "PYTHONPATH": ""}
    subprocess.run(
        [sys.executable, "lstm.py"], cwd=folder, env=apart, check=True, capture_output=True
    )


def test_onnx_is_one_checked_file(finished: Finished) -> None:
    pytest.importorskip("onnxruntime")
    answer = run_json(
        finished.home, "export", "t.gates", "--contender", "GRU", "--seed", 1,
        "--format", "onnx", "--out", "gru.onnx",
    )  # fmt: skip
    assert answer["files"] == ["gru.onnx"]
    assert (answer["run"], answer["examples"] > 0) == ({"contender": "GRU", "seed": 1}, True)
    assert answer["largest_difference"] < 1e-4


def test_tables_and_curves_are_text_of_the_comparison(finished: Finished) -> None:
    for form, name in (("table-csv", "t.csv"), ("table-markdown", "t.md"), ("curves-csv", "c.csv")):
        process = run(finished.home, "export", "t.gates", "--format", form, "--out", name)
        assert process.stderr == f"Written: {name}\n"
    table = (finished.home / "t.csv").read_text().splitlines()
    assert table[0].startswith("model,parameters,training seconds")
    assert [line.partition(",")[0] for line in table[1:3]] == ["GRU", "LSTM"]
    assert (finished.home / "t.md").read_text().startswith("| Model | Parameters |")
    curves = (finished.home / "c.csv").read_text().splitlines()
    assert curves[0].startswith("contender,seed,epoch,step,seconds,train_loss,validation_loss")
    assert len(curves) == 1 + 2 * 2 * 2


def test_an_export_without_a_contender_or_a_folder_is_refused(finished: Finished) -> None:
    arguments = ("export", "t.gates", "--format", "safetensors")
    process = run(finished.home, *arguments, "--out", "x.safetensors", status=2)
    assert process.stderr.startswith("Error: --contender: ")
    missing = ("--contender", "GRU", "--out", "no/such/x.safetensors")
    process = run(finished.home, *arguments, *missing, status=1)
    assert "no/such" in process.stderr
    assert len(process.stderr.splitlines()) == 1
    process = run(
        finished.home, "export", "t.gates", "--format", "table-csv", "--out", "no/t.csv", status=1
    )
    assert process.stderr.startswith("Error: ")
    assert not list(finished.home.rglob("x.*"))


def test_doctor_says_what_is_here(home: Path) -> None:
    result = run_json(home, "doctor")
    assert result.keys() >= {"environment", "versions", "devices", "engines", "folders", "missing"}
    assert result["engines"]
    assert result["folders"]["data"].startswith(str(home))
    shown = run(home, "doctor").stdout
    assert f"torch: {result['versions']['torch']}" in shown
    assert "Nothing is missing." in shown or "missing: " in shown
    assert json.dumps(result)


def test_the_report_is_one_file_that_the_answer_names(home: Path, finished: Finished) -> None:
    answer = run_json(home, "report", finished.session, "--out", "r.html")
    assert answer == {"files": ["r.html"], "bytes": (home / "r.html").stat().st_size}
    text = (home / "r.html").read_text()
    assert "Test RMSE" in text
    assert "GRU, seed 2" in text


def test_a_report_harms_no_file_of_another_kind(home: Path, finished: Finished) -> None:
    (home / "mine.html").write_text("mine")
    output = run(home, "report", finished.session, "--out", "mine.html", status=1).stderr
    assert "is not a report" in output
    assert (home / "mine.html").read_text() == "mine"


def test_gates_over_the_test_set_are_printed_and_given_as_json(finished: Finished) -> None:
    printed = run(finished.home, "gates", "t.gates").stdout
    assert "GRU, seeds 1, 2" in printed
    assert "l1_reverse_update" in printed
    answer = run_json(finished.home, "gates", "t.gates", "--contender", "lstm", "--examples", 7)
    assert list(answer["contenders"]) == ["LSTM"]
    assert answer["examples"] == 7 < answer["available"]
    forget = answer["contenders"]["LSTM"]["arrays"]["l0_forget"]
    assert forget["half_life"]["low"] < forget["half_life"]["value"]
    assert len(forget["by_step"]["mean"]) == len(answer["steps"]) == 6
    hidden = answer["contenders"]["LSTM"]["arrays"]["l0_h"]
    assert 1 <= hidden["effective_rank"]["value"] <= hidden["units"] == 4
    assert hidden["below_0.1"] is None

"""predict() on a frame in memory: the numbers of the command, and of the windows by hand."""

import csv
import json
import math

import numpy as np
import pytest
from commands import run, run_python
from tiny import Finished

SCRIPT = """
import json
import numpy as np
import torch
import studio

with open("new.csv") as file:
    rows = np.array([[float(cell) for cell in line.split(",")] for line in list(file)[1:]])
columns = {"weekday": rows[:, 1], "temperature": rows[:, 0]}  # in another order
with studio.open("t.gates") as session:
    predicted = session.last.predict(columns, contender="gru", seed=1, level=0.8)
    module = session.last["gru"].run(seed=1).torch_module()
    names = session.last.history.preprocessing.input_names
    inputs = np.column_stack([columns[name] for name in names])
    windows = np.stack([inputs[start : start + 6] for start in range(len(rows) - 5)])
    with torch.no_grad():
        by_hand = module(torch.from_numpy(windows)).numpy()
    print(json.dumps({
        "values": predicted.values[:, 0].tolist(),
        "by_hand": by_hand[:, 0].tolist(),
        "truth": rows[6:, 0].tolist(),
        "low": predicted.low[:, 0].tolist(),
        "rmse": predicted.scores["rmse"].value,
        "columns": list(predicted.table.columns),
        "html": predicted._repr_html_(), "text": repr(predicted),
        "ahead": session.last.forecast(columns, 1, contender="gru", seed=1).values.tolist(),
    }))
"""


def test_predictions_are_those_of_the_command_and_of_the_windows_by_hand(
    finished: Finished,
) -> None:
    lines = (f"{math.sin(i / 5 + 1):.4f},{i % 7}" for i in range(40))
    (finished.home / "new.csv").write_text("temperature,weekday\n" + "\n".join(lines) + "\n")
    answer = json.loads(run_python(finished.home, SCRIPT))
    assert answer["values"] == pytest.approx(answer["by_hand"], abs=1e-6)
    known = np.array(answer["values"][:-1])  # the last one is of the row after the end
    errors = known - np.array(answer["truth"])
    assert answer["rmse"] == pytest.approx(np.sqrt((errors**2).mean()), rel=1e-6)
    run(
        finished.home, "predict", "t.gates", "new.csv", "--contender", "GRU", "--seed", 1,
        "--level", 0.8, "--out", "p.csv",
    )  # fmt: skip
    with (finished.home / "p.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == answer["columns"]
    assert [float(row["temperature"]) for row in rows] == pytest.approx(answer["values"], abs=1e-6)
    assert [float(row["temperature_low"]) for row in rows] == pytest.approx(answer["low"], abs=1e-6)
    assert "Predictions of GRU for 35 examples" in answer["text"]
    assert "<td" in answer["html"]
    assert answer["ahead"][0][0] == pytest.approx(answer["values"][-1:], abs=1e-6)


def test_a_network_is_exported_as_the_command_exports_it(finished: Finished) -> None:
    code = """
import studio
with studio.open("t.gates") as session:
    print([file.name for file in session.last["gru"].run(1).export("python", "onnx")])
    try:
        session.last["gru"].export("python", "pickle")
    except studio.UserError as error:
        print(error)
"""
    names, refused = run_python(finished.home, code).splitlines()
    assert names == "['python.onnx']"
    assert refused.startswith("form: there is no format 'pickle' of models. Choose one of")
    run(finished.home, "export", "t.gates", "--contender", "gru", "--seed", 1, "--format", "onnx",
        "--out", "command.onnx")  # fmt: skip
    by_command = (finished.home / "command.onnx").read_bytes()
    assert (finished.home / "python.onnx").read_bytes() == by_command

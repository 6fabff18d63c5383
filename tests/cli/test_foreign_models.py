"""Models of other programs from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from commands import run
from torch import nn


@pytest.fixture
def model(home: Path) -> Path:
    torch.manual_seed(1)
    torch.save(nn.ModuleDict({"body": nn.GRU(3, 4)}).state_dict(), home / "m.pt")
    generator = np.random.default_rng(2)
    values = generator.normal(size=(40, 6, 3)).astype(np.float32)
    np.savez(home / "d.npz", X=values, y=generator.integers(0, 2, 40))
    return home / "m.pt"


def test_gates_of_a_model_file_are_told_with_what_was_found(home: Path, model: Path) -> None:
    done = run(home, "gates", model.name, "d.npz", "--json")
    told = done.stderr.replace("\n", " ")
    assert "m.pt, PyTorch: 1 GRU layer of 4 units, 3 input channels" in told
    found = json.loads(done.stdout)["contenders"]["m"]
    assert found["seeds"] == []
    assert found["arrays"]["l0_update"]["units"] == 4


def test_a_trace_of_a_model_file_holds_its_gates(home: Path, model: Path) -> None:
    run(home, "trace", model.name, "d.npz", "--out", "t.npz")
    with np.load(home / "t.npz") as arrays:
        network = nn.GRU(3, 4, batch_first=True)
        state = {key.removeprefix("body."): each for key, each in torch.load(model).items()}
        network.load_state_dict(state)
        with torch.no_grad():
            expected = network(torch.from_numpy(arrays["input"][None]))[0][0]
        np.testing.assert_allclose(arrays["l0_h"], expected, rtol=1e-4, atol=1e-5)


def test_data_that_the_model_cannot_read_are_refused(home: Path, model: Path) -> None:
    np.savez(home / "e.npz", X=np.zeros((20, 6, 2)) + np.arange(6)[:, None], y=np.arange(20) % 2)
    refused = run(home, "gates", model.name, "e.npz", status=1).stderr
    assert "reads 3 channels, and the data have 2" in refused.replace("\n", " ")


def test_a_model_file_alone_needs_data(home: Path, model: Path) -> None:
    refused = run(home, "gates", model.name, status=2).stderr
    assert "m.pt: is a model without data" in refused.replace("\n", " ")

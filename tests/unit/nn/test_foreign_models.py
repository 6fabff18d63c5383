"""Models of other programs have the gates that the program itself computes."""

import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file
from torch import nn

from studio.analysis.gates.step_terms import step_terms
from studio.core.errors import ModelFileError
from studio.nn.foreign.read_stack import read_stack
from studio.nn.inspection.stack_courses import StackStepper, stack_traces

_STEPS, _CHANNELS, _UNITS = 9, 3, 4


def _inputs(examples: int = 5) -> np.ndarray:
    values = np.random.default_rng(3).normal(size=(examples, _STEPS, _CHANNELS))
    return values.astype(np.float32)


@pytest.mark.parametrize("kind", [nn.GRU, nn.LSTM])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_a_state_dict_gives_the_states_of_torch(
    tmp_path: Path, kind: type[nn.GRU | nn.LSTM], *, both: bool, bias: bool
) -> None:
    torch.manual_seed(1)
    network = nn.ModuleDict(
        {
            "body": kind(_CHANNELS, _UNITS, 2, bias, batch_first=True, bidirectional=both),
            "head": nn.Linear(_UNITS, 2),
        }
    )
    torch.save({"epoch": 3, "model": network.state_dict()}, tmp_path / "m.pt")
    save_file(network.state_dict(), tmp_path / "m.safetensors")
    inputs, lengths = _inputs(), np.array([9, 4, 7, 1, 9])
    packed = nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(inputs), torch.from_numpy(lengths), batch_first=True, enforce_sorted=False
    )
    with torch.no_grad():
        expected = nn.utils.rnn.pad_packed_sequence(network["body"](packed)[0], batch_first=True)
    for name in ("m.pt", "m.safetensors"):
        stack = read_stack(tmp_path / name)
        assert stack.notes[-1] == "Not read: head.bias, head.weight."
        arrays = stack_traces(stack, inputs, lengths)
        top = ["l1_h", "l1_reverse_h"] if both else ["l1_h"]
        found = np.concatenate([arrays[each] for each in top], axis=2)
        for row, length in enumerate(lengths):
            np.testing.assert_allclose(
                found[row, :length], expected[0][row, :length], rtol=1e-4, atol=1e-5
            )


def test_cells_of_torch_are_layers_too(tmp_path: Path) -> None:
    torch.manual_seed(1)
    cell = nn.LSTMCell(_CHANNELS, _UNITS)
    torch.save(cell.state_dict(), tmp_path / "cell.pth")
    inputs = _inputs(1)
    states = None
    with torch.no_grad():
        for step in range(_STEPS):
            states = cell(torch.from_numpy(inputs[:, step]), states)
    arrays = stack_traces(read_stack(tmp_path / "cell.pth"), inputs, None)
    np.testing.assert_allclose(arrays["l0_h"][:, -1], states[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(arrays["l0_c"][:, -1], states[1], rtol=1e-4, atol=1e-5)


class _Harmful:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_code_in_a_file_is_refused_and_not_run(tmp_path: Path) -> None:
    harm = tmp_path / "harm"
    torch.save({"weight_ih_l0": _Harmful(harm)}, tmp_path / "m.pt")
    with pytest.raises(ModelFileError, match="run code from the file"):
        read_stack(tmp_path / "m.pt")
    assert not harm.exists()


def _onnx(path: Path, kind: str, *, both: bool = False, **settings: object) -> None:
    """One node with random weights, written by hand."""
    generator = np.random.default_rng(5)
    blocks, directions = {"GRU": 3, "LSTM": 4}[kind], 2 if both else 1
    shapes = {
        "W": (directions, blocks * _UNITS, _CHANNELS),
        "R": (directions, blocks * _UNITS, _UNITS),
        "B": (directions, 2 * blocks * _UNITS),
    }
    weights = [
        numpy_helper.from_array(generator.normal(size=shape).astype(np.float32), name)
        for name, shape in shapes.items()
    ]
    node = helper.make_node(
        kind,
        ["X", *shapes],
        ["Y"],
        name="layer",
        hidden_size=_UNITS,
        direction="bidirectional" if both else "forward",
        **settings,
    )
    x = helper.make_tensor_value_info("X", TensorProto.FLOAT, [_STEPS, None, _CHANNELS])
    y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "hand", [x], [y], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    ("kind", "settings"),
    [("LSTM", {}), ("GRU", {"linear_before_reset": 1}), ("GRU", {"linear_before_reset": 0})],
)
def test_an_onnx_node_gives_the_states_of_onnxruntime(
    tmp_path: Path, kind: str, settings: dict[str, int], *, both: bool
) -> None:
    path = tmp_path / "m.onnx"
    _onnx(path, kind, both=both, **settings)
    inputs = _inputs()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"X": inputs.transpose(1, 0, 2)})
    stack = read_stack(path)
    assert stack.resets_first == (settings == {"linear_before_reset": 0})
    arrays = stack_traces(stack, inputs, None)
    for direction, name in enumerate(["l0_h", "l0_reverse_h"][: 1 + both]):
        found = arrays[name].transpose(1, 0, 2)
        np.testing.assert_allclose(found, expected[:, direction], rtol=1e-4, atol=1e-5)


def test_the_terms_of_a_gru_that_resets_first_add_up_to_its_gates(tmp_path: Path) -> None:
    _onnx(tmp_path / "m.onnx", "GRU", linear_before_reset=0)
    course = StackStepper(read_stack(tmp_path / "m.onnx"), _inputs()[0]).run()
    layer = course.layers["l0"]
    assert "W_hn (r * h)" in course.kind.gates[2].equation
    for unit in range(_UNITS):
        terms = step_terms(course.kind, layer, 5, unit)
        new = terms.gates[2]
        assert np.tanh(new.total) == pytest.approx(layer.gates["new"][5, unit], abs=1e-12)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"activations": ["HardSigmoid", "Tanh", "Tanh"]}, "activations hardsigmoid"),
        ({"clip": 1.0}, "clip"),
        ({"input_forget": 1}, "input_forget"),
    ],
)
def test_another_kind_of_cell_is_refused_by_name(
    tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    _onnx(tmp_path / "m.onnx", "LSTM", **settings)
    with pytest.raises(ModelFileError, match=words):
        read_stack(tmp_path / "m.onnx")


def test_several_stacks_are_not_guessed_between(tmp_path: Path) -> None:
    parts = nn.ModuleDict({"one": nn.GRU(3, 4), "two": nn.GRU(3, 5)})
    torch.save(parts.state_dict(), tmp_path / "m.pt")
    with pytest.raises(ModelFileError, match=r"one, two"):
        read_stack(tmp_path / "m.pt")
    assert read_stack(tmp_path / "m.pt", "two").units == (5,)


@pytest.mark.parametrize("ending", [".pt", ".safetensors", ".keras", ".h5", ".onnx"])
def test_any_other_file_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"m{ending}"
    path.write_bytes(b"nothing of the kind" * 40)
    with pytest.raises(ModelFileError, match=path.name):
        read_stack(path)

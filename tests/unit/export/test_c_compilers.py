"""The C of many networks gives the same bits by gcc and by our front end."""

import ctypes
import subprocess
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from networks import forecasting, model_of, raw_sequences
from unit.export.test_c import near

from studio.core.specs.comparison_spec import ContenderSpec
from studio.export.c.float_code import float_body, float_header
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.network import c_network
from studio.export.c.quantize import quantized
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel

STEPS = 1000
SMALL = [(8, 1)]
ALL = [(units, layers) for units in (8, 16, 32, 64, 128) for layers in (1, 2)]

pytestmark = pytest.mark.skipif(which("gcc") is None, reason="there is no gcc")


def answers_of_gcc(folder: Path, header: str, body: str, steps: np.ndarray) -> np.ndarray:
    (folder / "model.h").write_text(header, encoding="ascii")
    (folder / "model.c").write_text(body, encoding="ascii")
    flags = ["-std=c99", "-O2", "-ffp-contract=off", "-shared", "-fPIC"]
    command = [which("gcc") or "", *flags, "model.c", "-o", "model.so"]
    subprocess.run(command, cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "model.so"))
    state = ctypes.create_string_buffer(1 << 16)
    answers = np.zeros((len(steps), 6), dtype=np.float32)
    library.model_reset(state)
    for step, answer in zip(steps, answers, strict=True):
        library.model_step(
            state, ctypes.c_void_p(step.ctypes.data), ctypes.c_void_p(answer.ctypes.data)
        )
    return answers


def check(folder: Path, cell: str, sizes: tuple[int, int], arithmetic: str) -> None:
    units, layers = sizes
    spec = ContenderSpec(cell=cell, hidden_size=units, num_layers=layers)
    model = model_of(spec, near(forecasting()))
    network = c_network(model)
    steps = raw_sequences(model.preprocessing, (STEPS,))[0].astype(np.float32)
    if arithmetic == "float":
        header, body = float_header(network), float_body(network)
    else:
        integers = quantized(network, [steps])
        header, body = integer_header(integers), integer_body(integers)
    code = CompiledModel(read_source(header, body), 3, 6, per_step=False)
    assert np.array_equal(code.carried(steps), answers_of_gcc(folder, header, body, steps))


@pytest.mark.parametrize("arithmetic", ["float", "int8"])
@pytest.mark.parametrize("sizes", SMALL)
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_small_networks_give_the_same_bits(
    tmp_path: Path, cell: str, sizes: tuple[int, int], arithmetic: str
) -> None:
    check(tmp_path, cell, sizes, arithmetic)


@pytest.mark.verify
@pytest.mark.parametrize("arithmetic", ["float", "int8"])
@pytest.mark.parametrize("sizes", ALL)
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_all_sizes_give_the_same_bits(
    tmp_path: Path, cell: str, sizes: tuple[int, int], arithmetic: str
) -> None:
    check(tmp_path, cell, sizes, arithmetic)

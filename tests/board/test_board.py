"""The generated C on an emulated Cortex-M: the host's bits, and within the card's figures.

QEMU counts instructions, no cycles; those follow from the kinds of the executed instructions.
"""

from pathlib import Path

import numpy as np
import pytest
from board.cortex_m import MISSING, Core, missing_tools
from board.shapes import SIZES, Shape, on_board

from studio.analysis.costs.device_costs import DeviceCosts, counted_cycles, device_costs
from studio.core.results.c_size import Arithmetic
from studio.core.specs.device_profile import find_profile
from studio.paths import devices

CELLS = ("gru", "lstm")
ALL = [Shape(cell, units, layers) for cell in CELLS for layers in (1, 2) for units in SIZES]
OTHERS = [
    Shape(cell, units, layers, inputs, outputs)
    for cell in CELLS
    for units, layers, inputs, outputs in ((16, 1, 1, 1), (16, 1, 12, 24), (24, 3, 4, 2))
]
PROFILES: dict[Core, str] = {"cortex-m4": "cortex-m4f", "cortex-m0plus": "cortex-m0plus"}
WITHIN = 0.10

pytestmark = [
    pytest.mark.verify,
    pytest.mark.skipif(bool(missing_tools()), reason=f"{MISSING}: {', '.join(missing_tools())}"),
]


def check(folder: Path, shape: Shape, arithmetic: Arithmetic, core: Core, steps: int = 20) -> None:
    found = on_board(folder, shape, arithmetic, core, steps)
    board = found.measured
    assert np.array_equal(board.answers, found.expected)
    assert board.instructions == pytest.approx(board.mix.total, rel=0.05)

    profile = find_profile(PROFILES[core], devices())
    costs = device_costs(shape.spec, shape.preprocessing, profile, arithmetic)
    assert isinstance(costs, DeviceCosts)
    # Compilers move a table of a few numbers into the code.
    assert costs.sizes.constants - 64 <= board.constants <= costs.sizes.constants
    assert board.code + board.constants <= costs.flash
    assert board.stack <= costs.sizes.stack

    counted = board.cycles(core)
    cycles = counted_cycles(shape.spec, shape.preprocessing, core, arithmetic)
    assert cycles is not None
    assert cycles.low == pytest.approx(counted.low, rel=WITHIN)
    assert cycles.high == pytest.approx(counted.high, rel=WITHIN)


@pytest.mark.parametrize("arithmetic", ["float", "int8"])
@pytest.mark.parametrize("shape", [*ALL, *OTHERS], ids=str)
def test_every_shape_keeps_the_cards_figures_on_a_cortex_m4(
    tmp_path: Path, shape: Shape, arithmetic: Arithmetic
) -> None:
    check(tmp_path, shape, arithmetic, "cortex-m4")


@pytest.mark.parametrize("shape", [*ALL, *OTHERS], ids=str)
def test_every_shape_in_int8_keeps_the_cards_figures_on_a_cortex_m0(
    tmp_path: Path, shape: Shape
) -> None:
    check(tmp_path, shape, "int8", "cortex-m0plus")


@pytest.mark.parametrize("shape", [each for each in ALL if each.units <= 32], ids=str)
def test_small_shapes_in_float_keep_the_cards_figures_on_a_cortex_m0(
    tmp_path: Path, shape: Shape
) -> None:
    check(tmp_path, shape, "float", "cortex-m0plus")


@pytest.mark.parametrize("arithmetic", ["float", "int8"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_thousand_carried_steps_are_the_hosts_bits(
    tmp_path: Path, cell: str, arithmetic: Arithmetic
) -> None:
    found = on_board(tmp_path, Shape(cell, 64, 2), arithmetic, "cortex-m4", steps=1_000)
    assert np.array_equal(found.measured.answers, found.expected)


def test_the_published_gru_needs_a_fifth_of_the_flash_and_a_hundredth_of_the_ram(
    tmp_path: Path,
) -> None:
    """EdgeMark, TensorFlow Lite Micro in float: 497 kB of flash, 299 kB of RAM (docs/edge.md)."""
    shape = Shape("gru", 64, inputs=32, outputs=32)
    board = on_board(tmp_path, shape, "float", "cortex-m4").measured
    costs = device_costs(
        shape.spec, shape.preprocessing, find_profile("cortex-m4f", devices()), "float"
    )
    assert isinstance(costs, DeviceCosts)
    assert board.code + board.constants + board.routines < 497_000 / 5
    assert costs.sizes.state + board.stack < (299_000 - 25_600) / 100

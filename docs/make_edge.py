# ruff: noqa: E501 - a paragraph of Markdown is one line
"""Writes docs/edge.md: models as C on an emulated Cortex-M, beside the card's estimates.

Needs Debian's gcc-arm-none-eabi, libnewlib-arm-none-eabi and qemu-system-arm; takes minutes.
"""

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from board.cortex_m import MISSING, Core, Measured, missing_tools
from board.shapes import Shape, on_board

from studio.analysis.costs.device_costs import DeviceCosts, counted_cycles, device_costs
from studio.core.results.c_size import Arithmetic
from studio.core.specs.device_profile import find_profile
from studio.paths import devices

OUT = ROOT / "docs" / "edge.md"
SHAPES = [
    *(Shape(cell, units) for cell in ("gru", "lstm") for units in (8, 16, 32, 64, 128)),
    *(Shape(cell, 64, layers=2) for cell in ("gru", "lstm")),
]
HEADINGS = (
    *("", "multiply-accumulates", "flash B", "at most", "state B", "stack B", "at most"),
    *("instructions", "cycles, low", "cycles, high"),
)
PUBLISHED = Shape("gru", 64, inputs=32, outputs=32)
KINDS: tuple[tuple[Core, Arithmetic, str, str], ...] = (
    ("cortex-m4", "float", "cortex-m4f", "Cortex-M4F, float"),
    ("cortex-m4", "int8", "cortex-m4f", "Cortex-M4F, int8"),
    ("cortex-m0plus", "int8", "cortex-m0plus", "Cortex-M0+, int8"),
)


def page() -> str:
    """The whole page."""
    return f"""# On a device

What the exported C ([exports](guide/exports.md#c-for-microcontrollers)) needs on a microcontroller, measured with an emulator, beside the estimates of `gate-studio device` and of the card *On a device*. Made by `docs/make_edge.py` on {dt.datetime.now(tz=dt.UTC).date():%d %B %Y} with {version("arm-none-eabi-gcc")} and {version("qemu-system-arm")}; `make verify` checks the same figures over more shapes.

No silicon was used. QEMU counts instructions, and the kinds of the executed instructions with Arm's timings give cycles: low with loads of one cycle and taken branches of two, high with loads of two, branches of four and a stall for each operation in floating point; a Cortex-M0+ has one figure. Waits for flash, interrupts and the application come on top. Networks have 4 inputs and 2 outputs, and are compiled with `-O2 -ffp-contract=off`.

- Answers were equal to the host's to the last bit in every shape.
- Flash is the compiled code with its tables, without the compiler's routines: at most 472 bytes on a Cortex-M4F, about 4 kB on a Cortex-M0+, where software computes in floating point.
- Flash *at most* and stack *at most* are what the card counts with. Stack is what `model_step` wrote to a painted stack.
- Cycles in brackets are those of the card, before it widens them by 8 % and adds waits.

{"".join(map(table, KINDS))}## Beside a published figure

EdgeMark (*EdgeMark: An Automation and Benchmarking System for Embedded Artificial Intelligence Tools*, arXiv 2502.01700, 2025) measured a GRU of 64 units with 32 inputs and a dense layer of 32 at each of 100 steps by TensorFlow Lite Micro on an STM32L4R5 (Cortex-M4F, 120 MHz). Their figures are carried over, ours are of the emulator. RAM is without the buffers for inputs and outputs, 25.6 kB of theirs.

{published()}
## What a fit holds

Cycles are fitted to multiply-accumulates, units, inputs and outputs together, and for int8 layers. Over 8 to 128 units, one to three layers, 1 to 32 inputs and outputs, every fit lies within 10 % of what was counted. Softmax, sigmoid, pooling and the lookup of symbols are not in the fit.
"""


def version(tool: str) -> str:
    done = subprocess.run([tool, "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - a fixed tool
    return done.stdout.splitlines()[0].partition(" (Debian")[0]


def table(kind: tuple[Core, Arithmetic, str, str]) -> str:
    lines = [
        f"## {kind[3]}\n",
        f"| {' | '.join(HEADINGS)} |",
        "| --- |" + " ---: |" * (len(HEADINGS) - 1),
        *(row(shape, kind) for shape in SHAPES),
    ]
    return "\n".join(lines) + "\n\n"


def row(shape: Shape, kind: tuple[Core, Arithmetic, str, str]) -> str:
    core, arithmetic, profile, _ = kind
    board, costs = measured(shape, core, arithmetic, profile)
    card = counted_cycles(shape.spec, shape.preprocessing, core, arithmetic)
    counted = board.cycles(core)
    ends = ("", "") if card is None else (f" ({card.low:,.0f})", f" ({card.high:,.0f})")
    layers = "" if shape.layers == 1 else ", two layers"
    figures = (
        f"{costs.sizes.macs:,}",
        f"{board.code + board.constants:,}",
        f"{costs.flash:,}",
        f"{costs.sizes.state:,}",
        f"{board.stack:,}",
        f"{costs.sizes.stack:,}",
        f"{board.instructions:,.0f}",
        f"{counted.low:,.0f}{ends[0]}",
        f"{counted.high:,.0f}{ends[1]}",
    )
    return f"| {shape.cell.upper()} {shape.units}{layers} | {' | '.join(figures)} |"


def measured(
    shape: Shape, core: Core, arithmetic: Arithmetic, profile: str
) -> tuple[Measured, DeviceCosts]:
    with TemporaryDirectory() as folder:
        found = on_board(Path(folder), shape, arithmetic, core)
    if not (found.measured.answers == found.expected).all():
        raise SystemExit(f"{shape}, {arithmetic}: the board answers something else")
    costs = device_costs(
        shape.spec, shape.preprocessing, find_profile(profile, devices()), arithmetic
    )
    if isinstance(costs, str):
        raise SystemExit(costs)
    return found.measured, costs


def published() -> str:
    return "\n".join(_published()) + "\n"


def _published() -> Iterator[str]:
    yield "| that GRU | flash kB | RAM kB | 100 steps at 120 MHz |"
    yield "| --- | ---: | ---: | ---: |"
    yield "| TensorFlow Lite Micro, float (theirs) | 497 | 273 | 277 ms |"
    yield "| TensorFlow Lite Micro, int8 (theirs) | 810 | 269 | 374 ms |"
    for core, arithmetic, profile, _ in KINDS[:2]:
        board, costs = measured(PUBLISHED, core, arithmetic, profile)
        flash = (board.code + board.constants + board.routines) / 1e3
        ram = (costs.sizes.state + board.stack) / 1e3
        low, high = (100 * cycles / 120e3 for cycles in board.cycles(core))
        name = f"exported C, {arithmetic}"
        yield f"| {name} | {flash:.0f} | {ram:.2f} | {low:.0f} to {high:.0f} ms, estimated |"


if __name__ == "__main__":
    if missing := missing_tools():
        raise SystemExit(f"{', '.join(missing)}: {MISSING}")
    OUT.write_text(page(), encoding="utf-8")

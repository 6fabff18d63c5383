"""Builds generated C for a Cortex-M and runs it in QEMU: answers, instructions, sizes, stack."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Literal

import numpy as np
from board.instruction_mix import Cycles, Mix, mix_of

Core = Literal["cortex-m4", "cortex-m0plus"]
TOOLS = ("arm-none-eabi-gcc", "arm-none-eabi-size", "arm-none-eabi-objdump", "qemu-system-arm")
MISSING = "needs Debian's gcc-arm-none-eabi, libnewlib-arm-none-eabi and qemu-system-arm"
_HERE = Path(__file__).parent
_FLAGS: dict[Core, list[str]] = {
    "cortex-m4": ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
    "cortex-m0plus": ["-mcpu=cortex-m0plus", "-mfloat-abi=soft"],
}
"""Code for a Cortex-M0+ runs on the same emulated Cortex-M4, which has all of its instructions."""
_COMPILED = ["-std=gnu99", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]
_MACHINE = ["-M", "mps2-an386", "-cpu", "cortex-m4", "-display", "none", "-monitor", "none"]
_MACHINE += ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
_SECONDS = 300


@dataclass(frozen=True)
class Measured:
    """A model on the emulated board.

    Attributes:
        answers: Of all carried steps, (steps, outputs).
        instructions: Of a step, the mean over the counted ones.
        mix: The instructions of one step by kind, and their cycles.
        code: Bytes of model.c's instructions, without tables and the compiler's routines.
        constants: Bytes of model.c's tables.
        routines: Bytes that the compiler's library adds.
        stack: Bytes that model_step wrote to the stack.
    """

    answers: np.ndarray
    instructions: float
    mix: Mix
    code: int
    constants: int
    routines: int
    stack: int

    def cycles(self, core: Core) -> Cycles:
        return self.mix.cycles(core)


def missing_tools() -> list[str]:
    return [tool for tool in TOOLS if which(tool) is None]


def measured(folder: Path, outputs: int, core: Core, counted: int) -> Measured:
    """Builds and runs model.c, model.h and steps.h of a folder.

    Args:
        folder: Where they lie; everything else is written there too.
        outputs: Numbers of an answer.
        core: What the code is compiled for.
        counted: Steps whose instructions are counted.
    """
    flags = [*_FLAGS[core], *_COMPILED, "-I."]
    _call(folder, "arm-none-eabi-gcc", *flags, "-c", "model.c")
    told = _emulated(folder, flags, "all", f"-DCOUNTED_STEPS={counted}")
    _emulated(folder, flags, "one", "-DCOUNTED_STEPS=1", "-DONE_STEP")
    listing = _call(folder, "arm-none-eabi-objdump", "-d", "one.elf")
    words = [int(line, 16) for line in re.findall(r"^([0-9a-f]{8})$", told, re.MULTILINE)]
    sections = _sections(folder, "model.o")
    return Measured(
        answers=np.array(words, dtype=np.uint32).view(np.float32).reshape(-1, outputs),
        instructions=_number(told, "instructions") / counted,
        mix=mix_of(listing, (folder / "one.log").read_text(encoding="ascii")),
        code=sum(size for name, size in sections.items() if name.startswith(".text")),
        constants=sum(size for name, size in sections.items() if name.startswith(".rodata")),
        routines=_routines(folder),
        stack=_number(told, "stack"),
    )


def _emulated(folder: Path, flags: list[str], name: str, *defined: str) -> str:
    """What the board writes; a run of one step also logs where each instruction lies."""
    sources = [str(_HERE / "board.c"), "model.o", "-o", f"{name}.elf"]
    # Otherwise the painting of the stack becomes a call that needs this stack.
    linked = ["-fno-tree-loop-distribute-patterns", "-nostartfiles", f"-Wl,-Map={name}.map"]
    linked += ["-T", str(_HERE / "mps2.ld")]
    _call(folder, "arm-none-eabi-gcc", *flags, *defined, *linked, *sources)
    logged = ["-singlestep", "-d", "exec,nochain", "-D", f"{name}.log"] if name == "one" else []
    counts = ["-icount", "shift=0"]
    return _call(folder, "qemu-system-arm", *_MACHINE, *counts, *logged, "-kernel", f"{name}.elf")


def _call(folder: Path, tool: str, *arguments: str) -> str:
    done = subprocess.run(
        [which(tool) or tool, *arguments],
        cwd=folder, check=False, capture_output=True, text=True, timeout=_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _number(told: str, name: str) -> int:
    found = re.search(rf"^{name} ([0-9a-f]{{8}})$", told, re.MULTILINE)
    assert found is not None, told[:1000]
    return int(found[1], 16)


def _sections(folder: Path, file: str) -> dict[str, int]:
    lines = _call(folder, "arm-none-eabi-size", "-A", file).splitlines()
    parts = [line.split() for line in lines if line.startswith(".")]
    return {name: int(size) for name, size, *_ in parts}


def _routines(folder: Path) -> int:
    """Bytes of instructions and tables from the archives of the compiler, by the linker's map."""
    text = (folder / "all.map").read_text(encoding="utf-8").partition("Linker script and memory")[2]
    pattern = r"^ \.(?:text|rodata)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) \S+\.a\("
    return sum(int(size, 16) for size in re.findall(pattern, text, re.MULTILINE))

"""Compares generated C with PyTorch on real examples, and runs its self-test."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from typing import NamedTuple

import numpy as np

from studio.core.arrays import Floats
from studio.core.prepared.preprocessing import Preprocessing
from studio.export.parity import compare_predictions
from studio.export.stepwise.carried_check import CARRIED_STEPS, joined_steps
from studio.nn.c_code.machine import CompiledModel
from studio.nn.inference.inference import InferenceModel

_COMPILERS = ("cc", "gcc", "clang", "tcc")
_SECONDS = 120


class Parity(NamedTuple):
    """How C compares with PyTorch.

    Attributes:
        difference: The largest difference, in the targets' units or as a probability.
        passed: Whether rounding explains every difference.
        words: What was compared, a clause.
    """

    difference: float
    passed: bool
    words: str


def compared(
    compiled: CompiledModel,
    trained: InferenceModel,
    sequences: Sequence[Floats],
    preprocessing: Preprocessing,
) -> Parity:
    """Whole examples, and steps with a carried state, both as a float holds their inputs."""
    singles = [np.asarray(sequence, dtype=np.float32) for sequence in sequences]
    steps = joined_steps(singles)
    width = preprocessing.output_size
    pairs = [(compiled.carried(steps), trained.predict_carried(steps))]
    pairs += [
        (compiled.run(single).reshape(-1, width), trained.predict_each([single]))
        for single in singles
    ]
    outcomes = [compare_predictions(*pair, preprocessing) for pair in pairs]
    words = f"{len(singles)} examples and {CARRIED_STEPS:,} carried steps against PyTorch"
    return Parity(
        max(difference for difference, _ in outcomes), all(same for _, same in outcomes), words
    )


def self_tested(folder: Path) -> tuple[bool, str]:
    """Runs the self-test with a compiler; (whether none failed, what was done as a clause)."""
    compiler = found_compiler()
    if compiler is None:
        return True, "compiled by LLVM; no C compiler was found for the self-test"
    passed = passes_self_test(folder, compiler)
    return passed, f"compiled by LLVM, and the self-test by {compiler}"


def found_compiler() -> str | None:
    """The name of the first C compiler on the path, or None."""
    return next((name for name in _COMPILERS if which(name)), None)


def passes_self_test(folder: Path, compiler: str) -> bool:
    """Whether the files of a folder compile without a warning, and their self-test passes."""
    path = which(compiler)
    if path is None:
        return False
    with tempfile.TemporaryDirectory() as place:
        program = Path(place, "self_test.exe")
        sources = [str(folder / "model.c"), str(folder / "model_test.c")]
        flags = (
            [] if compiler == "tcc" else ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
        )
        try:
            subprocess.run(  # noqa: S603 - a compiler on the path, our own files
                [path, *flags, "-O2", "-o", str(program), *sources],
                check=True, capture_output=True, timeout=_SECONDS,
            )  # fmt: skip
            subprocess.run(  # noqa: S603 - what was just compiled
                [str(program)], check=True, capture_output=True, timeout=_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return True

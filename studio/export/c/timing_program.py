"""A program in C that times the generated model on this machine."""

import subprocess
from pathlib import Path
from shutil import which

import numpy as np

from studio.core.arrays import Floats
from studio.export.c.literals import float_table
from studio.export.c.network import CNetwork

_SECONDS = 120
_MAIN = """
#include <stdio.h>
#include <time.h>

#include "model.h"

static volatile float sink;
static float y[ROWS * MODEL_OUTPUTS];
static model_state state;

static void steps(long count)
{
    long index;
    for (index = 0; index < count; index++) {
        model_step(&state, sequence + (index % STEPS) * MODEL_INPUTS, y);
    }
}

static void windows(long count)
{
    long index;
    for (index = 0; index < count; index++) {
        model_run(sequence, STEPS, y);
    }
}

/* Microseconds of a call, over at least 20 ms. */
static double timed(void (*calls)(long))
{
    long count = 1;
    for (;;) {
        clock_t start = clock();
        double seconds;
        calls(count);
        seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (seconds >= 0.02) {
            sink = y[0];
            return 1e6 * seconds / (double)count;
        }
        count *= 2;
    }
}

int main(void)
{
    model_reset(&state);
    printf("%.9g ", timed(steps));
    printf("%.9g\\n", timed(windows));
    return 0;
}
"""


def timing_program(network: CNetwork, sequence: Floats) -> str:
    """The text of the program; it reads this sequence, (time, inputs)."""
    single = np.asarray(sequence, dtype=np.float32)
    rows = len(single) if network.per_step else 1
    table = float_table("sequence", single)
    return f"#define STEPS {len(single)}\n#define ROWS {rows}\n{table}{_MAIN}"


def compile_program(folder: Path, compiler: str) -> Path | None:
    """Compiles model.c and main.c of a folder; None if that fails."""
    path = which(compiler)
    if path is None:
        return None
    program = folder / "timing.exe"
    sources = [str(folder / "model.c"), str(folder / "main.c")]
    try:
        subprocess.run(  # noqa: S603 - a compiler on the path, our own files
            [path, "-O2", "-o", str(program), *sources],
            check=True, capture_output=True, timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return program


def run_program(program: Path) -> tuple[float, float]:
    """Microseconds of a step and of the whole sequence."""
    done = subprocess.run(  # noqa: S603 - what was just compiled
        [str(program)], check=True, capture_output=True, timeout=_SECONDS, text=True
    )
    step, window = map(float, done.stdout.split())
    return step, window

"""Times of whole training steps, with torch.nn and the fused engine in alternation.

A step is zero_grad, forward over the whole sequence, a loss on the last output, backward, fused
Adam. As a script it measures only torch.nn, with the allocator's default settings:

    python -m studio.nn.benchmarking.engine_steps THREADS ROUNDS
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from studio.nn.engines.devices import use_threads
from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig
from studio.nn.engines.fused.kernel_cache import KERNELS
from studio.nn.engines.fused.peak_rate import peak_flops

CELLS = ("gru", "lstm")
_BLOCKS = {"gru": 3, "lstm": 4}
_WARMUP = 3
_LOWER_QUARTILE = 25


class Shape(NamedTuple):
    """The sizes of a training step."""

    batch: int
    steps: int
    input: int
    hidden: int

    def flops(self, cell: str) -> float:
        """Floating-point operations of a step: three products with h, two with x."""
        rows = 2.0 * self.batch * self.steps * _BLOCKS[cell] * self.hidden
        return rows * (3 * self.hidden + 2 * self.input)


SHAPES = (
    Shape(32, 100, 1, 32),
    Shape(32, 100, 1, 64),
    Shape(32, 100, 64, 128),
    Shape(64, 200, 64, 128),
    Shape(128, 50, 32, 256),
    Shape(32, 500, 8, 64),
    Shape(64, 100, 1, 128),
)


def make_step(engine: str, cell: str, shape: Shape) -> Callable[[], None]:
    """A training step of one layer of an engine with a linear head."""
    layers = ENGINES[engine].build(RecurrentConfig(cell, shape.input, shape.hidden))
    head = torch.nn.Linear(shape.hidden, 1)
    optimizer = torch.optim.Adam([*layers.parameters(), *head.parameters()], fused=True)
    inputs = torch.randn(shape.batch, shape.steps, shape.input)
    targets = torch.randn(shape.batch, 1)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(head(layers.last(inputs)), targets)
        loss.backward()
        optimizer.step()

    return step


def measure_steps(engines: Sequence[str], shape: Shape, rounds: int) -> Mapping[str, float]:
    """Lower quartiles in milliseconds by "engine cell", measured in alternation."""
    steps = {
        f"{engine} {cell}": make_step(engine, cell, shape) for engine in engines for cell in CELLS
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(_WARMUP + rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if number >= _WARMUP:
                times[name].append(time.perf_counter() - start)
    return {
        name: float(np.percentile(seconds, _LOWER_QUARTILE)) * 1e3
        for name, seconds in times.items()
    }


def measure_all(engines: Sequence[str], threads: int, rounds: int) -> Iterator[Mapping[str, float]]:
    """The same for each shape."""
    use_threads(threads)
    for shape in SHAPES:
        yield measure_steps(engines, shape, rounds)


def measure_peak(threads: int, repeats: int = 2000, tries: int = 200) -> float:
    """Floating-point operations per second of the micro-kernel: one thread's best, times threads.

    Only one thread is measured, as two rarely run undisturbed on a busy machine.

    Raises:
        LibraryError: The fused engine is not available.
    """
    library = KERNELS.library("gru")
    best = 0.0
    for _ in range(tries):
        start = time.perf_counter()
        flops = peak_flops(library, 1, repeats)
        best = max(best, flops / (time.perf_counter() - start))
    return best * threads


def main() -> None:
    """Prints the times of torch.nn as JSON, a list by shape."""
    threads, rounds = map(int, sys.argv[1:])
    json.dump(list(measure_all(["torch"], threads, rounds)), sys.stdout)


if __name__ == "__main__":
    main()

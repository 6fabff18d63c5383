"""Whether watching gates changes the time of training steps.

The network of a comparison is trained twice over, once with a pinned example whose gates are traced
as the page Train asks for them, once without. Turns of both alternate in ABBA order; each pair
of neighbouring turns gives one ratio of their median steps. A trace takes time between epochs:
that is told too, and is no part of a step.
"""

import time

import numpy as np

from studio import paths
from studio.core.system import allocator, openmp

openmp.limit_spinning()  # before torch is imported

import torch

from studio.core.results.events import GatesTraced, RunEvent, RunId, StepsTimed
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
)
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_threads, processor, use_threads
from studio.nn.training.trainer import Trainer
from studio.runs.execution.control import Control
from studio.runs.execution.interleaved_run import InterleavedRun
from studio.runs.execution.kernels import start_kernels, wait_for_kernels
from studio.runs.execution.turn_order import TurnRule, turn_order
from studio.runs.planning.plan import make_plan

PAIRS = 60
RULE = TurnRule(seconds=0.3, least_steps=10**9)
CELLS = ("gru", "lstm")


class Watched:
    """One run, its gates traced or not."""

    def __init__(self, cell: str, tensors: TaskTensors, *, is_traced: bool) -> None:
        spec = ContenderSpec(name=cell, cell=cell, hidden_size=32)
        training = TrainingSpec(epochs=1_000_000, batch_size=32)
        machine = MachineSpec(device="cpu", engine="fused")
        self.control = Control()
        self.control.pinned = 0 if is_traced else None
        self.times: list[np.ndarray] = []
        self.traces = 0
        trainer = Trainer(spec, training, machine, tensors, seed=1)
        self.taker = InterleavedRun(RunId(cell, 1), trainer, tensors, RULE, self._note)

    def turn(self, number: int) -> float:
        """The median step of a turn, its first two left out, in milliseconds."""
        self.times.clear()
        self.taker.take_turn(number, 0, self.control)
        return float(np.median(np.concatenate(self.times)[2:])) * 1e3

    def _note(self, event: RunEvent) -> None:
        if isinstance(event, StepsTimed):
            self.times.append(event.seconds)
        self.traces += isinstance(event, GatesTraced)


def measure(cell: str, tensors: TaskTensors) -> None:
    """Prints the figures of one cell."""
    traced, plain = (Watched(cell, tensors, is_traced=is_traced) for is_traced in (True, False))
    figures = []
    for pair in range(PAIRS):
        order = turn_order([traced, plain], pair)
        figures.append(turn_order([run.turn(pair) for run in order], pair))
    ours, theirs = np.array(figures[2:]).T
    low, middle, high = np.percentile(ours / theirs, (25, 50, 75))
    start = time.perf_counter()
    traced.taker.trainer.trace(tensors.task.training.sequence(0))
    spent = (time.perf_counter() - start) * 1e3
    print(
        f"{cell}: {np.median(ours):.3f} ms a step with {traced.traces} traces, "
        f"{np.median(theirs):.3f} ms without; ratio of neighbouring turns: median {middle:.3f}, "
        f"quartiles {low:.3f} to {high:.3f}; a trace takes {spent:.1f} ms, between epochs"
    )


def main() -> None:
    """Measures both cells."""
    allocator.keep_freed_memory()
    threads = choose_threads(None)
    use_threads(threads)
    start_kernels(paths.user_folders().cache)
    wait_for_kernels()
    print(f"{processor()}, {threads} threads, torch {torch.__version__}")
    dataset = GeneratedDataset(generator="sine-mixture", parameters={"steps": 4000})
    task = make_plan(ComparisonSpec(dataset=dataset, task=TaskSpec(window=100))).task
    tensors = TaskTensors(task, torch.device("cpu"))
    for cell in CELLS:
        measure(cell, tensors)


if __name__ == "__main__":
    main()

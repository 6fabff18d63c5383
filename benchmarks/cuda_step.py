"""What a training step of the studio costs on an NVIDIA device, beside a bare torch loop.

python benchmarks/cuda_step.py [--json FILE]

The bare loop is what a careful user would write by hand: data on the device, shuffled batches,
zero_grad, forward, loss, backward, clipping, fused Adam, and nothing that waits for the device.
Turns of both alternate in one process, ABBA; a turn is timed from a device that has nothing to do
to a device that has nothing to do again. Medians over turns in milliseconds a step, quartiles of
the ratio. Then the same step in other precisions, and with data that stays in the processor's
memory and is sent batch by batch.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, Precision, TrainingSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.benchmarking.engine_steps import SHAPES, Shape
from studio.nn.engines.devices import environment
from studio.nn.training.step_clock import StepClock
from studio.nn.training.trainer import Trainer
from studio.runs.execution.turn_order import turn_order

CUDA = torch.device("cuda")
CELLS = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
STEPS_OF_A_TURN = 20
PAIRS = 8
WARM_UP = 2
LARGE = SHAPES[3:5]
DROPOUT = 0.2  # between layers, where there are several

Turn = Callable[[], None]


def make_task(shape: Shape) -> PreparedTask:
    """One epoch of random sequences that no measurement reaches the end of."""
    turns = WARM_UP + 2 * PAIRS
    parts = [_examples(shape, count) for count in (shape.batch * STEPS_OF_A_TURN * turns, 8, 8)]
    names = tuple(f"x{number}" for number in range(shape.input))
    preprocessing = Preprocessing(
        kind="regress",
        input_names=names,
        input_units=("",) * shape.input,
        input_scaler=Scaler.identity(shape.input),
        target_names=("y",),
        target_units=("",),
        target_scaler=Scaler.identity(1),
        min_length=shape.steps,
        max_length=shape.steps,
    )
    return PreparedTask("random", preprocessing, *parts)


def _examples(shape: Shape, count: int) -> Examples:
    """Windows of one random series, a step apart."""
    generator = np.random.default_rng(count)
    series = generator.normal(size=(count + shape.steps - 1, shape.input)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(series, shape.steps, axis=0)
    inputs, targets = windows.transpose(0, 2, 1), series[:count, :1]
    return Examples(inputs, None, targets, targets, np.arange(count))


class Bare:
    """The loop that a user would write by hand."""

    def __init__(self, cell: str, shape: Shape, tensors: TaskTensors, layers: int) -> None:
        dropout = DROPOUT if layers > 1 else 0.0
        sizes = shape.input, shape.hidden, layers
        self.layers = CELLS[cell](*sizes, dropout=dropout, batch_first=True).to(CUDA)
        self.head = torch.nn.Linear(shape.hidden, 1).to(CUDA)
        self.weights = [*self.layers.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.Adam(self.weights, lr=0.003, fused=True)
        whole = tensors.training.in_order(len(tensors.training)).take()
        self.inputs, self.targets = whole.inputs, whole.targets
        self.order = torch.randperm(len(self.targets), device=CUDA).split(shape.batch)
        self.count = 0

    def turn(self) -> None:
        """So many steps."""
        for _ in range(STEPS_OF_A_TURN):
            index = self.order[self.count % len(self.order)]
            self.count += 1
            self.optimizer.zero_grad(set_to_none=True)
            outputs, _ = self.layers(self.inputs[index])
            loss = torch.nn.functional.mse_loss(self.head(outputs[:, -1]), self.targets[index])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
            self.optimizer.step()


class Ours:
    """A run of the studio, with its clock."""

    def __init__(
        self,
        cell: str,
        shape: Shape,
        tensors: TaskTensors,
        *,
        precision: Precision = "float32",
        layers: int = 1,
    ) -> None:
        dropout = DROPOUT if layers > 1 else 0.0
        spec = ContenderSpec(
            cell=cell, hidden_size=shape.hidden, num_layers=layers, dropout=dropout
        )
        training = TrainingSpec(batch_size=shape.batch, clip=1.0)
        machine = MachineSpec(device="cuda", precision=precision)
        self.trainer = Trainer(spec, training, machine, tensors, seed=1)
        self.clock = StepClock(CUDA)
        self.by_events: list[float] = []

    def turn(self) -> None:
        """So many steps, and their times."""
        with self.trainer.turn():
            for _ in range(STEPS_OF_A_TURN):
                self.clock.start()
                self.trainer.step()
                self.clock.stop()
        self.by_events.append(float(self.clock.take().mean()) * 1e3)


def milliseconds(turn: Turn) -> float:
    """Of a step, from an idle device to an idle device."""
    torch.cuda.synchronize()
    start = time.perf_counter()
    turn()
    torch.cuda.synchronize()
    return (time.perf_counter() - start) * 1e3 / STEPS_OF_A_TURN


def alternate(first: Turn, second: Turn) -> tuple[list[float], list[float]]:
    """Milliseconds a step of both, pair by pair."""
    for turn in (first, second):
        for _ in range(WARM_UP):
            turn()
    pairs = []
    for number in range(PAIRS):
        found = [milliseconds(turn) for turn in turn_order([first, second], number)]
        pairs.append(turn_order(found, number))
    one, other = zip(*pairs, strict=True)
    return list(one), list(other)


def against_bare(cell: str, shape: Shape, tensors: TaskTensors, layers: int = 1) -> dict[str, Any]:
    """The studio's step beside the bare loop's."""
    bare = Bare(cell, shape, tensors, layers)
    ours = Ours(cell, shape, tensors, layers=layers)
    theirs, own = alternate(bare.turn, ours.turn)
    ratios = [left / right for left, right in zip(theirs, own, strict=True)]
    return {
        "shape": list(shape),
        "cell": cell,
        "layers": layers,
        "bare_ms": statistics.median(theirs),
        "studio_ms": statistics.median(own),
        "studio_by_events_ms": statistics.median(ours.by_events[WARM_UP:]),
        "speedup": statistics.median(ratios),
        "speedup_quartiles": [float(each) for each in np.percentile(ratios, (25, 75))],
        "peak_bytes": ours.trainer.memory.device_peak,
        "note": ours.trainer.execution.note,
    }


def in_precision(
    cell: str, shape: Shape, tensors: TaskTensors, precision: Precision
) -> dict[str, Any]:
    """A lower precision's step beside float32's."""
    exact = Ours(cell, shape, tensors)
    lower = Ours(cell, shape, tensors, precision=precision)
    before, after = alternate(exact.turn, lower.turn)
    return {
        "shape": list(shape),
        "cell": cell,
        "precision": precision,
        "float32_ms": statistics.median(before),
        "ms": statistics.median(after),
        "note": lower.trainer.execution.note,
    }


def sent(cell: str, shape: Shape, task: PreparedTask, tensors: TaskTensors) -> dict[str, Any]:
    """The step where every batch is sent beside that with the data on the device."""
    with mock.patch("studio.nn.batching.batches._fits", return_value=False):
        far = TaskTensors(task, CUDA)
    there, here = alternate(Ours(cell, shape, tensors).turn, Ours(cell, shape, far).turn)
    return {
        "shape": list(shape),
        "cell": cell,
        "on_the_device_ms": statistics.median(there),
        "sent_ms": statistics.median(here),
    }


def main() -> None:
    """Measures everything and prints it line by line."""
    parser = argparse.ArgumentParser(description="Training steps on CUDA.")
    parser.add_argument("--json", type=Path, help="where the figures are written too")
    to = parser.parse_args().json
    facts = environment(MachineSpec(device="cuda"), CUDA)
    print(f"{facts['gpu']}, CUDA {facts['cuda']}, cuDNN {facts['cudnn']}, torch {facts['torch']}")
    found: list[dict[str, Any]] = []
    for shape in SHAPES:
        task = make_task(shape)
        tensors = TaskTensors(task, CUDA)
        for cell in CELLS:
            found.append(against_bare(cell, shape, tensors))
            print(json.dumps(found[-1]), flush=True)
        if shape in LARGE:
            for cell in CELLS:
                found.append(against_bare(cell, shape, tensors, layers=2))
                print(json.dumps(found[-1]), flush=True)
                for precision in ("tf32", "bf16", "fp16"):
                    found.append(in_precision(cell, shape, tensors, precision))
                    print(json.dumps(found[-1]), flush=True)
                found.append(sent(cell, shape, task, tensors))
                print(json.dumps(found[-1]), flush=True)
        if to is not None:
            to.write_text(json.dumps({"environment": facts, "figures": found}, indent=1))


if __name__ == "__main__":
    main()

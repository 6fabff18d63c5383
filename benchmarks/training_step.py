"""What the training loop costs on top of a bare torch loop of the same model.

Batch 32, 100 steps, 1 channel, 32 units. Turns of the studio (batches, step, clock, events to a
recorder that commits them to a session file) and of a loop that a careful user would write by
hand (the same arrays, shuffled batches, zero_grad, forward, loss, backward, clipping, fused Adam)
alternate in one process, under the program's allocator settings, in ABBA order. Prints the lower
quartiles of both, which a busy machine disturbs least, and the differences between neighbouring
turns, in milliseconds a step.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from studio.core.system import allocator, openmp

openmp.limit_spinning()  # before torch is imported

import torch

from studio.core.results.events import RunEvent, RunId, RunStarted, StepsTimed
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
from studio.runs.execution.recorder import Recorder
from studio.runs.execution.turn_order import TurnRule, turn_order
from studio.runs.planning.plan import Plan, make_plan
from studio.sessions import SessionFile

PAIRS = 100
BARE_STEPS = 12
RULE = TurnRule(seconds=0.12, least_steps=10**9)
CELLS = ("gru", "lstm", "rnn")
LAYERS = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}


def plan() -> Plan:
    """A comparison of the three cells on a generated series, with one long epoch."""
    return make_plan(
        ComparisonSpec(
            dataset=GeneratedDataset(generator="sine-mixture", parameters={"steps": 200_000}),
            task=TaskSpec(window=100),
            contenders=tuple(ContenderSpec(cell=cell, hidden_size=32) for cell in CELLS),
            training=TrainingSpec(seeds=1, batch_size=32),
            machine=MachineSpec(engine="torch"),  # what the bare loop is made of
        )
    )


class BareLoop:
    """The loop that a user would write by hand."""

    def __init__(self, cell: str, tensors: TaskTensors) -> None:
        self.layers = LAYERS[cell](1, 32, batch_first=True)
        self.head = torch.nn.Linear(32, 1)
        self.weights = [*self.layers.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.Adam(self.weights, lr=0.003, fused=True)
        self.inputs = torch.from_numpy(tensors.task.training.inputs)
        self.targets = torch.from_numpy(tensors.task.training.targets)
        self.order = torch.randperm(len(self.targets)).split(32)
        self.count = 0

    def step(self) -> None:
        """One training step."""
        index = self.order[self.count % len(self.order)]
        self.count += 1
        self.optimizer.zero_grad(set_to_none=True)
        outputs, _ = self.layers(self.inputs[index])
        loss = torch.nn.functional.mse_loss(self.head(outputs[:, -1]), self.targets[index])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()

    def turn(self, steps: int) -> None:
        """So many steps."""
        for _ in range(steps):
            self.step()


def milliseconds(action: Callable[[], None]) -> float:
    """Wall time of an action."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e3


def measure(cell: str, prepared: Plan, tensors: TaskTensors, recorder: Recorder) -> None:
    """Prints the figures of one cell."""
    contender = next(spec for spec in prepared.spec.contenders if spec.cell == cell)
    run = RunId(contender.name, 1)
    steps = [0]

    def emit(event: RunEvent) -> None:
        if isinstance(event, StepsTimed):
            steps[0] += len(event.seconds)
        recorder.put(1, event)

    training, machine = prepared.spec.training, prepared.spec.machine
    trainer = Trainer(contender, training, machine, tensors, seed=1)
    emit(RunStarted(run, trainer.execution, trainer.memory, 1, trainer.snapshot()))
    taker, control = InterleavedRun(run, trainer, tensors, RULE, emit), Control()
    bare = BareLoop(cell, tensors)

    def our_turn(number: int) -> float:
        before = steps[0]
        spent = milliseconds(lambda: taker.take_turn(number, 0, control))
        return spent / (steps[0] - before)

    def their_turn(_: int) -> float:
        return milliseconds(lambda: bare.turn(BARE_STEPS)) / BARE_STEPS

    figures = []
    for pair in range(PAIRS):
        order = turn_order([our_turn, their_turn], pair)
        figures.append(turn_order([turn(pair) for turn in order], pair))
    ours, theirs = np.array(figures[3:]).T
    low, middle, high = np.percentile(ours - theirs, (25, 50, 75))
    calm, bare_calm = np.percentile(ours, 25), np.percentile(theirs, 25)
    print(
        f"{cell}: studio {calm:.2f} ms, bare {bare_calm:.2f} ms a step (lower quartiles), "
        f"{calm - bare_calm:.3f} ms more; paired differences: median {middle:.3f} ms, "
        f"quartiles {low:.3f} to {high:.3f}"
    )


def main() -> None:
    """Measures the three cells."""
    allocator.keep_freed_memory()
    threads = choose_threads(None)
    use_threads(threads)
    print(f"{processor()}, {threads} threads, torch {torch.__version__}, {allocator.describe()}")
    prepared = plan()
    tensors = TaskTensors(prepared.task, torch.device("cpu"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench.gates")
        recorder = Recorder(lambda: SessionFile.create(path, Path(folder, "locks")), lambda: None)
        recorder.ask(lambda session: session.begin(prepared.record({}))).result()
        for cell in CELLS:
            measure(cell, prepared, tensors, recorder)
        recorder.close()


if __name__ == "__main__":
    main()

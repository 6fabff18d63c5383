"""What the training loop costs on top of a bare torch loop of the same model.

Batch 32, 100 steps, 1 channel, 32 units; the two loops take turns step by step in one process,
under the program's allocator settings. The bare loop does what a careful user would write by
hand: slices of tensors on the same shuffled order, zero_grad, forward, loss, backward, clipping,
fused Adam. Prints the median and the quartiles of the paired differences.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support import toy_task

from studio.core import allocator
from studio.core.spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.devices import choose_threads, processor, use_threads
from studio.nn.trainer import TaskTensors, Trainer

STEPS = 400
BATCH, TIME, CHANNELS, UNITS = 32, 100, 1, 32


class BareLoop:
    """The loop that a user would write by hand."""

    def __init__(self, cell: str, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        kind = torch.nn.GRU if cell == "gru" else torch.nn.LSTM
        self.layers = kind(CHANNELS, UNITS, batch_first=True)
        self.head = torch.nn.Linear(UNITS, 1)
        self.weights = [*self.layers.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.Adam(self.weights, lr=0.003, fused=True)
        self.inputs, self.targets = inputs, targets
        self.order = torch.randperm(len(inputs)).split(BATCH)
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


def timed(step: object) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1e3


def main() -> None:
    """Measures both cells."""
    allocator.keep_freed_memory()
    threads = choose_threads(None)
    use_threads(threads)
    print(f"{processor()}, {threads} threads, torch {torch.__version__}, {allocator.describe()}")
    task = toy_task(steps=TIME, channels=CHANNELS, counts=(BATCH * (STEPS + 50), 64, 64))
    tensors = TaskTensors(task, torch.device("cpu"))
    inputs = torch.from_numpy(task.training.inputs)
    targets = torch.from_numpy(task.training.targets)
    for cell in ("gru", "lstm"):
        spec = ContenderSpec(cell=cell, hidden_size=UNITS)
        training = TrainingSpec(batch_size=BATCH)
        trainer = Trainer(spec, training, MachineSpec(device="cpu"), tensors, seed=1)
        bare = BareLoop(cell, inputs, targets)
        pairs = []
        with trainer.turn():
            for number in range(STEPS):
                if number % 2:
                    pairs.append((timed(trainer.step), timed(bare.step)))
                else:
                    pairs.append(tuple(reversed((timed(bare.step), timed(trainer.step)))))
        ours, theirs = np.array(pairs[20:]).T
        low, middle, high = np.percentile(ours - theirs, (25, 50, 75))
        print(
            f"{cell}: studio {np.median(ours):.2f} ms, bare {np.median(theirs):.2f} ms a step, "
            f"difference {middle:.3f} ms (quartiles {low:.3f} to {high:.3f})"
        )


if __name__ == "__main__":
    main()

"""Whole small runs for tests of the trainer."""

from dataclasses import dataclass

import torch
from support import toy_task

from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import EpochRecord, Snapshot
from studio.core.results.record import ResumePoint
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.training.trainer import Trainer

CPU = torch.device("cpu")
TASK = toy_task(steps=6, counts=(20, 8, 8))
SPEC = ContenderSpec(cell="gru", hidden_size=4, num_layers=2, dropout=0.3)


@dataclass(frozen=True)
class Seen:
    """The results of a run after each epoch."""

    records: list[EpochRecord]
    better: list[bool]
    snapshots: list[Snapshot]


def make_trainer(
    training: TrainingSpec,
    task: PreparedTask = TASK,
    spec: ContenderSpec = SPEC,
    resume: ResumePoint | None = None,
    device: torch.device = CPU,
) -> Trainer:
    """A run with seed 1, begun or to be gone on with."""
    machine = MachineSpec(device="cpu" if device.type == "cpu" else "cuda")
    return Trainer(spec, training, machine, TaskTensors(task, device), 1, resume)


def finish(trainer: Trainer, until: int | None = None) -> Seen:
    """Trains to the end of the run, or to the end of an epoch."""
    seen = Seen([], [], [])
    while not trainer.is_over and trainer.epoch != until:
        with trainer.turn():
            trainer.step()
            if trainer.epoch_is_over:
                record, better, snapshot = trainer.finish_epoch(float(trainer.step_count))
                seen.records.append(record)
                seen.better.append(better)
                seen.snapshots.append(snapshot)
    return seen


def resume_point(seen: Seen) -> ResumePoint:
    """Where a run goes on after the epochs that were seen."""
    best = max(number for number, better in enumerate(seen.better) if better)
    return ResumePoint(seen.records[-1], seen.snapshots[-1], seen.snapshots[best].weights)

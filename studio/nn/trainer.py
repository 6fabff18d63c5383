"""The training of one run, step by step and epoch by epoch; when it runs is decided elsewhere."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import torch

from studio.core.arrays import Floats
from studio.core.events import (
    EpochRecord,
    RunResult,
    Served,
    Snapshot,
    Trace,
    TrainingMemory,
)
from studio.core.record import ResumePoint
from studio.core.spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batches import Batch, Batches, DeviceExamples
from studio.nn.budget import Budget
from studio.nn.carrying import Carrying
from studio.nn.counters import EpochSums, Progress
from studio.nn.cuda_graphs import capture_where_possible, plan_graph
from studio.nn.failures import TrainingFailed, training_failures
from studio.nn.memory import measure_memory
from studio.nn.network import Network
from studio.nn.numerics import Numerics
from studio.nn.optimization import (
    advance,
    build_optimizer,
    build_scheduler,
    spend_time,
    training_loss,
)
from studio.nn.scoring import PartScore, score_part
from studio.nn.seeding import GlobalRandomness, key
from studio.nn.serving import Server
from studio.nn.snapshots import load_weights, restore_optimizer, take_snapshot, weights_bytes
from studio.nn.steps import PlainStep, Step
from studio.nn.task_tensors import TaskTensors
from studio.nn.tracing import trace_network


class Trainer:
    """One contender trained with one seed.

    The caller decides when steps are made: within `turn()`, as many `step()` as it likes, and
    `finish_epoch()` whenever `epoch_is_over`. When `is_over`, `result()` scores the test part.

    Args:
        spec: The contender.
        training: How it is trained.
        machine: What was asked for; what serves is in `served`.
        tensors: The task on its device.
        seed: Keys the weights, the order of the data and dropout.
        resume: Where to go on, or None to begin.

    Raises:
        MachineError: The engine that was asked for cannot serve.
        TrainingFailed: The network or its first step does not fit into memory.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a run is made of
        self,
        spec: ContenderSpec,
        training: TrainingSpec,
        machine: MachineSpec,
        tensors: TaskTensors,
        seed: int,
        resume: ResumePoint | None = None,
    ) -> None:
        if spec.lr is not None:
            training = training.model_copy(update={"lr": spec.lr})
        self._training = training
        self._tensors = tensors
        self._task = tensors.task
        self._numerics = Numerics(machine, tensors.device)
        self._seed = seed
        self.seconds_before = 0.0 if resume is None else resume.record.seconds
        self._budget = Budget(training, self.seconds_before)
        self._loss = training_loss(self._task.preparation, tensors.device)
        server = Server(machine, tensors.device)
        with training_failures(), self._numerics.settings():
            torch.manual_seed(key("weights", seed))
            self.network: Network = server.network(spec, self._task.preparation)
            self.served: Served = server.served(spec, self._task.preparation)
            first = tensors.training.in_order(training.batch_size).take()
            self.memory: TrainingMemory = measure_memory(
                self.network,
                first,
                self._loss,
                training,
                self._numerics.autocast(),
            )
        self._optimizer = build_optimizer(self.network, training)
        epochs = self._budget.planned_epochs(self._task.training)
        self._scheduler = build_scheduler(self._optimizer, training, epochs)
        self._scaler = self._numerics.scaler()
        self._randomness = GlobalRandomness(tensors.device)
        self._progress = Progress()
        self._best_weights = b""
        self._batches: Batches | None = None
        self._sums = EpochSums(tensors.device)
        self._carrying = Carrying() if tensors.training.carried else None
        if resume is None:
            self._begin()
        else:
            self._go_on(resume)
        self.network.train()
        with self.turn(), training_failures():
            self._make_step: Step = self._build_step(machine, first)

    @property
    def epoch(self) -> int:
        """The last finished epoch; 0 before the first."""
        return self._progress.epoch

    @property
    def step_count(self) -> int:
        """Steps made so far, those of an unfinished epoch included."""
        return self._progress.step + self._sums.steps

    @property
    def epoch_is_over(self) -> bool:
        """Whether the epoch under way has no step left."""
        return self._batches is not None and (
            self._batches.is_over or self._budget.is_out(self.step_count)
        )

    @property
    def is_over(self) -> bool:
        """Whether the run has made its last epoch."""
        if self._batches is not None:
            return False
        patience = self._training.patience
        early = patience is not None and self._progress.epochs_without_better >= patience
        return self._is_at_the_end or early

    @property
    def ending(self) -> Literal["finished", "early"]:
        """Whether early stopping ended the run before its last epoch; asked when it is over."""
        return "finished" if self._is_at_the_end else "early"

    def spend(self, seconds: float) -> None:
        """Takes note of the run's training time so far, of which there may be a budget."""
        self._budget.spent = seconds

    def follow_time(self) -> None:
        """Lets a schedule that goes by time follow what is spent."""
        share = self._budget.share_of_time
        if share is not None:
            spend_time(self._scheduler, share)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The run's random numbers and settings; every step and epoch is made inside."""
        with self._randomness.turn(), self._numerics.settings():
            yield

    def step(self) -> None:
        """One training step.

        Raises:
            TrainingFailed: Memory ran out.
        """
        with training_failures():
            if self._batches is None:
                self._start_epoch()
            assert self._batches is not None  # noqa: S101 - just started
            batch = self._batches.take()
            loss, norm = self._make_step(batch)
            self._sums.add(loss, norm, batch.weight, self._training.clip)

    def check(self) -> None:
        """Fails the run if its loss is no number any more; waits for the device.

        Raises:
            TrainingFailed: The loss is NaN or infinite.
        """
        self._require_finite(self._sums.mean_loss, "training loss")

    def finish_epoch(self, seconds: float) -> tuple[EpochRecord, bool, Snapshot]:
        """Scores the epoch under way, and says whether it is the best so far.

        Args:
            seconds: The sum of the step times of the run so far.

        Raises:
            TrainingFailed: The loss is NaN or infinite, or memory ran out.
        """
        self.check()
        self.spend(seconds)
        with training_failures():
            scored = self._score(*self._tensors.watched)
        # the last step may have spoilt the weights after its own loss was taken
        self._require_finite(scored.loss, f"{self._tensors.watched[1]} loss")
        self._progress.epoch += 1
        self._progress.step += self._sums.steps
        record = self._record(scored, seconds)
        watched = record.validation_loss
        advance(self._scheduler, record.train_loss if watched is None else watched)
        better = self._progress.note(watched)
        self._batches = None
        self._sums = EpochSums(self._tensors.device)
        snapshot = self.snapshot()
        if better:
            self._best_weights = snapshot.weights
        return record, better, snapshot

    def snapshot(self) -> Snapshot:
        """Weights and state after the last finished epoch."""
        counters = {
            "progress": self._progress.as_dict(),
            "schedule": self._scheduler.state_dict(),
        }
        if self._scaler is not None:
            counters["scaler"] = self._scaler.state_dict()
        return take_snapshot(self.network, self._optimizer, counters)

    def trace(self, sequence: Floats) -> Trace:
        """Gates and states over one example with the weights as they are now."""
        return trace_network(self.network, sequence)

    def result(self) -> RunResult:
        """Scores the test part, once, with the weights of the best epoch."""
        with training_failures(), self._numerics.settings():
            load_weights(self.network, self._best_weights)
            test = DeviceExamples(self._task.test, self._tensors.device)
            scored = self._score(test, "test")
        return RunResult(self._progress.best_epoch, scored.answers, scored.scores)

    def _build_step(self, machine: MachineSpec, batch: Batch) -> Step:
        step = PlainStep(
            self.network,
            self._loss,
            self._optimizer,
            self._training.clip,
            self._numerics.autocast,
            self._scaler,
            self._carrying,
        )
        if self._tensors.device.type != "cuda":
            return step
        examples = self._task.training
        plan = plan_graph(machine, self._training, examples)
        chosen, words = capture_where_possible(step, batch, plan)
        notes = (self.served.note, self._numerics.words, words)
        self.served = replace(self.served, note="; ".join(filter(None, notes)))
        return chosen

    def _begin(self) -> None:
        self._best_weights = weights_bytes(self.network)

    def _go_on(self, resume: ResumePoint) -> None:
        load_weights(self.network, resume.snapshot.weights)
        counters = restore_optimizer(self._optimizer, resume.snapshot.state)
        self._scheduler.load_state_dict(counters["schedule"])
        if self._scaler is not None and "scaler" in counters:
            self._scaler.load_state_dict(counters["scaler"])
        self._progress = Progress(**counters["progress"])
        self._best_weights = resume.best_weights

    def _start_epoch(self) -> None:
        number = self._progress.epoch + 1
        self._batches = self._tensors.training.epoch(self._seed, number, self._training.batch_size)
        if self._carrying is not None:
            self._carrying.states = None
        self._randomness.reseed(self._seed, number)

    def _require_finite(self, loss: float, name: str) -> None:
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"the {name} became {loss} in epoch {self.epoch + 1}",
                "Lower the learning rate or the gradient clip, or look for extreme values",
            )

    @property
    def _is_at_the_end(self) -> bool:
        return self._budget.is_at_the_end(self.epoch, self.step_count)

    def _score(self, tensors: DeviceExamples, part: str) -> PartScore:
        with self._numerics.autocast():
            examples = self._task.parts[part]
            streams = self._training.batch_size if part == "training" else 1
            return score_part(self.network, tensors, examples, self._task.preparation, streams)

    def _record(self, scored: PartScore, seconds: float) -> EpochRecord:
        has_validation = self._tensors.validation is not None
        return EpochRecord(
            epoch=self._progress.epoch,
            step=self._progress.step,
            train_loss=self._sums.mean_loss,
            validation_loss=scored.loss if has_validation else None,
            scores=dict(scored.scores),
            seconds=seconds,
            lr=float(self._optimizer.param_groups[0]["lr"]),
            gradient_norm=self._sums.mean_norm,
            clipped=self._sums.clipped_share,
        )

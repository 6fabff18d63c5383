"""The training of one run, step by step and epoch by epoch; the caller decides when."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import torch

from studio.core.arrays import Floats
from studio.core.results.events import (
    EpochRecord,
    ExecutionInfo,
    RunResult,
    Snapshot,
    Trace,
    TrainingMemory,
)
from studio.core.results.record import ResumePoint
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.batches import Batch, Batches, DeviceExamples
from studio.nn.batching.stateful import CarriedState
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.inference.scoring import PartScore, score_part
from studio.nn.inference.tracing import trace_network
from studio.nn.losses import training_loss
from studio.nn.networks.network import Network
from studio.nn.networks.network_builder import NetworkBuilder
from studio.nn.networks.output_bias import start_at
from studio.nn.networks.snapshots import (
    load_weights,
    restore_optimizer,
    take_snapshot,
    weights_bytes,
)
from studio.nn.seeding import GlobalRandomness, key
from studio.nn.training.cuda_graphs import capture_where_possible, plan_graph
from studio.nn.training.early_stopping import BestEpoch, EpochSums
from studio.nn.training.errors import TrainingFailed, training_failures
from studio.nn.training.memory import measure_memory
from studio.nn.training.optimization import (
    build_optimizer,
    build_scheduler,
    set_time_share,
    step_scheduler,
)
from studio.nn.training.precision import PrecisionSettings
from studio.nn.training.steps import PlainStep, Step
from studio.nn.training.training_budget import TrainingBudget


class Trainer:
    """One contender trained with one seed.

    The caller decides when steps are made: within `turn()`, any number of `step()`, and
    `finish_epoch()` whenever `epoch_is_over`. When `is_over`, `result()` scores the test set.

    Args:
        spec: The contender.
        training: How it is trained.
        machine: The requested machine; `execution` says what is used.
        tensors: The task on its device.
        seed: Determines initial weights, data order and dropout.
        resume: Where to resume, or None for a new run.

    Raises:
        MachineError: The requested engine is not available.
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
        own = {"lr": spec.lr, "weight_decay": spec.weight_decay}
        training = training.model_copy(
            update={name: value for name, value in own.items() if value is not None}
        )
        self._training = training
        self._tensors = tensors
        self._task = tensors.task
        self._precision = PrecisionSettings(machine, tensors.device)
        self._seed = seed
        self.seconds_before = 0.0 if resume is None else resume.record.seconds
        self._budget = TrainingBudget(training, self.seconds_before)
        self._loss = training_loss(self._task.preprocessing, tensors.device)
        builder = NetworkBuilder(machine, tensors.device)
        with training_failures(), self._precision.settings():
            torch.manual_seed(key("weights", seed))
            self.network: Network = builder.network(spec, self._task.preprocessing)
            if training.output_bias == "training-set":
                start_at(self.network, tensors.output_bias)
            self.execution: ExecutionInfo = builder.execution(spec, self._task.preprocessing)
            first = tensors.training.in_order(training.batch_size).take()
            self.memory: TrainingMemory = measure_memory(
                self.network,
                first,
                self._loss,
                training,
                self._precision.autocast(),
            )
        self._optimizer = build_optimizer(self.network, training)
        epochs = self._budget.planned_epochs(self._task.training)
        self._scheduler = build_scheduler(self._optimizer, training, epochs)
        self._scaler = self._precision.scaler()
        self._randomness = GlobalRandomness(tensors.device)
        self._progress = BestEpoch()
        self._best_weights = b""
        self._batches: Batches | None = None
        self._sums = EpochSums(tensors.device)
        self._carried: CarriedState | None = None
        if tensors.training.carried:
            self._carried = CarriedState(self._task.preprocessing.washout)
        if resume is None:
            self._start()
        else:
            self._resume(resume)
        self.network.train()
        with self.turn(), training_failures():
            self._make_step: Step = self._build_step(machine, first)

    @property
    def epoch(self) -> int:
        """The last finished epoch; 0 before the first."""
        return self._progress.epoch

    @property
    def step_count(self) -> int:
        """Steps so far, including those of the current epoch."""
        return self._progress.step + self._sums.steps

    @property
    def epoch_is_over(self) -> bool:
        """Whether the current epoch has no steps left."""
        return self._batches is not None and (
            self._batches.is_over or self._budget.is_out(self.step_count)
        )

    @property
    def is_over(self) -> bool:
        """Whether the run has finished its last epoch."""
        if self._batches is not None:
            return False
        patience = self._training.patience
        early = patience is not None and self._progress.epochs_without_better >= patience
        return self._is_at_the_end or early

    @property
    def ending(self) -> Literal["finished", "early"]:
        """How the run ended, once it is over: at its last epoch or by early stopping."""
        return "finished" if self._is_at_the_end else "early"

    def spend(self, seconds: float) -> None:
        """Sets the run's training time so far, for a budget of time."""
        self._budget.spent = seconds

    def follow_time(self) -> None:
        """Updates a schedule that depends on the time spent."""
        share = self._budget.share_of_time
        if share is not None:
            set_time_share(self._scheduler, share)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The run's random state and precision; every step and epoch must be made inside."""
        with self._randomness.turn(), self._precision.settings():
            yield

    def step(self) -> None:
        """One training step.

        Raises:
            TrainingFailed: Out of memory.
        """
        with training_failures():
            if self._batches is None:
                self._start_epoch()
            assert self._batches is not None  # noqa: S101 - just started
            batch = self._batches.take()
            loss, norm = self._make_step(batch)
            self._sums.add(loss, norm, batch.weight, self._training.clip)

    def abandon_epoch(self) -> None:
        """Drops the current epoch without scoring it; for steps that are only timed."""
        self._batches = None
        self._sums = EpochSums(self._tensors.device)

    def check(self) -> None:
        """Fails the run if its loss is not finite; waits for the device.

        Raises:
            TrainingFailed: The loss is NaN or infinite.
        """
        self._require_finite(self._sums.mean_loss, "training loss")

    def finish_epoch(self, seconds: float) -> tuple[EpochRecord, bool, Snapshot]:
        """Scores the current epoch; the second result is true for the best epoch so far.

        Args:
            seconds: Sum of the step times of the run so far.

        Raises:
            TrainingFailed: The loss is NaN or infinite, or out of memory.
        """
        self.check()
        self.spend(seconds)
        with training_failures():
            scored = self._score(*self._tensors.watched)
        # the last step may have broken the weights after its loss was computed
        self._require_finite(scored.loss, f"{self._tensors.watched[1]} loss")
        self._progress.epoch += 1
        self._progress.step += self._sums.steps
        record = self._record(scored, seconds)
        watched = record.validation_loss
        step_scheduler(self._scheduler, record.train_loss if watched is None else watched)
        better = self._progress.note(watched)
        self._batches = None
        self._sums = EpochSums(self._tensors.device)
        snapshot = self.snapshot()
        if better:
            self._best_weights = snapshot.weights
        return record, better, snapshot

    def snapshot(self) -> Snapshot:
        """Weights and training state after the last finished epoch."""
        counters = {
            "progress": self._progress.as_dict(),
            "schedule": self._scheduler.state_dict(),
        }
        if self._scaler is not None:
            counters["scaler"] = self._scaler.state_dict()
        return take_snapshot(self.network, self._optimizer, counters)

    def trace(self, sequence: Floats) -> Trace | None:
        """Gates and states over one example with the current weights; None without any."""
        return None if self.network.recurrent is None else trace_network(self.network, sequence)

    def result(self) -> RunResult:
        """Scores the test set, once, with the weights of the best epoch."""
        with training_failures(), self._precision.settings():
            load_weights(self.network, self._best_weights)
            test = DeviceExamples(self._task.test, self._tensors.device)
            scored = self._score(test, "test")
        return RunResult(self._progress.best_epoch, scored.predictions, scored.scores)

    def _build_step(self, machine: MachineSpec, batch: Batch) -> Step:
        step = PlainStep(
            self.network,
            self._loss,
            self._optimizer,
            self._training.clip,
            self._precision.autocast,
            self._scaler,
            self._carried,
        )
        if self._tensors.device.type != "cuda":
            return step
        examples = self._task.training
        plan = plan_graph(machine, self._training, examples)
        chosen, words = capture_where_possible(step, batch, plan)
        notes = (self.execution.note, self._precision.words, words)
        self.execution = replace(self.execution, note="; ".join(filter(None, notes)))
        return chosen

    def _start(self) -> None:
        self._best_weights = weights_bytes(self.network)

    def _resume(self, resume: ResumePoint) -> None:
        load_weights(self.network, resume.snapshot.weights)
        counters = restore_optimizer(self._optimizer, resume.snapshot.state)
        self._scheduler.load_state_dict(counters["schedule"])
        if self._scaler is not None and "scaler" in counters:
            self._scaler.load_state_dict(counters["scaler"])
        self._progress = BestEpoch(**counters["progress"])
        self._best_weights = resume.best_weights

    def _start_epoch(self) -> None:
        number = self._progress.epoch + 1
        self._batches = self._tensors.training.epoch(self._seed, number, self._training.batch_size)
        if self._carried is not None:
            self._carried.states = None
        self._randomness.reseed(self._seed, number)

    def _require_finite(self, loss: float, name: str) -> None:
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"the {name} became {loss} in epoch {self.epoch + 1}",
                "Lower the learning rate or the gradient clip, or check for extreme values",
            )

    @property
    def _is_at_the_end(self) -> bool:
        return self._budget.is_at_the_end(self.epoch, self.step_count)

    def _score(self, tensors: DeviceExamples, part: str) -> PartScore:
        with self._precision.autocast():
            examples = self._task.parts[part]
            streams = self._training.batch_size if part == "training" else 1
            return score_part(self.network, tensors, examples, self._task.preprocessing, streams)

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

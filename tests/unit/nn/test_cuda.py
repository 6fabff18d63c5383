"""Training steps on a real NVIDIA device; skipped without one."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import ragged_task
from support import toy_task
from unit.nn.make_runs import CPU, TASK, finish, make_trainer, resume_point
from unit.nn.test_stateful import TASK as TALE

from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import RunEvent, RunId, StepsTimed
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, Optimizer, TrainingSpec
from studio.nn.batching.batches import DeviceExamples
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.training.cuda_graphs import CapturedStep
from studio.nn.training.step_clock import StepClock
from studio.nn.training.trainer import Trainer
from studio.runs.execution.control import Control
from studio.runs.execution.interleaved_run import InterleavedRun
from studio.runs.execution.turn_order import TurnRule

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.filterwarnings("ignore:RNN module weights are not part"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
CUDA = torch.device("cuda")
TRAINING = TrainingSpec(epochs=3, batch_size=8)
RAGGED = ragged_task()
SMALL = ContenderSpec(hidden_size=8, dropout=0.3)
DEEP = SMALL.model_copy(update={"num_layers": 2, "bidirectional": True})
LEVELS = SMALL.model_copy(update={"num_layers": 2, "cell": "tcn"})


def run_with(
    training: TrainingSpec = TRAINING, spec: ContenderSpec = SMALL, **machine: object
) -> Trainer:
    wanted = MachineSpec.model_validate({"device": "cuda", **machine})
    return Trainer(spec, training, wanted, TaskTensors(TASK, CUDA), 1)


@contextmanager
def reporting_every_wait() -> Iterator[None]:
    """An operation that waits for the device fails."""
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def losses(trainer: Trainer) -> list[float]:
    return [record.train_loss for record in finish(trainer).records]


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "tcn"])
def test_losses_on_cuda_equal_those_of_the_cpu_within_tolerance(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=8, num_layers=2)
    on_cuda, on_cpu = (
        [
            record.train_loss
            for record in finish(make_trainer(TRAINING, TASK, spec, device=d)).records
        ]
        for d in (CUDA, CPU)
    )
    assert on_cuda == pytest.approx(on_cpu, rel=1e-3)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_carried_states_train_on_cuda_as_on_the_cpu(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=8, num_layers=2)
    on_cuda, on_cpu = (make_trainer(TRAINING, TALE, spec, device=device) for device in (CUDA, CPU))
    assert losses(on_cuda) == pytest.approx(losses(on_cpu), rel=1e-3)
    assert on_cuda.result().scores["nll"] == pytest.approx(on_cpu.result().scores["nll"], rel=1e-3)
    assert "the state is carried from batch to batch" in on_cuda.execution.note


def test_class_weights_count_on_cuda_as_on_the_cpu() -> None:
    preprocessing = RAGGED.preprocessing.model_copy(update={"class_weights": (0.5, 1.5, 1.0)})
    task = replace(RAGGED, preprocessing=preprocessing)
    spec = ContenderSpec(hidden_size=8)
    on_cuda, on_cpu = (make_trainer(TRAINING, task, spec, device=device) for device in (CUDA, CPU))
    assert losses(on_cuda) == pytest.approx(losses(on_cpu), rel=1e-3)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_padding_is_not_read_in_either_direction(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=8, num_layers=2, bidirectional=True)
    on_cuda, on_cpu = (
        make_trainer(TRAINING, RAGGED, spec, device=device) for device in (CUDA, CPU)
    )
    assert losses(on_cuda) == pytest.approx(losses(on_cpu), rel=1e-3)


@pytest.mark.parametrize("spec", [SMALL, DEEP, LEVELS], ids=["small", "deep", "levels"])
@pytest.mark.parametrize("task", [TASK, RAGGED], ids=["equal", "ragged"])
def test_no_step_waits_for_the_device(task: PreparedTask, spec: ContenderSpec) -> None:
    trainer = make_trainer(TRAINING, task, spec, device=CUDA)
    with trainer.turn():
        trainer.step()
        with warnings.catch_warnings(action="ignore"), reporting_every_wait():
            trainer.step()


@pytest.mark.parametrize("spec", [SMALL, DEEP, LEVELS], ids=["small", "deep", "levels"])
def test_a_run_on_cuda_resumes_from_its_snapshot(spec: ContenderSpec) -> None:
    whole = finish(make_trainer(TRAINING, spec=spec, device=CUDA))
    before = finish(make_trainer(TRAINING, spec=spec, device=CUDA), until=1)
    after = finish(make_trainer(TRAINING, spec=spec, resume=resume_point(before), device=CUDA))
    found = [record.train_loss for record in before.records + after.records]
    assert found == pytest.approx([record.train_loss for record in whole.records], rel=1e-3)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize(("begun", "ended"), [(CPU, CUDA), (CUDA, CPU)], ids=["there", "back"])
def test_a_run_resumes_on_the_other_device(
    optimizer: Optimizer, begun: torch.device, ended: torch.device
) -> None:
    training = TRAINING.model_copy(update={"optimizer": optimizer})
    spec = ContenderSpec(hidden_size=8)
    whole = finish(make_trainer(training, spec=spec, device=CPU))
    before = finish(make_trainer(training, spec=spec, device=begun), until=1)
    point = resume_point(before)
    after = finish(make_trainer(training, spec=spec, resume=point, device=ended))
    found = [record.train_loss for record in before.records + after.records]
    assert found == pytest.approx([record.train_loss for record in whole.records], rel=1e-3)


def test_a_decaying_learning_rate_reaches_captured_steps() -> None:
    # a rate at which nothing gets better
    training = TrainingSpec(epochs=12, batch_size=8, lr=1e-6, optimizer="sgd", schedule="plateau")
    trainer = run_with(training)
    assert isinstance(trainer._make_step, CapturedStep)
    captured = trainer._optimizer.param_groups[0]["lr"]
    rates = [record.lr for record in finish(trainer).records]
    assert rates[-1] == pytest.approx(rates[0] / 2)
    assert float(captured) == pytest.approx(rates[-1])


def test_memory_and_device_are_reported() -> None:
    trainer = make_trainer(TRAINING, device=CUDA)
    assert trainer.execution.device == "cuda"
    assert trainer.memory.device_peak
    assert trainer.memory.device_peak >= trainer.memory.weights
    assert make_trainer(TRAINING, device=CUDA).memory == trainer.memory
    assert trainer.trace(TASK.test.sequence(0)).layers["l0_h"].shape == (6, 4)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("spec", [SMALL, DEEP, LEVELS], ids=["small", "deep", "levels"])
def test_captured_steps_train_like_launched_ones(
    monkeypatch: pytest.MonkeyPatch, optimizer: str, schedule: str, spec: ContenderSpec
) -> None:
    training = TrainingSpec.model_validate(
        {"epochs": 4, "batch_size": 8, "optimizer": optimizer, "schedule": schedule}
    )
    captured = run_with(training, spec)
    assert isinstance(captured._make_step, CapturedStep)
    assert "last batch of an epoch, of 4 instead of 8" in captured.execution.note
    found = losses(captured)
    monkeypatch.setattr(CapturedStep, "__call__", lambda step, batch: step._step(batch))
    assert found == pytest.approx(losses(run_with(training, spec)), rel=1e-3)


@pytest.mark.parametrize("spec", [SMALL, DEEP, LEVELS], ids=["small", "deep", "levels"])
def test_a_replayed_step_draws_dropout_anew(spec: ContenderSpec) -> None:
    trainer = run_with(TrainingSpec(lr=1e-12, batch_size=8), spec)
    batch = trainer._tensors.training.in_order(8).take()
    with trainer.turn():
        first, second = (float(trainer._make_step(batch).loss) for _ in range(2))
    assert first != second


@pytest.mark.parametrize("precision", ["tf32", "bf16", "fp16"])
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_lower_precisions_come_near_float32_and_are_named(precision: str, cell: str) -> None:
    # other numbers are drawn for the dropout of half precision
    spec = ContenderSpec(cell=cell, hidden_size=8, num_layers=2)
    exact, rounded = run_with(spec=spec), run_with(spec=spec, precision=precision)
    assert precision in rounded.execution.note
    assert losses(rounded) == pytest.approx(losses(exact), rel=0.05)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_dropout_between_layers_has_lower_precisions_too(precision: str) -> None:
    found = losses(run_with(spec=DEEP, precision=precision))
    assert found == pytest.approx(losses(run_with(spec=DEEP)), rel=0.5)


def test_deterministic_runs_are_equal_bit_for_bit() -> None:
    one, other = (losses(run_with(spec=DEEP, deterministic=True)) for _ in range(2))
    assert one == other


def test_runs_that_take_turns_give_the_losses_they_give_alone() -> None:
    alone = losses(run_with(spec=DEEP))
    takers = [run_with(spec=DEEP), run_with(spec=DEEP)]
    found: list[list[float]] = [[], []]
    while not takers[0].is_over:
        for taker, seen in zip(takers, found, strict=True):
            with taker.turn():
                taker.step()
                if taker.epoch_is_over:
                    seen.append(taker.finish_epoch(0.0)[0].train_loss)
    assert found[0] == pytest.approx(alone, rel=1e-3)
    assert found[1] == pytest.approx(alone, rel=1e-3)


def test_data_that_does_not_fit_is_sent_in_the_same_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    near = DeviceExamples(RAGGED.training, CUDA)
    monkeypatch.setattr("studio.nn.batching.batches._fits", lambda *_: False)
    far = DeviceExamples(RAGGED.training, CUDA)
    assert far.home.type == "cpu"
    for expected, batch in zip(near.epoch(1, 1, 7), far.epoch(1, 1, 7), strict=True):
        for part, other in zip(expected, batch, strict=True):
            assert (part is None and other is None) or torch.equal(part, other)


def test_the_clock_reads_the_device_when_the_turn_ends() -> None:
    clock = StepClock(CUDA)
    assert not clock.reads_at_once
    matrix = torch.ones(512, 512, device=CUDA)
    for _ in range(3):
        clock.start()
        torch.mm(matrix, matrix)
        clock.stop()
    assert clock.pending == 0  # nothing was waited for
    seconds = clock.take()
    assert seconds.shape == (3,)
    assert (seconds > 0).all()
    assert len(clock.take()) == 0


def test_no_more_than_a_few_steps_are_launched_ahead_of_the_device() -> None:
    clock = StepClock(CUDA)
    matrix = torch.ones(4096, 4096, device=CUDA)
    for _ in range(60):
        clock.start()
        for _ in range(5):
            torch.mm(matrix, matrix)
        clock.stop()
    known = clock.pending
    seconds = clock.take()
    assert len(seconds) == 60
    assert known == pytest.approx(float(seconds[:-16].sum()), rel=1e-3)


def test_a_budget_of_seconds_ends_within_a_few_steps() -> None:
    task = toy_task(steps=200, counts=(4096, 8, 8))
    training = TrainingSpec(batch_size=32, seconds=0.5)
    tensors = TaskTensors(task, CUDA)
    trainer = Trainer(
        ContenderSpec(hidden_size=64), training, MachineSpec(device="cuda"), tensors, 1
    )
    seen: list[RunEvent] = []
    taker = InterleavedRun(RunId("gru", 1), trainer, tensors, TurnRule(seconds=60), seen.append)
    turns = 0
    while not trainer.is_over:
        taker.take_turn(turns := turns + 1, 0, Control())
    times = np.concatenate([event.seconds for event in seen if isinstance(event, StepsTimed)])
    assert trainer.is_over
    assert 0.5 <= times.sum() < 0.5 + 20 * np.percentile(times, 99)

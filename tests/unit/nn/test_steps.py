"""What surrounds a training step on CUDA, as far as the CPU can show it."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch
from support import toy_examples, toy_task
from unit.nn.make_runs import CPU, SPEC, finish, make_trainer, resume_point

from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, Optimizer, TrainingSpec
from studio.nn.batching.batches import Batch
from studio.nn.losses import LOSSES
from studio.nn.training.cuda_graphs import GraphPlan, make_capturable, plan_graph, restoring_state
from studio.nn.training.optimization import build_optimizer
from studio.nn.training.precision import PrecisionSettings
from studio.nn.training.steps import PlainStep
from studio.nn.training.trainer import Trainer

CUDA = torch.device("cuda")
TASK = toy_task(steps=6, counts=(20, 8, 8))
BATCH = Batch(torch.ones(5, 6, 2), None, torch.ones(5, 1))


def make_step(optimizer: Optimizer = "adam", clip: float | None = None) -> PlainStep:
    network = make_trainer(TrainingSpec(), TASK, ContenderSpec(hidden_size=4)).network
    built = build_optimizer(network, TrainingSpec(optimizer=optimizer))
    return PlainStep(network, LOSSES["mse"], built, clip, nullcontext)


def weights(step: PlainStep) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in step.network.parameters()]


def equal(left: list[torch.Tensor], right: list[torch.Tensor]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(left, right, strict=True))


def plan(
    *, examples: int = 96, has_lengths: bool = False, carried: bool = False, **values: object
) -> GraphPlan:
    machine = {name: values.pop(name) for name in ("precision",) if name in values}
    training = TrainingSpec.model_validate({"batch_size": 32, **values})
    part = toy_examples(examples, 3, 1, 1, seed=0)
    lengths = np.full(examples, 2) if has_lengths else None
    part = replace(part, lengths=lengths, carried=carried)
    return plan_graph(MachineSpec.model_validate(machine), training, part)


def test_steps_are_captured_if_all_full_batches_have_one_shape() -> None:
    for optimizer in ("adam", "adamw", "sgd"):
        assert plan(optimizer=optimizer).words == "each step is one CUDA graph"
    for precision in ("float32", "tf32", "bf16"):
        assert not plan(precision=precision).obstacle


def test_the_note_names_a_smaller_last_batch() -> None:
    assert "last batch of an epoch, with 4 instead of 32" in plan(examples=100).words


@pytest.mark.parametrize(
    ("graph_plan", "reason"),
    [
        (plan(has_lengths=True), "differ in length"),
        (plan(carried=True), "state is carried"),
        (plan(examples=31), "smaller than a batch"),
        (plan(precision="fp16"), "fp16"),
        (plan(optimizer="rmsprop"), "RMSprop"),
    ],
)
def test_the_note_says_why_steps_are_not_captured(graph_plan: GraphPlan, reason: str) -> None:
    assert reason in graph_plan.words
    assert graph_plan.words.startswith("no CUDA graphs")


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("steps_before", [0, 2])
def test_warm_up_has_no_effect_on_later_steps(optimizer: Optimizer, steps_before: int) -> None:
    runs = []
    for is_warmed_up in (False, True):
        step = make_step(optimizer, clip=1.0)
        for _ in range(steps_before):
            step(BATCH)
        if is_warmed_up:
            with restoring_state(step):
                step(BATCH)
                step(BATCH)
        for _ in range(3):
            step(BATCH)
        runs.append(weights(step))
    assert equal(*runs)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "plateau"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_learning_rate_on_the_device_follows_the_schedule_and_is_resumed(
    optimizer: Optimizer, schedule: str
) -> None:
    training = TrainingSpec.model_validate(
        {"epochs": 4, "batch_size": 8, "optimizer": optimizer, "schedule": schedule}
    )
    plain = finish(make_trainer(training))
    captured = kept_on_device(make_trainer(training))
    before = finish(captured, until=2)
    after = finish(kept_on_device(make_trainer(training, resume=resume_point(before))))
    again = before.records + after.records
    assert [record.lr for record in again] == pytest.approx([record.lr for record in plain.records])
    assert [record.train_loss for record in again] == pytest.approx(
        [record.train_loss for record in plain.records], rel=1e-4
    )


def kept_on_device(trainer: Trainer) -> Trainer:
    make_capturable(trainer._optimizer, CPU)
    return trainer


def test_a_scaled_step_whose_gradients_overflow_is_skipped_and_lowers_the_scale() -> None:
    step = make_step()
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
    scaled = PlainStep(step.network, step.loss, step.optimizer, 1.0, nullcontext, scaler)
    before, far = weights(step), Batch(BATCH.inputs, None, BATCH.targets * 1e4)
    assert float(scaled(far).norm) == 0.0
    assert equal(weights(step), before)
    assert scaler.get_scale() == 2.0**126


def test_a_scaled_step_is_the_step_without_its_scale() -> None:
    plain, other = make_step(clip=1.0), make_step(clip=1.0)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    scaled = PlainStep(other.network, other.loss, other.optimizer, 1.0, nullcontext, scaler)
    for _ in range(3):
        with_scale, without = scaled(BATCH), plain(BATCH)
        assert float(with_scale.norm) == pytest.approx(float(without.norm), rel=1e-5)
    for one, same in zip(weights(plain), weights(other), strict=True):
        assert torch.allclose(one, same, atol=1e-6)


@pytest.fixture
def settings() -> Iterator[None]:
    yield
    assert read() == (False, True, False)


def read() -> tuple[bool, bool, bool]:
    return (
        torch.backends.cuda.matmul.allow_tf32,
        torch.backends.cudnn.allow_tf32,
        torch.are_deterministic_algorithms_enabled(),
    )


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("machine", "expected", "words"),
    [
        (MachineSpec(), (False, False, False), "float32"),
        (MachineSpec(precision="tf32"), (True, True, False), "tf32"),
        (MachineSpec(precision="bf16", deterministic=True), (False, False, True),
         "bf16, deterministic"),
    ],
)  # fmt: skip
def test_settings_apply_within_a_turn_on_cuda_only(
    machine: MachineSpec, expected: tuple[bool, ...], words: str
) -> None:
    numerics = PrecisionSettings(machine, CUDA)
    assert numerics.words == words
    with numerics.settings():
        assert read() == expected
    with PrecisionSettings(machine, CPU).settings():
        assert read() == (False, True, False)


def test_cuda_settings_have_no_effect_on_the_cpu() -> None:
    trainer = make_trainer(TrainingSpec(epochs=1), TASK, SPEC)
    assert isinstance(trainer._make_step, PlainStep)
    assert not trainer.execution.note
    assert not PrecisionSettings(MachineSpec(deterministic=True), CPU).words
    assert PrecisionSettings(MachineSpec(precision="fp16"), CPU).scaler() is None

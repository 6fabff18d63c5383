"""The loss that a user chooses is what training minimises and what early stopping watches."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import classifying
from support import toy_examples, toy_task
from unit.nn.make_runs import CPU, SPEC, finish, make_trainer, resume_point

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.examples import IGNORE_INDEX, Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import TrainingSpec
from studio.nn.losses import scored_loss, training_loss
from studio.nn.networks.output_bias import output_bias

LEVELS = (0.1, 0.5, 0.8)
ABSOLUTE = ChosenLoss(name="mae")
HUBER = ChosenLoss(name="huber", delta=0.4)
QUANTILES = ChosenLoss(name="pinball", quantiles=LEVELS)
SMOOTHED = ChosenLoss(name="label-smoothing", smoothing=0.2)
FOCAL = ChosenLoss(name="focal", gamma=1.5)
WEIGHTS = np.array([0.5, 2.0, 1.5])
TRAINING = TrainingSpec(epochs=4, batch_size=8)


def numbers(chosen: ChosenLoss | None, seed: int = 0) -> PreparedTask:
    """Targets with a skewed error, so that mean, median and quantiles differ."""
    task = toy_task(steps=6, counts=(40, 16, 16))
    generator = np.random.default_rng(seed)

    def skewed(part: Examples) -> Examples:
        errors = generator.exponential(size=part.targets.shape).astype(np.float32)
        return replace(part, targets=part.targets + errors, targets_in_units=part.targets + errors)

    parts = {name: skewed(part) for name, part in task.parts.items()}
    preprocessing = task.preprocessing.model_copy(update={"chosen_loss": chosen})
    return replace(task, preprocessing=preprocessing, **parts)


def classes(chosen: ChosenLoss | None, weights: tuple[float, ...] | None = None) -> PreparedTask:
    parts = []
    for seed, count in enumerate((40, 16, 16)):
        part = toy_examples(count, 6, 3, 1, seed)
        truth = (np.arange(count) % 5).clip(max=2)
        parts.append(replace(part, targets=truth, targets_in_units=truth))
    update = {"chosen_loss": chosen, "class_weights": weights}
    return PreparedTask("toy", classifying(classes=3).model_copy(update=update), *parts)


def huber(error: np.ndarray) -> np.ndarray:
    small = np.abs(error) < HUBER.delta
    return np.where(small, error**2 / 2, HUBER.delta * (np.abs(error) - HUBER.delta / 2))


@pytest.mark.parametrize(
    ("chosen", "by_hand"), [(ABSOLUTE, np.abs), (HUBER, huber)], ids=["absolute", "huber"]
)
def test_loss_of_an_error_is_that_of_its_definition(
    chosen: ChosenLoss, by_hand: Callable[[np.ndarray], np.ndarray]
) -> None:
    raw, targets = np.random.default_rng(0).normal(size=(2, 9, 4)).astype(np.float32)
    preprocessing = numbers(chosen).preprocessing
    loss = scored_loss(preprocessing, CPU)(torch.from_numpy(raw), torch.from_numpy(targets))
    assert float(loss) == pytest.approx(by_hand(targets - raw).mean(), rel=1e-5)


def test_pinball_loss_weighs_misses_above_and_below_by_their_level() -> None:
    generator = np.random.default_rng(0)
    raw = generator.normal(size=(9, 2, 3)).astype(np.float32)
    targets = generator.normal(size=(9, 2)).astype(np.float32)
    expected = [
        level * max(truth - guess, 0) + (1 - level) * max(guess - truth, 0)
        for guesses, truth in zip(raw.reshape(-1, 3), targets.flatten(), strict=True)
        for level, guess in zip(LEVELS, guesses, strict=True)
    ]
    loss = scored_loss(numbers(QUANTILES).preprocessing, CPU)
    flat = torch.from_numpy(raw.reshape(9, 6))
    assert float(loss(flat, torch.from_numpy(targets))) == pytest.approx(
        np.mean(expected), rel=1e-5
    )


def log_softmax(raw: np.ndarray) -> np.ndarray:
    return raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("weights", [None, tuple(WEIGHTS)], ids=["plain", "weighted"])
@pytest.mark.parametrize("chosen", [SMOOTHED, FOCAL], ids=["smoothed", "focal"])
def test_losses_of_classes_are_those_of_their_papers(
    chosen: ChosenLoss, weights: tuple[float, ...] | None
) -> None:
    raw = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    truth = np.array([0, 1, 2, 0, IGNORE_INDEX, 1, 2, 0])
    factors = np.ones(3) if weights is None else WEIGHTS
    logs = log_softmax(raw.astype(np.float64))
    losses = []
    for row, label in zip(logs, truth, strict=True):
        if label == IGNORE_INDEX:
            continue
        if chosen is SMOOTHED:
            spread = 0.2 / 3 * (factors * row).sum()
            losses.append(-(0.8 * factors[label] * row[label] + spread))
        else:
            losses.append(-factors[label] * (1 - np.exp(row[label])) ** 1.5 * row[label])
    update = {"chosen_loss": chosen, "class_weights": weights}
    loss = training_loss(classifying(classes=3).model_copy(update=update), CPU)
    found = loss(torch.from_numpy(raw), torch.from_numpy(truth))
    assert float(found) == pytest.approx(np.mean(losses), rel=1e-5)


ALL = {
    "absolute": numbers(ABSOLUTE),
    "huber": numbers(HUBER),
    "quantiles": numbers(QUANTILES),
    "smoothed": classes(SMOOTHED),
    "smoothed and weighted": classes(SMOOTHED, tuple(WEIGHTS)),
}


@pytest.mark.parametrize("name", ALL)
def test_output_biases_start_at_the_best_constant_of_the_chosen_loss(name: str) -> None:
    task = ALL[name]
    best = torch.from_numpy(output_bias(task)).float()
    loss = training_loss(task.preprocessing, CPU)
    targets = torch.from_numpy(np.array(task.training.targets))
    generator = torch.Generator().manual_seed(0)
    lowest = float(loss(best.expand(len(targets), -1), targets))
    for _ in range(20):
        step = torch.randn(len(best), generator=generator)
        step -= step.mean() if task.preprocessing.outcomes else 0.0
        other = best + 0.3 * step / step.norm()
        assert lowest <= float(loss(other.expand(len(targets), -1), targets)) + 1e-6


@pytest.mark.parametrize("name", [*ALL, "focal"])
def test_validation_loss_is_the_chosen_loss_without_class_weights(name: str) -> None:
    task = classes(FOCAL) if name == "focal" else ALL[name]
    trainer = make_trainer(replace_epochs(1), task)
    seen = finish(trainer)
    part = task.validation
    trainer.network.eval()
    with torch.no_grad():
        raw = trainer.network(torch.from_numpy(np.array(part.inputs)), None)
    loss = scored_loss(task.preprocessing, CPU)(raw, torch.from_numpy(np.array(part.targets)))
    assert seen.records[0].validation_loss == pytest.approx(float(loss), rel=1e-5)


def replace_epochs(epochs: int) -> TrainingSpec:
    return TRAINING.model_copy(update={"epochs": epochs})


@pytest.mark.parametrize("name", [*ALL, "focal"])
def test_resumed_run_equals_the_run_that_was_not_stopped(name: str) -> None:
    task = classes(FOCAL) if name == "focal" else ALL[name]
    whole = finish(make_trainer(TRAINING, task))
    first = finish(make_trainer(TRAINING, task), until=2)
    rest = finish(make_trainer(TRAINING, task, resume=resume_point(first)))
    assert [record.validation_loss for record in rest.records] == [
        record.validation_loss for record in whole.records[2:]
    ]
    assert rest.snapshots[-1].weights == whole.snapshots[-1].weights


def test_trained_quantiles_cover_as_often_as_their_levels_say() -> None:
    generator = np.random.default_rng(3)

    def part(count: int) -> Examples:
        made = toy_examples(count, 4, 2, 1, count)
        noise = generator.normal(size=made.targets.shape).astype(np.float32)
        return replace(made, targets=noise, targets_in_units=noise.astype(np.float64))

    chosen = ChosenLoss(name="pinball", quantiles=(0.1, 0.5, 0.9))
    preprocessing: Preprocessing = toy_task().preprocessing.model_copy(
        update={"chosen_loss": chosen}
    )
    task = PreparedTask("noise", preprocessing, part(800), part(200), part(2000))
    training = TrainingSpec(epochs=5, batch_size=32, lr=0.001)
    trainer = make_trainer(training, task, SPEC)
    finish(trainer)
    scores = trainer.result().scores
    assert scores["coverage"] == pytest.approx(0.8, abs=0.04)
    # of a normal distribution: density(z) at the quantile z, averaged over the three levels
    assert scores["pinball"] == pytest.approx((2 * 0.17550 + 0.39894) / 3, abs=0.02)

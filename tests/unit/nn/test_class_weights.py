"""Class weights enter the loss that is descended, and nothing else."""

from dataclasses import replace

import pytest
import torch
from networks import classifying
from unit.nn.make_runs import CPU, finish, make_trainer

from studio.core.prepared.examples import IGNORE_INDEX, Examples, PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.nn.losses import LOSSES, LossFunction, training_loss

WEIGHTS = (0.5, 2.0, 1.5)
SPEC = ContenderSpec(hidden_size=4)


def weighted_loss() -> LossFunction:
    preprocessing = classifying(classes=3).model_copy(update={"class_weights": WEIGHTS})
    return training_loss(preprocessing, CPU)


def part(count: int) -> Examples:
    generator = torch.Generator().manual_seed(count)
    inputs = torch.randn(count, 7, 3, generator=generator).numpy()
    classes = (torch.arange(count) % 4 == 0).long().numpy()
    return Examples(inputs, None, classes, classes, torch.arange(count).numpy())


def task(weights: tuple[float, ...] | None) -> PreparedTask:
    preprocessing = classifying(classes=2).model_copy(update={"class_weights": weights})
    return PreparedTask("toy", preprocessing, part(40), part(12), part(16))


def without_validation(task: PreparedTask) -> PreparedTask:
    return replace(task, validation=part(0))


def test_each_example_is_weighted_by_its_class() -> None:
    raw, classes = torch.randn(5, 3), torch.tensor([0, 1, 2, 1, 0])
    losses = [LOSSES["cross-entropy"](raw[i : i + 1], classes[i : i + 1]) for i in range(5)]
    expected = sum(
        WEIGHTS[int(label)] * loss for label, loss in zip(classes, losses, strict=True)
    ) / len(classes)
    assert weighted_loss()(raw, classes) == pytest.approx(float(expected))


def test_steps_without_a_target_do_not_count() -> None:
    raw, classes = torch.randn(2, 3, 3), torch.tensor([[0, 1, IGNORE_INDEX], [2, IGNORE_INDEX, 1]])
    asked = classes != IGNORE_INDEX
    loss = weighted_loss()
    assert loss(raw, classes) == pytest.approx(float(loss(raw[asked], classes[asked])))


def test_equal_weights_train_like_none() -> None:
    training = TrainingSpec(epochs=2, batch_size=8)
    plain, equal = (
        finish(make_trainer(training, task(weights), SPEC)) for weights in (None, (1.0, 1.0))
    )
    for one, other in zip(plain.records, equal.records, strict=True):
        assert one.validation_loss == pytest.approx(other.validation_loss, rel=1e-5)


def test_validation_loss_stays_unweighted() -> None:
    # at random: biases from the training set would follow the weights
    training = TrainingSpec(epochs=1, batch_size=8, lr=1e-12, output_bias="random")
    [plain], [weighted] = (
        finish(make_trainer(training, task(weights), SPEC)).records for weights in (None, (0.1, 9))
    )
    assert weighted.validation_loss == pytest.approx(plain.validation_loss, rel=1e-6)
    assert weighted.scores == pytest.approx(plain.scores, rel=1e-6)
    assert weighted.train_loss != pytest.approx(plain.train_loss, rel=0.1)


def test_balanced_weights_predict_as_if_classes_were_equally_frequent() -> None:
    training = TrainingSpec(epochs=8, batch_size=8, lr=0.01)
    shares = []
    for weights in (None, (40 / (2 * 30), 40 / (2 * 10))):
        trainer = make_trainer(training, without_validation(task(weights)), SPEC)
        finish(trainer)
        shares.append(float(trainer.result().predictions[:, 1].mean()))
    assert shares == pytest.approx([0.25, 0.5], abs=0.12)

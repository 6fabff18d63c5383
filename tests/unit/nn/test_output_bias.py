"""The output layer begins at what the training set says, and at random on request."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import classifying
from support import toy_task
from unit.nn.make_runs import SPEC, finish, make_trainer

from studio.core.prepared.examples import PADDING_KEY, Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import TrainingSpec
from studio.nn.losses import LOSSES
from studio.nn.networks.output_bias import output_bias

FROM_TRAINING_SET = TrainingSpec(epochs=1, batch_size=8)
AT_RANDOM = TrainingSpec(epochs=1, batch_size=8, output_bias="random")


def classified(classes: list[int], preprocessing: Preprocessing | None = None) -> PreparedTask:
    truth = np.array(classes)
    inputs = np.random.default_rng(0).normal(size=(len(truth), 5, 3)).astype(np.float32)
    part = Examples(inputs, None, truth, truth, np.arange(len(truth)))
    return PreparedTask("toy", preprocessing or classifying(classes=2), part, part, part)


def rolls(on: float, keys: int = 3) -> PreparedTask:
    """Rows of keys of which each is on in a share of steps; the last step has no next one."""
    targets = (np.random.default_rng(1).random((20, 9, keys)) < on).astype(np.uint8)
    targets[:, -1] = PADDING_KEY
    inputs = targets.astype(np.float32)
    lengths = np.full(20, 8)
    counts = np.where(targets[..., 0] == PADDING_KEY, -1, (targets == 1).sum(axis=2))
    part = Examples(inputs, lengths, targets, counts, np.arange(20), per_step=True)
    names = tuple(f"key{index}" for index in range(keys))
    preprocessing = classifying().model_copy(
        update={
            "kind": "next-step",
            "input_names": names,
            "target_names": names,
            "class_names": None,
            "input_scaler": classifying().input_scaler.identity(keys),
        }
    )
    return PreparedTask("roll", preprocessing, part, part, part)


@pytest.mark.parametrize(
    "task",
    [classified([0] * 37 + [1] * 3), rolls(0.03), toy_task(steps=6, counts=(20, 8, 8))],
    ids=["classes", "keys", "numbers"],
)
def test_no_constant_output_near_it_has_a_lower_training_loss(task: PreparedTask) -> None:
    best = torch.from_numpy(output_bias(task)).float()
    loss = LOSSES[task.preprocessing.loss]
    targets = torch.from_numpy(np.array(task.training.targets))
    lengths = task.training.inputs.shape[1] if task.training.per_step else None

    def constant(bias: torch.Tensor) -> float:
        shape = (len(targets), lengths, len(bias)) if lengths else (len(targets), len(bias))
        return float(loss(bias.expand(*shape), targets))

    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        step = torch.randn(len(best), generator=generator)
        if task.preprocessing.loss == "cross-entropy":
            step -= step.mean()  # a softmax does not change with a common constant
        # smoothing keeps the rates off 0 and 1 and moves them by less than this step
        assert constant(best) < constant(best + step / step.norm())


def test_a_class_that_the_training_set_lacks_starts_at_a_finite_bias() -> None:
    bias = output_bias(classified([0] * 10, classifying(classes=2)))
    assert np.isfinite(bias).all()
    assert bias[0] > bias[1]


def test_balanced_class_weights_start_all_classes_alike() -> None:
    weights = (40 / 2 / 30, 40 / 2 / 10)
    preprocessing = classifying(classes=2).model_copy(update={"class_weights": weights})
    first, second = output_bias(classified([0] * 30 + [1] * 10, preprocessing))
    assert first == pytest.approx(second, abs=0.1)


def test_a_run_starts_at_the_rates_of_its_training_set_alone() -> None:
    task = classified([0] * 37 + [1] * 3)
    other = classified([1] * 40).training
    task = replace(task, validation=other, test=other)
    bias = make_trainer(FROM_TRAINING_SET, task).network.head.bias.detach()
    torch.testing.assert_close(bias.softmax(0), torch.tensor([38 / 42, 4 / 42]))


def test_all_other_initial_weights_are_those_of_a_random_start() -> None:
    task = classified([0] * 37 + [1] * 3)
    ours, random = (
        make_trainer(training, task).network.state_dict()
        for training in (FROM_TRAINING_SET, AT_RANDOM)
    )
    differing = [name for name in ours if not torch.equal(ours[name], random[name])]
    assert differing == ["head.bias"]


def test_rare_keys_are_learned_sooner_than_from_a_random_start() -> None:
    task = rolls(0.02, keys=40)
    losses = {
        training.output_bias: finish(make_trainer(training, task, SPEC)).records[0].validation_loss
        for training in (FROM_TRAINING_SET, AT_RANDOM)
    }
    assert losses["training-set"] is not None
    assert losses["random"] is not None
    assert losses["training-set"] < losses["random"] / 2

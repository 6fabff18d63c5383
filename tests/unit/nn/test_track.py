"""Numbers at each step: what is trained on, and what scores are computed from."""

import numpy as np
import pytest
import torch
from networks import fresh_network
from unit.nn.make_runs import CPU, finish, make_trainer, resume_point

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.examples import PreparedTask
from studio.core.results.metrics import has_target
from studio.core.specs.comparison_spec import (
    ContenderSpec,
    GeneratedDataset,
    TaskSpec,
    TrainingSpec,
)
from studio.data import load, prepare
from studio.nn.inference.track_scoring import free_running
from studio.nn.losses import training_loss

SPEC = ContenderSpec(cell="gru", hidden_size=6)
TRAINING = TrainingSpec(epochs=3, batch_size=4, lr=0.01)
WINDOW, WASHOUT = 30, 6
CELLS = ("gru", "lstm", "rnn")


def battery(training: TrainingSpec = TRAINING, **settings: object) -> PreparedTask:
    dataset = load(GeneratedDataset(generator="battery", parameters={"steps": 500}))
    options = {"kind": "track", "window": WINDOW, "washout": WASHOUT, **settings}
    return prepare(dataset, TaskSpec.model_validate(options), training=training)[0]


def predicted_alone(trainer: object, task: PreparedTask, *, free: bool) -> np.ndarray:
    """Test predictions in units by torch.nn.GRU alone, one window and one step after the other."""
    network = trainer.network  # type: ignore[attr-defined]
    weights = {name.removeprefix("recurrent.stock."): tensor
               for name, tensor in network.state_dict().items()}  # fmt: skip
    gru = torch.nn.GRU(task.preprocessing.input_size, SPEC.hidden_size, batch_first=True)
    gru.load_state_dict({name: weights[name] for name in gru.state_dict()})
    predictions = np.zeros(task.test.targets_in_units.shape)
    state, before = None, None
    for index in range(len(task.test)):
        steps = torch.from_numpy(task.test.sequence(index))[None].clone()
        if not task.preprocessing.carried:
            state = None
        for step in range(steps.shape[1]):
            at = step + (index * WINDOW if task.preprocessing.carried else 0)
            if free and at > WASHOUT:
                steps[0, step, -1] = before
            with torch.no_grad():
                output, state = gru(steps[:, step : step + 1], state)
                before = network.head(output)[0, 0, 0]
            predictions[index, step, 0] = float(before)
    scaler = task.preprocessing.target_scaler
    return predictions * scaler.scale[0] + scaler.center[0]


@pytest.mark.parametrize("carry_state", [False, True])
@pytest.mark.parametrize("past_target", [False, True])
def test_scores_are_those_of_a_free_run_by_torch_alone(
    *, past_target: bool, carry_state: bool
) -> None:
    task = battery(past_target=past_target, carry_state=carry_state)
    trainer = make_trainer(TRAINING, task, SPEC)
    finish(trainer)
    result = trainer.result()
    scored = has_target(task.test.targets_in_units)
    truth = task.test.targets_in_units[scored]
    expected = predicted_alone(trainer, task, free=past_target)[scored]
    np.testing.assert_allclose(result.predictions[scored][:, :1], expected, rtol=1e-4, atol=1e-3)
    rmse = np.sqrt(np.mean((expected - truth) ** 2))
    assert result.scores["rmse"] == pytest.approx(rmse, rel=1e-4)
    if past_target:
        forced = predicted_alone(trainer, task, free=False)[scored]
        rmse = np.sqrt(np.mean((forced - truth) ** 2))
        assert result.scores["rmse_teacher_forced"] == pytest.approx(rmse, rel=1e-4)
    else:
        assert "rmse_teacher_forced" not in result.scores


@pytest.mark.parametrize("cell", CELLS)
def test_free_run_reads_no_true_target_after_the_washout(cell: str) -> None:
    task = battery(past_target=True)
    network = fresh_network(ContenderSpec(cell=cell, hidden_size=5), task.preprocessing)
    network.eval()
    inputs = torch.from_numpy(np.array(task.training.inputs[:4]))
    changed = inputs.clone()
    changed[:, WASHOUT + 1 :, -1] = 1e3
    with torch.no_grad():
        ours = free_running(network, inputs, task.preprocessing)
        theirs = free_running(network, changed, task.preprocessing)
        assert torch.equal(ours, theirs)
        assert not torch.equal(network(inputs), network(changed))


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber", "quantiles"])
def test_loss_is_the_mean_over_scored_steps_alone(loss: str) -> None:
    training = TRAINING.model_copy(update={"loss": loss})
    task = battery(training)
    chosen: ChosenLoss | None = task.preprocessing.chosen_loss
    targets = task.training.targets
    raw = np.random.default_rng(0).normal(
        size=(*targets.shape[:2], task.preprocessing.output_size)
    ).astype(np.float32)  # fmt: skip
    found = training_loss(task.preprocessing, CPU)(
        torch.from_numpy(raw), torch.from_numpy(np.array(targets))
    )
    scored = has_target(targets)
    errors = targets[scored] - raw[scored]
    by_hand = {
        "squared": lambda: errors**2,
        "absolute": lambda: np.abs(errors),
        "huber": lambda: np.where(np.abs(errors) < 1, errors**2 / 2, np.abs(errors) - 0.5),
        "quantiles": lambda: np.maximum(
            np.array(chosen.quantiles) * errors, (np.array(chosen.quantiles) - 1) * errors
        ),
    }[loss]
    assert float(found) == pytest.approx(by_hand().mean(), rel=1e-5)


def test_targets_of_the_washout_change_no_weight() -> None:
    weights = []
    for shift in (0.0, 100.0):
        dataset = load(GeneratedDataset(generator="battery", parameters={"steps": 500}))
        values = dataset.values.copy()
        values[:WASHOUT, -1] += shift  # the only steps that no other window scores
        object.__setattr__(dataset, "values", values)
        options = {"kind": "track", "window": WINDOW, "washout": WASHOUT}
        task = prepare(dataset, TaskSpec.model_validate(options))[0]
        weights.append(finish(make_trainer(TRAINING, task, SPEC)).snapshots[-1].weights)
    assert weights[0] == weights[1]


@pytest.mark.parametrize(
    "settings",
    [{}, {"past_target": True}, {"carry_state": True}, {"past_target": True, "carry_state": True}],
    ids=str,
)
@pytest.mark.parametrize("loss", [None, "quantiles"])
def test_resumed_run_equals_the_run_that_was_not_stopped(
    settings: dict[str, object], loss: str | None
) -> None:
    training = TRAINING.model_copy(update={"loss": loss})
    task = battery(training, **settings)
    whole = finish(make_trainer(training, task, SPEC))
    first = finish(make_trainer(training, task, SPEC), until=1)
    rest = finish(make_trainer(training, task, SPEC, resume=resume_point(first)))
    assert [record.validation_loss for record in rest.records] == [
        record.validation_loss for record in whole.records[1:]
    ]
    assert rest.snapshots[-1].weights == whole.snapshots[-1].weights


def test_convolutional_network_tracks_without_a_past_target() -> None:
    task = battery()
    trainer = make_trainer(TRAINING, task, ContenderSpec(cell="tcn", hidden_size=6, num_layers=2))
    finish(trainer)
    assert np.isfinite(trainer.result().scores["rmse"])

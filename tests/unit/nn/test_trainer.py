from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from networks import ragged_task
from support import toy_task
from unit.nn.make_runs import CPU, SPEC, TASK, finish, make_trainer, resume_point

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.nn.networks.snapshots import load_weights
from studio.nn.training.errors import TrainingFailed
from studio.nn.training.trainer import Trainer

SHORT = TrainingSpec(epochs=4, batch_size=8)
WITHOUT_VALIDATION = toy_task(steps=6, counts=(20, 0, 8))


def test_the_same_seed_gives_the_same_bits_twice() -> None:
    first, second = (finish(make_trainer(SHORT)) for _ in range(2))
    assert first == second


def test_contenders_of_a_seed_see_the_data_in_the_same_order() -> None:
    orders = []
    for cell in ("gru", "lstm"):
        trainer = make_trainer(SHORT, spec=ContenderSpec(cell=cell))
        with trainer.turn():
            trainer.step()
        assert trainer._batches is not None
        orders.append(torch.cat(list(trainer._batches._slices)).tolist())
    assert orders[0] == orders[1] != sorted(orders[0])


@pytest.mark.parametrize(
    ("optimizer", "schedule"),
    list(product(["adam", "adamw", "sgd", "rmsprop"], ["constant", "cosine", "plateau"])),
)
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(
    optimizer: str, schedule: str
) -> None:
    training = TrainingSpec(
        epochs=5, batch_size=8, optimizer=optimizer, schedule=schedule, patience=3, weight_decay=0.1
    )
    whole = finish(make_trainer(training))
    for stop in (1, 3):
        before = finish(make_trainer(training), until=stop)
        trainer = make_trainer(training, resume=resume_point(before))
        after = finish(trainer)
        assert before.records + after.records == whole.records
        assert after.snapshots[-1] == whole.snapshots[-1]
        assert before.better + after.better == whole.better


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_resuming_sgd_keeps_its_momentum(momentum: float) -> None:
    training = TrainingSpec(epochs=3, batch_size=8, optimizer="sgd", momentum=momentum)
    whole = finish(make_trainer(training))
    before = finish(make_trainer(training), until=1)
    after = finish(make_trainer(training, resume=resume_point(before)))
    assert after.snapshots[-1].weights == whole.snapshots[-1].weights


def test_resuming_keeps_the_counters_of_early_stopping_and_plateau() -> None:
    training = TrainingSpec(
        epochs=40, batch_size=8, lr=3.0, optimizer="sgd", patience=8, schedule="plateau"
    )
    whole = finish(make_trainer(training))
    assert 8 < len(whole.records) < 40
    assert whole.records[-1].lr == pytest.approx(1.5)
    before = finish(make_trainer(training), until=len(whole.records) - 3)
    trainer = make_trainer(training, resume=resume_point(before))
    assert before.records + finish(trainer).records == whole.records
    assert trainer.ending == "early"


def test_resuming_after_the_last_epoch_only_scores() -> None:
    whole = make_trainer(SHORT)
    seen = finish(whole)
    again = make_trainer(SHORT, resume=resume_point(seen))
    assert again.is_over
    assert again.result().scores == whole.result().scores


def test_the_best_weights_by_validation_are_kept_and_scored() -> None:
    training = TrainingSpec(epochs=12, batch_size=8, lr=0.5)
    trainer = make_trainer(training)
    seen = finish(trainer)
    losses = [record.validation_loss for record in seen.records]
    best = int(np.argmin(losses))
    assert best + 1 < len(losses)
    result = trainer.result()
    assert result.kept_epoch == best + 1
    load_weights(trainer.network, seen.snapshots[best].weights)
    assert np.array_equal(trainer.result().predictions, result.predictions)


def test_without_a_validation_set_the_last_weights_are_kept_and_patience_has_no_effect() -> None:
    training = TrainingSpec(epochs=6, batch_size=8, lr=0.5, patience=1)
    trainer = make_trainer(training, task=WITHOUT_VALIDATION)
    seen = finish(trainer)
    assert len(seen.records) == 6
    assert all(seen.better)
    assert {record.validation_loss for record in seen.records} == {None}
    assert set(seen.records[0].scores) == {"rmse", "mae"}
    assert trainer.result().kept_epoch == 6
    assert trainer.ending == "finished"


def test_a_step_budget_ends_a_run_within_an_epoch() -> None:
    trainer = make_trainer(TrainingSpec(epochs=9, steps=5, batch_size=8))  # 3 steps an epoch
    seen = finish(trainer)
    assert [record.step for record in seen.records] == [3, 5]
    assert (trainer.ending, trainer.step_count) == ("finished", 5)


def test_cosine_falls_over_the_epochs_that_a_step_budget_allows() -> None:
    training = TrainingSpec(epochs=90, steps=6, batch_size=8, schedule="cosine", lr=0.01)
    rates = [record.lr for record in finish(make_trainer(training)).records]
    assert rates == pytest.approx([0.01, 0.005])


def test_early_stopping_ends_a_run_after_patience_epochs_without_improvement() -> None:
    trainer = make_trainer(TrainingSpec(epochs=200, batch_size=8, lr=1.0, patience=3))
    seen = finish(trainer)
    assert trainer.ending == "early"
    assert seen.better[-4:] == [True, False, False, False]
    assert trainer.result().kept_epoch == len(seen.records) - 3


def test_a_run_at_its_last_epoch_is_finished_even_without_patience_left() -> None:
    seen = finish(make_trainer(TrainingSpec(epochs=200, batch_size=8, lr=1.0, patience=3)))
    trainer = make_trainer(TrainingSpec(epochs=len(seen.records), batch_size=8, lr=1.0, patience=3))
    finish(trainer)
    assert trainer.ending == "finished"


def extreme(task: PreparedTask) -> PreparedTask:
    training = task.training
    return replace(task, training=replace(training, targets=training.targets * np.float32(1e38)))


@pytest.mark.parametrize(
    ("training", "change"),
    [
        (TrainingSpec(epochs=9, batch_size=8, lr=100, optimizer="sgd", clip=None), None),
        (SHORT, extreme),
    ],
)
def test_a_loss_that_is_not_finite_fails_the_run_with_a_remedy(
    training: TrainingSpec, change: Callable[[PreparedTask], PreparedTask] | None
) -> None:
    task = TASK if change is None else change(TASK)
    with pytest.raises(TrainingFailed) as caught:
        finish(
            make_trainer(training, task=task, spec=ContenderSpec(cell="rnn", nonlinearity="relu"))
        )
    assert "loss became" in caught.value.reason
    assert "learning rate" in caught.value.remedy


@pytest.mark.parametrize("task", [TASK, WITHOUT_VALIDATION])
def test_a_last_step_that_breaks_the_weights_fails_the_run(task: PreparedTask) -> None:
    trainer = make_trainer(TrainingSpec(epochs=1, batch_size=20), task=task)
    with trainer.turn():
        trainer.step()
        with torch.no_grad():
            trainer.network.head.weight.fill_(float("nan"))
        part = "validation" if len(task.validation) else "training"
        with pytest.raises(TrainingFailed, match=f"the {part} loss became nan in epoch 1"):
            trainer.finish_epoch(1.0)
    assert trainer.epoch == 0


def test_a_loss_is_checked_within_an_epoch_too() -> None:
    trainer = make_trainer(SHORT, task=extreme(TASK))
    with trainer.turn():
        trainer.step()
        with pytest.raises(TrainingFailed, match="the training loss became inf in epoch 1"):
            trainer.check()


def change_of_weights(clip: float | None) -> tuple[float, float, float]:
    training = TrainingSpec(
        epochs=1, steps=1, batch_size=20, optimizer="sgd", momentum=0, lr=1, clip=clip
    )
    trainer = make_trainer(training)
    before = flat(trainer)
    record = finish(trainer).records[0]
    return float((flat(trainer) - before).norm()), record.gradient_norm, record.clipped


def flat(trainer: Trainer) -> torch.Tensor:
    return torch.cat([p.detach().flatten().clone() for p in trainer.network.parameters()])


def test_gradients_are_clipped_and_the_norm_before_is_reported() -> None:
    free, norm, clipped = change_of_weights(None)
    assert (free, clipped) == (pytest.approx(norm, rel=1e-4), 0)
    length, same, clipped = change_of_weights(norm / 2)
    assert (length, same, clipped) == (pytest.approx(norm / 2, rel=1e-4), norm, 1)
    assert change_of_weights(norm * 2)[2] == 0


@pytest.mark.parametrize("batch_size", [1, 3, 19, 20, 500])
def test_any_batch_size_works_with_a_smaller_last_batch(batch_size: int) -> None:
    seen = finish(make_trainer(TrainingSpec(epochs=1, batch_size=batch_size)))
    assert seen.records[0].step == -(-20 // batch_size)


def test_the_training_loss_is_the_mean_over_examples_not_over_batches() -> None:
    spec = SPEC.model_copy(update={"dropout": 0.0})
    training = TrainingSpec(epochs=1, batch_size=19, lr=1e-12)
    record = finish(make_trainer(training, task=WITHOUT_VALIDATION, spec=spec)).records[0]
    assert record.scores["rmse"] ** 2 == pytest.approx(record.train_loss, rel=1e-5)


@pytest.mark.parametrize("pooling", ["last", "attention"])
def test_examples_of_different_lengths_are_learned(pooling: str) -> None:
    spec = ContenderSpec(cell="gru", hidden_size=8, bidirectional=True, pooling=pooling)
    training = TrainingSpec(epochs=12, batch_size=8, lr=0.02)
    trainer = make_trainer(training, task=ragged_task(), spec=spec)
    seen = finish(trainer)
    assert seen.records[-1].train_loss < 0.7 * seen.records[0].train_loss
    result = trainer.result()
    assert result.predictions.shape == (20, 3)
    assert np.allclose(result.predictions.sum(axis=1), 1)
    assert result.scores["accuracy"] > 0.5


def test_predictions_do_not_depend_on_other_examples_of_the_batch() -> None:
    task = ragged_task()
    spec = ContenderSpec(cell="lstm", hidden_size=6, bidirectional=True, pooling="mean")
    trainer = make_trainer(TrainingSpec(epochs=1), task=task, spec=spec)
    finish(trainer)
    predictions = trainer.result().predictions
    trainer.network.eval()
    for example in range(len(task.test)):
        sequence = torch.from_numpy(task.test.sequence(example))[None]
        with torch.no_grad():
            alone = trainer.network(sequence).softmax(dim=1).numpy()[0]
        assert np.abs(alone - predictions[example]).max() < 1e-6


def test_tracing_during_training_has_no_effect() -> None:
    plain, traced = make_trainer(SHORT), make_trainer(SHORT)
    expected = finish(plain)
    with traced.turn():
        traced.step()
        traced.trace(TASK.test.sequence(0))
        assert traced.network.training
    assert finish(traced) == expected


def test_turns_restore_the_callers_random_generator() -> None:
    trainer = make_trainer(SHORT, spec=SPEC)
    state = torch.get_rng_state()
    finish(trainer)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_execution_names_engine_and_device() -> None:
    execution = make_trainer(SHORT).execution
    assert (execution.engine, execution.device, execution.note) == ("fused", CPU.type, "")
    assert not execution.favours_lstm

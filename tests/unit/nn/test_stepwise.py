"""Networks that answer every step."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import continuing, fresh_network, playing

from studio.core.prepared.examples import PADDING_KEY, Examples, PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.batches import DeviceExamples
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.inference.scoring import score_part
from studio.nn.inference.state_gradients import gradient_norms
from studio.nn.losses import mean_bce
from studio.nn.training.trainer import Trainer

CPU = torch.device("cpu")
SPEC = ContenderSpec(cell="gru", hidden_size=12)


def alphabet(pieces: int, seed: int) -> Examples:
    """Letters that go up by one, or stay at random after the last."""
    rng = np.random.default_rng(seed)
    codes = (rng.integers(0, 5, (pieces, 1)) + np.arange(8)) % 5
    predictions = codes[:, 1:].astype(np.int64)
    return Examples(
        np.eye(5, dtype=np.uint8)[codes[:, :-1]], None, predictions, predictions, np.arange(pieces),
        per_step=True,
    )  # fmt: skip


def letters() -> PreparedTask:
    parts = [alphabet(count, seed) for seed, count in enumerate((64, 16, 16))]
    return PreparedTask("letters", continuing(), *parts)


def rolls(lengths: list[int], seed: int = 0) -> Examples:
    """Keys that follow the key before them, in sequences of different lengths."""
    rng = np.random.default_rng(seed)
    longest = max(lengths)
    keys = (np.arange(4) == (rng.integers(0, 4, len(lengths))[:, None, None]
            + np.arange(longest + 1)[:, None]) % 4).astype(np.uint8)  # fmt: skip
    for sequence, length in zip(keys, lengths, strict=True):
        sequence[length + 1 :] = PADDING_KEY
    on = keys[:, 1:].sum(axis=2, dtype=np.int16)
    on[np.arange(longest) >= np.array(lengths)[:, None]] = -1
    return Examples(
        keys[:, :-1], np.array(lengths), keys[:, 1:], on, np.arange(len(lengths)), per_step=True
    )


def music() -> PreparedTask:
    rng = np.random.default_rng(5)
    parts = [rolls(rng.integers(1, 8, count).tolist(), count) for count in (60, 10, 20)]
    return PreparedTask("music", playing(), *parts)


def trained(task: PreparedTask, engine: str, epochs: int, cell: str = "gru") -> Trainer:
    machine = MachineSpec.model_validate({"device": "cpu", "engine": engine, "threads": 1})
    settings = TrainingSpec(epochs=epochs, lr=0.03, batch_size=16)
    spec = SPEC.model_copy(update={"cell": cell})
    trainer = Trainer(spec, settings, machine, TaskTensors(task, CPU), 1)
    while not trainer.is_over:
        with trainer.turn():
            trainer.step()
            if trainer.epoch_is_over:
                trainer.finish_epoch(0.0)
    return trainer


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
@pytest.mark.parametrize("task", [letters(), music()], ids=["letters", "music"])
def test_both_engines_train_equally_at_every_step(task: PreparedTask, cell: str) -> None:
    both = [trained(task, engine, 1, cell).network for engine in ("fused", "torch")]
    for fused, plain in zip(*(network.parameters() for network in both), strict=True):
        assert torch.allclose(fused, plain, atol=1e-4)


@pytest.mark.parametrize("task", [letters(), music()], ids=["letters", "music"])
def test_a_deterministic_rule_is_learned(task: PreparedTask) -> None:
    result = trained(task, "fused", 30).result()
    assert result.scores["nll"] < 0.25
    assert result.predictions.shape[:2] == task.test.targets_in_units.shape


def test_padding_affects_neither_loss_nor_score() -> None:
    network = fresh_network(SPEC, playing())
    short, both = rolls([3]), rolls([3, 7])
    alone = score_part(network, DeviceExamples(short, CPU), short, playing())
    together = score_part(network, DeviceExamples(both, CPU), both, playing())
    assert np.allclose(alone.predictions[0], together.predictions[0, :3], atol=1e-6)
    assert np.all(together.predictions[0, 3:] == 0)
    assert together.loss == pytest.approx(together.predictions.sum() / 10, rel=1e-5)


def test_likelihood_of_keys_is_summed_over_keys_and_the_mean_over_steps() -> None:
    targets = torch.tensor(
        [[[1, 0], [PADDING_KEY, PADDING_KEY]], [[0, 0], [1, 1]]], dtype=torch.uint8
    )
    raw = torch.zeros(2, 2, 2)
    assert float(mean_bce(raw, targets)) == pytest.approx(2 * np.log(2))


def test_an_epochs_loss_weighs_batches_by_their_steps() -> None:
    task = replace(music(), training=rolls([7] * 16 + [1] * 16))
    machine = MachineSpec(device="cpu", engine="torch", threads=1)
    still = TrainingSpec(epochs=1, lr=1e-12, batch_size=16)
    trainer = Trainer(SPEC, still, machine, TaskTensors(task, CPU), 1)
    scored = score_part(
        trainer.network, DeviceExamples(task.training, CPU), task.training, playing()
    )
    with trainer.turn():
        while not trainer.epoch_is_over:
            trainer.step()
        record, _, _ = trainer.finish_epoch(0.0)
    assert record.train_loss == pytest.approx(scored.loss, rel=1e-5)


def test_gradients_of_a_prediction_reach_every_earlier_step() -> None:
    part = letters().test
    norms = gradient_norms(
        fresh_network(SPEC, continuing()), part.sequence(0), part.targets_of(0), continuing()
    )
    assert norms["l0"].shape == (7,)
    assert np.all(norms["l0"] > 0)

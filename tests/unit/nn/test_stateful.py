"""States that go on from piece to piece of one long text."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from networks import continuing, fresh_network
from unit.nn.make_runs import CPU, finish, make_trainer, resume_point

from studio.core.cells import RECURRENT_CELLS, STANDARD_CELLS
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.results.metrics import NATS
from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.nn.batching.batches import DeviceExamples, stream_order
from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig, States
from studio.nn.inference.scoring import score_part
from studio.nn.losses import per_step_predictions
from studio.nn.networks.network import build_network
from studio.nn.networks.snapshots import load_weights, weights_bytes

WINDOW = 4
PREPARATION = continuing().model_copy(update={"carried": True})
TRAINING = TrainingSpec(epochs=4, batch_size=3, lr=0.01)


def text(pieces: int, seed: int) -> Examples:
    """Random letters."""
    return of_codes(np.random.default_rng(seed).integers(0, 5, pieces * WINDOW + 1))


def ticking(pieces: int) -> Examples:
    """The same letter again and again, and every eighth time another."""
    return of_codes((np.arange(pieces * WINDOW + 1) % (2 * WINDOW) == 3).astype(np.int64))


def of_codes(codes: np.ndarray) -> Examples:
    pieces = len(codes) // WINDOW
    predictions = codes[1:].reshape(pieces, WINDOW).astype(np.int64)
    inputs = np.eye(5, dtype=np.uint8)[codes[:-1]].reshape(pieces, WINDOW, 5)
    positions = np.arange(1, pieces * WINDOW + 1, WINDOW)
    return Examples(inputs, None, predictions, predictions, positions, per_step=True, carried=True)


TASK = PreparedTask("tale", PREPARATION, text(17, 1), text(5, 2), text(6, 3))
SPEC = ContenderSpec(cell="gru", hidden_size=5, num_layers=2)


@pytest.mark.parametrize(
    ("engine", "cell"),
    [("torch", cell) for cell in RECURRENT_CELLS] + [("fused", cell) for cell in STANDARD_CELLS],
)
def test_pieces_with_a_carried_state_give_the_same_as_one_sequence(engine: str, cell: str) -> None:
    torch.manual_seed(0)
    layers = ENGINES[engine].build(RecurrentConfig(cell, 3, 7, num_layers=2))
    inputs = torch.randn(2, 9, 3)
    whole, last = layers.run(inputs)
    first, between = layers.run(inputs[:, :4])
    second, end = layers.run(inputs[:, 4:], None, between)
    assert torch.allclose(torch.cat([first, second], dim=1), whole, atol=1e-6)
    for one, other in zip(end, last, strict=True):
        assert one is other is None or torch.allclose(one, other, atol=1e-6)


def test_streams_are_equally_long_parts_of_all_examples() -> None:
    assert stream_order(17, 3).tolist() == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14]]
    assert stream_order(2, 3).tolist() == [[0], [1]]


def test_each_row_of_a_batch_continues_that_of_the_last_batch() -> None:
    batches = list(DeviceExamples(TASK.training, CPU).epoch(seed=1, epoch=2, batch_size=3))
    assert len(batches) == 5
    for before, after in pairwise(batches):
        assert torch.equal(before.targets[:, -1], after.inputs[:, 0].argmax(dim=-1))


def test_training_carries_the_state_without_its_gradient() -> None:
    trainer = make_trainer(TRAINING, TASK, SPEC)
    with trainer.turn():
        trainer.step()
        between = trainer._carried.states
        expected = States(between.h.clone(), None)
        trainer.step()
    assert not between.h.requires_grad
    batches = DeviceExamples(TASK.training, CPU).epoch(1, 1, 3)
    fresh = make_trainer(TRAINING, TASK, SPEC)
    with fresh.turn():
        fresh.step()
        batches.take()
        second = batches.take()
        _, after = fresh.network.carried(second.inputs, expected)
    assert torch.equal(after.h, trainer._carried.states.h)


def test_every_epoch_starts_from_zeros() -> None:
    trainer = make_trainer(TRAINING, TASK, SPEC)
    finish(trainer, until=1)
    assert trainer._carried.states is not None
    network, first = trainer.network, DeviceExamples(TASK.training, CPU).epoch(1, 2, 3).take()
    _, expected = network.carried(first.inputs, None)
    with trainer.turn():
        trainer.step()
    assert torch.equal(trainer._carried.states.h, expected.h)


def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit() -> None:
    whole = finish(make_trainer(TRAINING, TASK, SPEC))
    before = finish(make_trainer(TRAINING, TASK, SPEC), until=2)
    after = finish(make_trainer(TRAINING, TASK, SPEC, resume_point(before)))
    assert before.records + after.records == whole.records
    assert after.snapshots[-1] == whole.snapshots[-1]


def test_turns_of_another_run_have_no_effect() -> None:
    alone = finish(make_trainer(TRAINING, TASK, SPEC))
    one, other = (make_trainer(TRAINING, TASK, SPEC) for _ in range(2))
    while not one.is_over:
        for trainer in (one, other):
            with trainer.turn():
                trainer.step()
                if trainer.epoch_is_over:
                    trainer.finish_epoch(0.0)
    assert one.snapshot().weights == alone.snapshots[-1].weights


@pytest.mark.parametrize("streams", [1, 3, 5, 30])
def test_scores_equal_those_of_each_stream_as_one_sequence(streams: int) -> None:
    network = fresh_network(SPEC, PREPARATION)
    part = TASK.training
    scored = score_part(network, DeviceExamples(part, CPU), part, PREPARATION, streams)
    order = stream_order(len(part), streams)
    begins = [int(stream[0]) for stream in order]
    ends = [*begins[1:], len(part)]
    for begin, end in zip(begins, ends, strict=True):
        inputs = torch.from_numpy(part.inputs[begin:end].reshape(1, -1, 5)).float()
        targets = torch.from_numpy(part.targets[begin:end].reshape(1, -1))
        with torch.no_grad():
            expected = per_step_predictions(network(inputs), targets, PREPARATION)
        predictions = scored.predictions[begin:end].reshape(1, -1, 2)
        assert predictions[..., NATS] == pytest.approx(expected[..., NATS], abs=1e-5)
    assert scored.loss == pytest.approx(scored.scores["nll"])


def test_the_test_set_is_one_stream_at_any_batch_size() -> None:
    weights = weights_bytes(fresh_network(SPEC, PREPARATION))
    nats = []
    for batch_size in (1, 4):
        training = TRAINING.model_copy(update={"epochs": 1, "batch_size": batch_size, "lr": 1e-9})
        trainer = make_trainer(training, TASK, SPEC)
        load_weights(trainer.network, weights)
        finish(trainer)
        nats.append(trainer.result().scores["nll"])
    assert nats[0] == pytest.approx(nats[1], rel=1e-4)


def test_only_a_carried_state_learns_dependencies_longer_than_a_piece() -> None:
    training = TrainingSpec(epochs=60, batch_size=4, lr=0.02)
    spec = ContenderSpec(cell="gru", hidden_size=16)
    nats = []
    for carried in (False, True):
        parts = [replace(ticking(count), carried=carried) for count in (80, 20, 20)]
        trainer = make_trainer(training, PreparedTask("tale", PREPARATION, *parts), spec)
        finish(trainer)
        nats.append(trainer.result().scores["nll"])
    assert nats[0] > np.log(2) / (2 * WINDOW)
    assert nats[1] < 0.5 * nats[0]


def test_the_initial_network_does_not_depend_on_carrying() -> None:
    plain = continuing()
    torch.manual_seed(3)
    one = weights_bytes(build_network(SPEC, plain, ENGINES["torch"]))
    torch.manual_seed(3)
    assert one == weights_bytes(build_network(SPEC, PREPARATION, ENGINES["torch"]))

import gc
import weakref

import pytest
import torch
from networks import classifying, fresh_network
from unit.nn.make_runs import make_trainer

from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.nn.batching.batches import Batch
from studio.nn.engines.engine_selection import RecurrentConfig, RecurrentLayers
from studio.nn.losses import LOSSES
from studio.nn.networks.network import Network
from studio.nn.training.memory import measure_memory

BATCH, STEPS, CHANNELS, CLASSES = 6, 7, 3, 4
FLOAT = 4


def batch() -> Batch:
    inputs = torch.randn(BATCH, STEPS, CHANNELS, generator=torch.Generator().manual_seed(0))
    return Batch(inputs, None, torch.arange(BATCH) % CLASSES)


class Doubling(RecurrentLayers):
    """Layers without a recurrence, whose saved tensors can be counted by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.config = RecurrentConfig("rnn", CHANNELS, CHANNELS)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        del lengths
        activated = inputs.requires_grad_().tanh()  # saves its output
        views = activated.transpose(0, 1).transpose(0, 1)
        return views * activated  # saves two views of that same storage


def test_views_of_one_storage_are_counted_once() -> None:
    network = Network(Doubling(), "max", 0.0, CLASSES)
    memory = measure_memory(network, batch(), LOSSES["cross-entropy"], TrainingSpec())
    width = BATCH * STEPS * CHANNELS * FLOAT
    product, pooled, read_out = width, BATCH * CHANNELS * FLOAT, BATCH * CLASSES * FLOAT
    # tanh's output; the product and its maximum; the head's input is that maximum;
    # log-softmax's output, the classes, and what the loss weighs the classes with
    least = width + product + pooled + read_out + BATCH * 8
    assert least <= memory.activations <= least + 16


def test_weights_do_not_count_as_activations() -> None:
    spec = ContenderSpec(cell="gru", hidden_size=200)
    network = fresh_network(spec, classifying(channels=CHANNELS, classes=CLASSES))
    small = Batch(torch.zeros(1, 1, CHANNELS), None, torch.zeros(1, dtype=torch.int64))
    memory = measure_memory(network, small, LOSSES["cross-entropy"], TrainingSpec())
    assert memory.activations < 0.1 * memory.weights


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_activations_grow_with_batch_and_time(cell: str) -> None:
    network = fresh_network(
        ContenderSpec(cell=cell, hidden_size=16), classifying(channels=CHANNELS)
    )
    sizes = []
    for examples, steps in ((8, 20), (16, 20), (8, 40)):
        given = torch.zeros(examples, steps, CHANNELS)
        targets = torch.zeros(examples, dtype=torch.int64)
        measured = measure_memory(
            network, Batch(given, None, targets), LOSSES["cross-entropy"], TrainingSpec()
        )
        sizes.append(measured.activations)
    assert sizes[1] == pytest.approx(2 * sizes[0], rel=0.1)
    assert sizes[2] == pytest.approx(2 * sizes[0], rel=0.1)


@pytest.mark.parametrize(
    ("training", "copies", "counters"),
    [
        (TrainingSpec(optimizer="adam"), 2, 1),
        (TrainingSpec(optimizer="adamw"), 2, 1),
        (TrainingSpec(optimizer="rmsprop"), 1, 1),
        (TrainingSpec(optimizer="sgd", momentum=0.9), 1, 0),
        (TrainingSpec(optimizer="sgd", momentum=0.0), 0, 0),
    ],
)
def test_weights_gradients_and_optimiser_state_are_exact(
    training: TrainingSpec, copies: int, counters: int
) -> None:
    spec = ContenderSpec(cell="lstm", hidden_size=5, num_layers=2, pooling="attention")
    network = fresh_network(spec, classifying(channels=CHANNELS, classes=CLASSES))
    tensors = list(network.parameters())
    numbers = sum(tensor.numel() for tensor in tensors)
    memory = measure_memory(network, batch(), LOSSES["cross-entropy"], training)
    assert memory.weights == memory.gradients == numbers * FLOAT
    assert memory.optimizer == (copies * numbers + counters * len(tensors)) * FLOAT
    assert memory.device_peak is None
    assert memory.total == sum(
        (memory.weights, memory.gradients, memory.optimizer, memory.activations)
    )


def test_measuring_does_not_change_the_network() -> None:
    network = fresh_network(ContenderSpec(dropout=0.5), classifying(channels=CHANNELS))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    measure_memory(network, batch(), LOSSES["cross-entropy"], TrainingSpec())
    assert all(torch.equal(network.state_dict()[name], before[name]) for name in before)
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not network.training


def test_a_discarded_run_frees_its_network() -> None:
    trainer = make_trainer(TrainingSpec(epochs=1))
    network = weakref.ref(trainer.network)
    with trainer.turn():
        trainer.step()
        trainer.finish_epoch(0.0)
    del trainer
    gc.collect()
    assert network() is None

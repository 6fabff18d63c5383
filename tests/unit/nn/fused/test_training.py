"""Training on the fused engine: as with torch.nn, reproducible, and without more memory."""

from collections.abc import Iterator

import psutil
import pytest
import torch
from networks import classifying, ragged_task
from support import toy_task
from unit.nn.fused.make_layers import CELLS, fused_layers
from unit.nn.make_runs import finish, make_trainer

from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.nn.batching.batches import Batch
from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig, RecurrentLayers
from studio.nn.losses import LOSSES
from studio.nn.networks.network import build_network
from studio.nn.training.memory import measure_memory


@pytest.fixture
def two_threads() -> Iterator[None]:
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


def losses(layers: RecurrentLayers, steps: int) -> list[float]:
    """The training loss of each step, on sums of noise."""
    head = torch.nn.Linear(layers.config.output_size, 1)
    torch.nn.init.constant_(head.weight, 0.1)
    torch.nn.init.zeros_(head.bias)
    optimizer = torch.optim.Adam([*layers.parameters(), *head.parameters()], lr=0.003)
    generator = torch.Generator().manual_seed(0)
    values = []
    for _ in range(steps):
        inputs = torch.randn(16, 20, 2, generator=generator)
        loss = ((head(layers.last(inputs)) - inputs.mean(dim=1)[:, :1]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values.append(loss.item())
    return values


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.usefixtures("two_threads")
def test_training_matches_torchs_for_200_steps(cell: str) -> None:
    config = RecurrentConfig(cell, 2, 24)
    curves = []
    for engine in ("fused", "torch"):
        torch.manual_seed(0)
        curves.append(losses(ENGINES[engine].build(config), 200))
    ours, theirs = curves
    assert theirs[-1] < theirs[0] / 2
    assert ours == pytest.approx(theirs, rel=2e-3, abs=2e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.usefixtures("two_threads")
def test_the_same_steps_give_the_same_bits_whatever_the_thread_schedule(cell: str) -> None:
    config = RecurrentConfig(cell, 2, 24, 2, bidirectional=True)
    first, second = (losses(fused_layers(config), 40) for _ in range(2))
    assert first == second


def test_results_do_not_depend_on_the_threads_of_a_forward_pass() -> None:
    for cell in CELLS:
        layers = fused_layers(RecurrentConfig(cell, 5, 33))
        inputs = torch.randn(37, 6, 5)
        outputs = []
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            outputs.append(layers(inputs))
        torch.set_num_threads(1)
        assert torch.equal(outputs[0], outputs[1])
        assert torch.equal(outputs[0], outputs[2])


@pytest.mark.parametrize("cell", CELLS)
def test_a_run_on_sequences_of_different_lengths_is_reproducible(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=6, num_layers=2, bidirectional=True, dropout=0.2)
    training = TrainingSpec(epochs=3, batch_size=8)
    runs = [finish(make_trainer(training, ragged_task(), spec)) for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("units", "layers"), [(32, 1), (33, 2), (128, 1)])
def test_the_backward_pass_needs_no_more_memory_than_torchs(
    cell: str, units: int, layers: int
) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=units, num_layers=layers)
    preprocessing = classifying(channels=3)
    batch = Batch(torch.randn(16, 30, 3), None, torch.zeros(16, dtype=torch.int64))
    ours, theirs = (
        measure_memory(
            build_network(spec, preprocessing, ENGINES[engine]),
            batch,
            LOSSES["cross-entropy"],
            TrainingSpec(),
        ).activations
        for engine in ("fused", "torch")
    )
    assert ours <= theirs


def test_memory_does_not_grow_with_the_steps() -> None:
    layers = fused_layers(RecurrentConfig("gru", 2, 24))
    losses(layers, 50)
    before = psutil.Process().memory_info().rss
    losses(layers, 1500)
    assert psutil.Process().memory_info().rss - before < 4_000_000


@pytest.mark.verify
@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.usefixtures("two_threads")
def test_memory_does_not_grow_over_ten_thousand_steps_of_a_run(cell: str) -> None:
    task = toy_task(steps=20, counts=(10_500, 8, 8))
    spec = ContenderSpec(cell=cell, hidden_size=24)
    trainer = make_trainer(TrainingSpec(epochs=1, batch_size=1), task, spec)
    with trainer.turn():
        for _ in range(500):
            trainer.step()
        before = psutil.Process().memory_info().rss
        for _ in range(10_000):
            trainer.step()
    assert trainer.step_count == 10_500
    assert psutil.Process().memory_info().rss - before < 4_000_000

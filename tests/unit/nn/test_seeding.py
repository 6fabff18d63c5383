import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import toy_task

from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.seeding import GlobalRandomness, epoch_order, key
from studio.nn.training.trainer import Trainer

CPU = torch.device("cpu")


@given(count=st.integers(1, 200), seed=st.integers(0, 2**31 - 1), epoch=st.integers(1, 1000))
def test_an_epoch_visits_every_example_once_in_an_order_of_its_own(
    count: int, seed: int, epoch: int
) -> None:
    order = epoch_order(count, seed, epoch)
    assert sorted(order.tolist()) == list(range(count))
    assert torch.equal(order, epoch_order(count, seed, epoch))


def test_orders_differ_between_seeds_and_epochs() -> None:
    orders = [tuple(epoch_order(50, seed, epoch).tolist()) for seed in (1, 2) for epoch in (1, 2)]
    assert len(set(orders)) == 4


def test_purposes_have_different_numbers() -> None:
    assert len({key(purpose, 1, 2) for purpose in ("weights", "order", "dropout")}) == 3
    assert 0 <= key("order", 2**31 - 1, 10**6) < 2**63


def test_a_turn_does_not_change_the_generator_of_others() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    own = GlobalRandomness(CPU)
    with own.turn():
        own.reseed(1, 1)
        torch.rand(100)
    assert torch.equal(torch.rand(3), expected)


def test_a_turn_continues_where_the_last_one_ended() -> None:
    own = GlobalRandomness(CPU)
    with own.turn():
        own.reseed(1, 1)
        whole = torch.rand(6)
    again = GlobalRandomness(CPU)
    with again.turn():
        again.reseed(1, 1)
        first = torch.rand(3)
    torch.rand(7)
    with again.turn():
        assert torch.equal(torch.cat([first, torch.rand(3)]), whole)


def test_a_turn_restores_the_generator_after_an_error() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)

    def fail() -> None:
        with GlobalRandomness(CPU).turn():
            torch.rand(100)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert torch.equal(torch.rand(3), expected)


def test_interleaved_trainers_with_dropout_have_the_same_losses_as_alone() -> None:
    tensors = TaskTensors(toy_task(counts=(40, 16, 8)), CPU)
    specs = [
        ContenderSpec(cell=c, hidden_size=4, num_layers=2, dropout=0.4) for c in ("gru", "lstm")
    ]

    def trainer(spec: ContenderSpec) -> Trainer:
        training = TrainingSpec(epochs=3, batch_size=8)
        return Trainer(spec, training, MachineSpec(device="cpu"), tensors, 1)

    alone = [losses_in_turns([trainer(spec)], steps=100) for spec in specs]
    together = losses_in_turns([trainer(spec) for spec in specs], steps=2)
    assert together == [alone[0][0], alone[1][0]]


def losses_in_turns(trainers: list[Trainer], steps: int) -> list[list[float]]:
    """Training losses of each when they take turns of some steps."""
    losses: list[list[float]] = [[] for _ in trainers]
    while not all(trainer.is_over for trainer in trainers):
        for number, trainer in enumerate(trainers):
            torch.rand(number + 1)
            with trainer.turn():
                for _ in range(steps):
                    if trainer.is_over:
                        break
                    trainer.step()
                    if trainer.epoch_is_over:
                        losses[number].append(trainer.finish_epoch(0.0)[0].train_loss)
    return losses

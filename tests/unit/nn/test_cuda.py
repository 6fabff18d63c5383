"""The step path on a real NVIDIA device; skipped where there is none."""

import pytest
import torch
from networks import ragged_task
from unit.nn.make_runs import CPU, TASK, finish, make_trainer, resume_point

from studio.core.examples import PreparedTask
from studio.core.spec import ContenderSpec, TrainingSpec
from studio.nn.clock import StepClock

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
CUDA = torch.device("cuda")
TRAINING = TrainingSpec(epochs=3, batch_size=8)
RAGGED = ragged_task()


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_losses_on_cuda_are_those_of_the_cpu_within_tolerance(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=8, num_layers=2)
    there, here = (
        [
            record.train_loss
            for record in finish(make_trainer(TRAINING, TASK, spec, device=d)).records
        ]
        for d in (CUDA, CPU)
    )
    assert there == pytest.approx(here, rel=1e-3)


@pytest.mark.parametrize("task", [TASK, RAGGED], ids=["equal", "ragged"])
def test_no_step_waits_for_the_device(task: PreparedTask) -> None:
    trainer = make_trainer(TRAINING, task, ContenderSpec(hidden_size=8), device=CUDA)
    with trainer.turn():
        trainer.step()
        torch.cuda.set_sync_debug_mode("error")
        try:
            trainer.step()
        finally:
            torch.cuda.set_sync_debug_mode("default")


def test_a_run_on_cuda_goes_on_from_its_snapshot() -> None:
    whole = finish(make_trainer(TRAINING, device=CUDA))
    before = finish(make_trainer(TRAINING, device=CUDA), until=1)
    after = finish(make_trainer(TRAINING, resume=resume_point(before), device=CUDA))
    found = [record.train_loss for record in before.records + after.records]
    assert found == pytest.approx([record.train_loss for record in whole.records], rel=1e-3)


def test_memory_and_device_are_told() -> None:
    trainer = make_trainer(TRAINING, device=CUDA)
    assert trainer.served.device == "cuda"
    assert trainer.memory.device_peak
    assert trainer.memory.device_peak >= trainer.memory.weights
    assert trainer.trace(TASK.test.sequence(0)).layers["l0_h"].shape == (6, 4)


def test_the_clock_reads_the_device_when_the_turn_ends() -> None:
    clock = StepClock(CUDA)
    assert not clock.reads_at_once
    matrix = torch.ones(512, 512, device=CUDA)
    for _ in range(3):
        clock.start()
        torch.mm(matrix, matrix)
        clock.stop()
    seconds = clock.take()
    assert seconds.shape == (3,)
    assert (seconds > 0).all()
    assert len(clock.take()) == 0

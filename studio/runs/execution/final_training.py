"""Trains a chosen contender on all data, a job for the compute thread."""

from collections.abc import Callable

from studio.core.errors import TrainingError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.final_model import FinalModel
from studio.core.specs.comparison_spec import MachineSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_threads, device_for, use_threads
from studio.nn.networks.snapshots import weights_bytes
from studio.nn.training.errors import TrainingFailed
from studio.nn.training.trainer import Trainer
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.planning.final_training import FinalTraining

_POLL_SECONDS = 0.1
_STEPS_OF_TURN = 20
Progress = Callable[[int, int], bool]
"""Is told how many of how many epochs are done; returns whether to go on."""


class FinalTrainingStopped(Exception):  # noqa: N818 - no error: the user stopped it
    """The user stopped; nothing was stored."""


def train_final_model(
    plan: FinalTraining,
    task: PreparedTask,
    machine: MachineSpec,
    progress: Progress,
    between_turns: Callable[[], None] = lambda: None,
) -> FinalModel:
    """Trains for the planned number of epochs; the last weights are kept.

    Args:
        plan: What is trained, and for how long.
        task: All data in the training set.
        machine: As requested for the comparison.
        progress: Is asked every few steps.
        between_turns: Called every few steps, with nothing of the training's random state in use.

    Raises:
        MachineError: The requested device or engine is not available.
        TrainingError: The loss is not finite, or memory runs out.
        FinalTrainingStopped: `progress` said so.
    """
    device = device_for(machine)
    use_threads(choose_threads(machine.threads))
    if machine.engine != "torch" and device.type == "cpu":
        while not wait_for_kernels(_POLL_SECONDS, {plan.contender.cell}):
            _go_on(progress, 0, plan.epochs)
    tensors = TaskTensors(task, device)
    try:
        trainer = Trainer(plan.contender, plan.training, machine, tensors, plan.seed)
        loss = _train(trainer, plan.epochs, progress, between_turns)
    except TrainingFailed as failure:
        raise TrainingError(failure.reason, remedy=failure.remedy) from failure
    return FinalModel(
        contender=plan.contender.name,
        seed=plan.seed,
        epochs=plan.epochs,
        examples=len(task.training),
        train_loss=loss,
        preprocessing=task.preprocessing,
        execution=trainer.execution,
        weights=weights_bytes(trainer.network),
    )


def _train(
    trainer: Trainer, epochs: int, progress: Progress, between_turns: Callable[[], None]
) -> float:
    """The training loss of the last epoch."""
    loss = float("nan")
    while trainer.epoch < epochs:
        between_turns()
        _go_on(progress, trainer.epoch, epochs)
        with trainer.turn():
            for _ in range(_STEPS_OF_TURN):
                trainer.step()
                if trainer.epoch_is_over:
                    loss = trainer.finish_epoch(0.0)[0].train_loss
                    break
    progress(epochs, epochs)
    return loss


def _go_on(progress: Progress, done: int, total: int) -> None:
    if not progress(done, total):
        raise FinalTrainingStopped

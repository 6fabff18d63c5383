"""One trial: a contender trained with settings that were drawn, watched on the validation set."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.core.prepared.examples import PreparedTask
from studio.core.results.study import Trial, TrialStatus
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec

if TYPE_CHECKING:
    from studio.nn.training.trainer import Trainer

_STEPS_BETWEEN = 20


@dataclass(frozen=True)
class TrialOrder:
    """A trial to make.

    Attributes:
        trial: Contender, number and settings; its status and losses are not known yet.
        contender: The contender with these settings.
        training: How it is trained.
        machine: Device, engine and threads.
        limits: The validation loss after each epoch above which it ends early.
        seed: Of weights, order and dropout.
    """

    trial: Trial
    contender: ContenderSpec
    training: TrainingSpec
    machine: MachineSpec
    limits: tuple[float, ...]
    seed: int


def make_trial(order: TrialOrder, task: PreparedTask, goes_on: Callable[[], bool]) -> Trial | None:
    """Trains and returns the trial with its outcome; None if it was told to stop.

    Args:
        order: What to train.
        task: The prepared data.
        goes_on: Asked between steps.
    """
    from studio.nn.batching.task_tensors import TaskTensors
    from studio.nn.engines.devices import choose_threads, device_for, use_threads
    from studio.nn.training.errors import TrainingFailed
    from studio.nn.training.trainer import Trainer

    device = device_for(order.machine)
    use_threads(choose_threads(order.machine.threads))
    losses: list[float] = []
    status: TrialStatus = "finished"
    reason = ""
    try:
        trainer = Trainer(
            order.contender, order.training, order.machine, TaskTensors(task, device), order.seed
        )
        best = math.inf
        while not trainer.is_over:
            if not goes_on():
                return None
            with trainer.turn():
                loss = _some_steps(trainer)
            if loss is None:
                continue
            losses.append(loss)
            best = min(best, loss)
            if len(losses) <= len(order.limits) and best > order.limits[len(losses) - 1]:
                status = "pruned"
                break
    except TrainingFailed as failure:
        status, reason = "failed", f"{failure.reason}. {failure.remedy}."
    drawn = order.trial
    return Trial(drawn.contender, drawn.number, drawn.settings, status, tuple(losses), reason)


def _some_steps(trainer: "Trainer") -> float | None:
    """Some steps of an epoch; at its end its validation loss."""
    for _ in range(_STEPS_BETWEEN):
        trainer.step()
        if trainer.epoch_is_over:
            record, _, _ = trainer.finish_epoch(math.nan)
            assert record.validation_loss is not None  # noqa: S101 - see search
            return record.validation_loss
    return None

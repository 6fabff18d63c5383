"""Estimates the time of training steps from a few of them; imports torch."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Floats
from studio.core.errors import MachineError, SpecError
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_threads, device_for, use_threads
from studio.nn.training.errors import TrainingFailed
from studio.nn.training.step_clock import StepClock
from studio.nn.training.trainer import Trainer

_WARM_UP = 3
_MOST_STEPS = 24
_SECONDS = 0.3


@dataclass(frozen=True)
class StepTimeEstimate:
    """Measured step times.

    Attributes:
        seconds: The median time of a step by contender name.
        problem: Why some could not be measured, or "".
    """

    seconds: Mapping[str, float]
    problem: str = ""


def measure_steps(
    spec: ComparisonSpec, task: PreparedTask, is_wanted: Callable[[], bool]
) -> StepTimeEstimate:
    """Times a few training steps of every contender and discards the networks.

    Args:
        spec: The comparison with all settings filled in.
        task: Its data.
        is_wanted: Called before every step; once False, the estimate so far is returned.
    """
    medians: dict[str, float] = {}
    try:
        device = device_for(spec.machine)
        use_threads(choose_threads(spec.machine.threads))
        tensors = TaskTensors(task, device)
        for contender in spec.contenders:
            if not is_wanted():
                break
            seed = spec.training.first_seed
            trainer = Trainer(contender, spec.training, spec.machine, tensors, seed)
            seconds = _step_times(trainer, tensors, is_wanted)[_WARM_UP:]
            if len(seconds):
                medians[contender.name] = float(np.median(seconds))
    except (MachineError, SpecError) as error:
        return StepTimeEstimate(medians, str(error))
    except TrainingFailed as failure:
        return StepTimeEstimate(medians, f"{failure.reason}. {failure.remedy}.")
    return StepTimeEstimate(medians)


def _step_times(trainer: Trainer, tensors: TaskTensors, is_wanted: Callable[[], bool]) -> Floats:
    clock = StepClock(tensors.device)
    start = time.perf_counter()
    steps = 0
    with trainer.turn():
        while steps < _MOST_STEPS and is_wanted() and not trainer.epoch_is_over:
            if steps > _WARM_UP and time.perf_counter() - start > _SECONDS:
                break
            clock.start()
            trainer.step()
            clock.stop()
            steps += 1
    return clock.take()

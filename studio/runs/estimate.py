"""How long training steps take here, from a few of them; imports torch, for the compute thread."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Floats
from studio.core.errors import MachineError, SpecError
from studio.core.examples import PreparedTask
from studio.core.spec import ComparisonSpec
from studio.nn.clock import StepClock
from studio.nn.devices import choose_threads, device_for, use_threads
from studio.nn.failures import TrainingFailed
from studio.nn.task_tensors import TaskTensors
from studio.nn.trainer import Trainer

_WARM_UP = 3
_MOST_STEPS = 24
_SECONDS = 0.3


@dataclass(frozen=True)
class StepTimes:
    """What was measured.

    Attributes:
        seconds: The median step by contender name.
        problem: Why some could not be measured, or "".
    """

    seconds: Mapping[str, float]
    problem: str = ""


def measure_steps(
    spec: ComparisonSpec, task: PreparedTask, is_wanted: Callable[[], bool]
) -> StepTimes:
    """Trains a few steps of every contender and throws them away.

    Args:
        spec: The comparison with everything filled in.
        task: Its data.
        is_wanted: Asked before every step; once it says no, what is known so far comes back.
    """
    found: dict[str, float] = {}
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
                found[contender.name] = float(np.median(seconds))
    except (MachineError, SpecError) as error:
        return StepTimes(found, str(error))
    except TrainingFailed as failure:
        return StepTimes(found, f"{failure.reason}. {failure.remedy}.")
    return StepTimes(found)


def _step_times(trainer: Trainer, tensors: TaskTensors, is_wanted: Callable[[], bool]) -> Floats:
    clock = StepClock(tensors.device)
    started = time.perf_counter()
    steps = 0
    with trainer.turn():
        while steps < _MOST_STEPS and is_wanted() and not trainer.epoch_is_over:
            if steps > _WARM_UP and time.perf_counter() - started > _SECONDS:
                break
            clock.start()
            trainer.step()
            clock.stop()
            steps += 1
    return clock.take()

"""How long untrained networks take to answer: a job for the compute thread; imports torch."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles
from studio.core.examples import PreparedTask
from studio.core.spec import ContenderSpec, MachineSpec
from studio.nn.devices import choose_threads, device_for, use_threads
from studio.nn.serving import Server
from studio.nn.trainer import TaskTensors
from studio.runs.kernels import wait_for_kernels

_WARM_UP = 3


@dataclass(frozen=True)
class AnswerTimes:
    """Seconds by contender name, one for each answer, taken in turns.

    Attributes:
        wall: By the clock, (answers,).
        processor: Of all threads, (answers,).
    """

    wall: Mapping[str, Doubles]
    processor: Mapping[str, Doubles]


def time_answers(
    task: PreparedTask,
    contenders: tuple[ContenderSpec, ...],
    machine: MachineSpec,
    batch_size: int,
    rounds: int,
) -> AnswerTimes:
    """Lets every contender answer the same batch in turns, ABBA.

    Raises:
        MachineError: The engine that was asked for cannot serve.
    """
    device = device_for(machine)
    use_threads(choose_threads(machine.threads))
    if machine.engine == "fused":
        wait_for_kernels(cells={contender.cell for contender in contenders})
    batch = TaskTensors(task, device).training.in_order(batch_size).take()
    server = Server(machine, device)
    networks = {each.name: server.network(each, task.preparation) for each in contenders}
    for network in networks.values():
        network.eval().requires_grad_(requires_grad=False)
    wall: dict[str, list[float]] = {name: [] for name in networks}
    processor: dict[str, list[float]] = {name: [] for name in networks}
    for number in range(_WARM_UP + rounds):
        order = list(networks) if number % 2 == 0 else list(reversed(networks))
        for name in order:
            began, worked = time.perf_counter(), time.process_time()
            networks[name](batch.inputs, batch.lengths)
            if number >= _WARM_UP:
                wall[name].append(time.perf_counter() - began)
                processor[name].append(time.process_time() - worked)
    return AnswerTimes(_arrays(wall), _arrays(processor))


def _arrays(times: Mapping[str, list[float]]) -> dict[str, Doubles]:
    return {name: np.array(each, dtype=np.float64) for name, each in times.items()}

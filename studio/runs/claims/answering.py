"""How long untrained networks take to answer: a job for the compute thread; imports torch."""

import time

import numpy as np

from studio.core.examples import PreparedTask
from studio.core.spec import ContenderSpec, MachineSpec
from studio.nn.devices import choose_threads, device_for, use_threads
from studio.nn.serving import Server
from studio.nn.task_tensors import TaskTensors
from studio.runs.claims.segments import AnswerTimes
from studio.runs.kernels import wait_for_kernels
from studio.runs.schedule import turn_order

_WARM_UP = 3


def time_answers(  # noqa: PLR0913, PLR0917 - what an answer hangs on
    task: PreparedTask,
    contenders: tuple[ContenderSpec, ...],
    machine: MachineSpec,
    batch_size: int,
    rounds: int,
    alive: list[object],
) -> AnswerTimes:
    """Lets a fresh network of every contender answer the same batch in turns, ABBA.

    Args:
        task: What is answered.
        contenders: Whose networks answer.
        machine: Where.
        batch_size: Sequences of an answer.
        rounds: Answers of each.
        alive: Takes networks and batch, so that those of the next segment lie elsewhere in memory.

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
    alive.append((networks, batch))
    seconds = np.zeros((2, len(networks), _WARM_UP + rounds))
    names = list(networks)
    for number in range(_WARM_UP + rounds):
        for name in turn_order(names, number):
            began, worked = time.perf_counter(), time.process_time()
            networks[name](batch.inputs, batch.lengths)
            spent = time.perf_counter() - began, time.process_time() - worked
            seconds[:, names.index(name), number] = spent
    wall, processor = (dict(zip(names, each, strict=True)) for each in seconds[:, :, _WARM_UP:])
    return AnswerTimes(wall, processor)

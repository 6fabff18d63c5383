"""Inference latency of untrained networks, a job for the compute thread; imports torch."""

import time

import numpy as np

from studio.claims.laboratory.latency_times import Latencies
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_threads, device_for, use_threads
from studio.nn.networks.network_builder import NetworkBuilder
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.execution.turn_order import turn_order

_WARM_UP = 3


def measure_latencies(  # noqa: PLR0913, PLR0917 - what latency depends on
    task: PreparedTask,
    contenders: tuple[ContenderSpec, ...],
    machine: MachineSpec,
    batch_size: int,
    rounds: int,
    alive: list[object],
) -> Latencies:
    """Times a fresh network of every contender on the same batch in turns, ABBA.

    Args:
        task: The prepared task.
        contenders: The contenders.
        machine: Device, engine and threads.
        batch_size: Sequences in the batch.
        rounds: Forward passes of each contender.
        alive: Keeps networks and batch alive, so that the next segment uses other memory addresses.

    Raises:
        MachineError: The requested engine is not available.
    """
    device = device_for(machine)
    use_threads(choose_threads(machine.threads))
    if machine.engine == "fused":
        wait_for_kernels(cells={contender.cell for contender in contenders})
    batch = TaskTensors(task, device).training.in_order(batch_size).take()
    builder = NetworkBuilder(machine, device)
    networks = {
        contender.name: builder.network(contender, task.preprocessing) for contender in contenders
    }
    for network in networks.values():
        network.eval().requires_grad_(requires_grad=False)
    alive.append((networks, batch))
    seconds = np.zeros((2, len(networks), _WARM_UP + rounds))
    names = list(networks)
    for number in range(_WARM_UP + rounds):
        for name in turn_order(names, number):
            wall_start, processor_start = time.perf_counter(), time.process_time()
            networks[name](batch.inputs, batch.lengths)
            elapsed = time.perf_counter() - wall_start, time.process_time() - processor_start
            seconds[:, names.index(name), number] = elapsed
    wall, processor = (dict(zip(names, times, strict=True)) for times in seconds[:, :, _WARM_UP:])
    return Latencies(wall, processor)

"""What this machine offers, asked on the compute thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.spec import MachineSpec
from studio.runs.compute import Compute


@dataclass(frozen=True)
class Machine:
    """What there is to compute with.

    Attributes:
        environment: Versions, processor, threads, allocator by name, as in a session.
        cuda: Names of the CUDA devices, or why there is none.
        engines: Names of the engines that are there.
    """

    environment: Mapping[str, str]
    cuda: str
    engines: tuple[str, ...]


def describe_machine(wanted: MachineSpec, compute: Compute) -> Machine:
    """What serves these wishes.

    Raises:
        MachineError: CUDA was asked for and is not there.
        SpecError: The device that serves has not the precision that was asked for.
    """

    def job() -> Machine:
        from studio.nn.devices import (  # noqa: PLC0415 - imports torch
            cuda_devices,
            device_for,
            environment,
            why_no_cuda,
        )
        from studio.nn.engine import ENGINES  # noqa: PLC0415 - likewise

        device = device_for(wanted)
        engines = tuple(engine.name for engine in ENGINES.values())
        return Machine(
            environment(wanted, device),
            ", ".join(cuda_devices()) or f"none, {why_no_cuda()}",
            engines,
        )

    return compute.submit(job).result()

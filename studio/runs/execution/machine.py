"""Devices, engines and versions of this machine, detected on the compute thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.specs.comparison_spec import MachineSpec
from studio.runs.execution.compute import Compute


@dataclass(frozen=True)
class Machine:
    """Devices, engines and versions.

    Attributes:
        environment: Versions, CPU, threads and allocator by name, as in a session.
        cuda: Names of the CUDA devices, or why there is none.
        engines: Names of the available engines.
    """

    environment: Mapping[str, str]
    cuda: str
    engines: tuple[str, ...]


def describe_machine(settings: MachineSpec, compute: Compute) -> Machine:
    """Describes this machine for these settings.

    Raises:
        MachineError: CUDA was requested and is not available.
        SpecError: The device does not support the requested precision.
    """

    def job() -> Machine:
        from studio.nn.engines.devices import (
            cuda_devices,
            device_for,
            environment,
            why_no_cuda,
        )
        from studio.nn.engines.engine_selection import ENGINES

        device = device_for(settings)
        engines = tuple(engine.name for engine in ENGINES.values())
        return Machine(
            environment(settings, device),
            ", ".join(cuda_devices()) or f"none, {why_no_cuda()}",
            engines,
        )

    return compute.submit(job).result()

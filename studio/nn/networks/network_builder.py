"""Builds networks for the requested device and engine, and records what is used."""

import torch

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import ExecutionInfo
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec
from studio.core.system import allocator
from studio.nn.engines.devices import choose_device, choose_threads
from studio.nn.engines.engine_selection import choose_engine, fallback_reason
from studio.nn.networks.network import Network, build_network, recurrent_config


class NetworkBuilder:
    """Builds networks on a device with the engine that is available."""

    def __init__(self, machine: MachineSpec, device: torch.device) -> None:
        self._machine = machine
        self._device = device

    def network(self, spec: ContenderSpec, preprocessing: Preprocessing) -> Network:
        """A new network on the device.

        Raises:
            MachineError: The requested engine is not available.
        """
        config = recurrent_config(spec, preprocessing.input_size)
        engine = choose_engine(self._machine.engine, config, self._device)
        return build_network(spec, preprocessing, engine).to(self._device)

    def execution(self, spec: ContenderSpec, preprocessing: Preprocessing) -> ExecutionInfo:
        """What this contender is computed with."""
        config = recurrent_config(spec, preprocessing.input_size)
        engine = choose_engine(self._machine.engine, config, self._device)
        _, why_cpu = choose_device(self._machine.device)
        notes = (
            why_cpu if self._machine.device == "auto" else "",
            fallback_reason(self._machine.engine, config, self._device),
        )
        return ExecutionInfo(
            engine=engine.name,
            device=self._device.type,
            threads=choose_threads(self._machine.threads),
            allocator=allocator.describe(),
            note="; ".join(note for note in notes if note),
        )

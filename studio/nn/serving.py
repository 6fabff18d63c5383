"""From what was asked for to what serves: device, engine, threads."""

import torch

from studio.core import allocator
from studio.core.events import Served
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec, MachineSpec
from studio.nn.devices import choose_device, choose_threads
from studio.nn.engine import choose_engine, why_not_first
from studio.nn.network import Network, build_network, layers_request


class Server:
    """Builds networks on a device with the engine that serves."""

    def __init__(self, machine: MachineSpec, device: torch.device) -> None:
        self._machine = machine
        self._device = device

    def network(self, spec: ContenderSpec, preparation: Preparation) -> Network:
        """A fresh network on the device.

        Raises:
            MachineError: The engine that was asked for cannot serve.
        """
        request = layers_request(spec, preparation.input_size)
        engine = choose_engine(self._machine.engine, request, self._device)
        return build_network(spec, preparation, engine).to(self._device)

    def served(self, spec: ContenderSpec, preparation: Preparation) -> Served:
        """Names what serves this contender."""
        request = layers_request(spec, preparation.input_size)
        engine = choose_engine(self._machine.engine, request, self._device)
        _, on_cpu = choose_device(self._machine.device)
        notes = (
            on_cpu if self._machine.device == "auto" else "",
            why_not_first(self._machine.engine, request, self._device),
        )
        return Served(
            engine=engine.name,
            device=self._device.type,
            threads=choose_threads(self._machine.threads),
            allocator=allocator.describe(),
            note="; ".join(note for note in notes if note),
            unequal=engine.unequal(self._device),
        )

"""Engines: what computes the recurrent layers. torch.nn is one; others join the table below."""

from typing import Protocol

import torch

from studio.core.cells import CELLS, STANDARD_CELLS
from studio.core.errors import MachineError
from studio.nn.coupled import CoupledLayers
from studio.nn.fused.engine import FusedEngine
from studio.nn.layers import (
    LayersRequest,
    RecurrentLayers,
    States,
    TorchLayers,
    layer_weights,
    run_layer,
    stock_module,
)

__all__ = [
    "ENGINES",
    "Engine",
    "LayersRequest",
    "RecurrentLayers",
    "States",
    "TorchEngine",
    "TorchLayers",
    "choose_engine",
    "layer_weights",
    "run_layer",
    "stock_module",
    "why_not_first",
]


class Engine(Protocol):
    """Something that builds recurrent layers."""

    name: str

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        """Why it cannot serve this request, or ""."""
        ...

    def unequal(self, device: torch.device) -> str:
        """What it does not do alike for all cells on this device, a sentence, or ""."""
        ...

    def build(self, request: LayersRequest) -> RecurrentLayers:
        """Fresh layers, weights drawn from torch's generator as torch.nn draws them."""
        ...


class TorchEngine:
    """torch.nn: oneDNN or plain operations on the CPU, cuDNN on CUDA."""

    name = "torch.nn"

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        """Never refuses."""
        del request, device
        return ""

    def unequal(self, device: torch.device) -> str:
        """On the CPU only the LSTM has a fused kernel."""
        if device.type != "cpu":
            return ""
        return (
            "On the CPU torch.nn runs the LSTM in a fused kernel, the other cells in chains of "
            "small operations: their times compare kernels as much as cells."
        )

    def build(self, request: LayersRequest) -> RecurrentLayers:
        """See Engine."""
        return CoupledLayers(request) if request.cell == "coupled-lstm" else TorchLayers(request)


class StandardFused(FusedEngine):
    """The fused engine, which has kernels of the standard cells alone."""

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        """Why it cannot serve a request, or ""; waits for kernels that are being compiled."""
        if request.cell not in STANDARD_CELLS:
            return f"the fused engine has no kernels of the {CELLS[request.cell].label}"
        return super().refusal(request, device)


ENGINES: dict[str, Engine] = {"fused": StandardFused(), "torch": TorchEngine()}
"""By the name used in specs; the order is that of preference for "auto"."""


def choose_engine(wanted: str, request: LayersRequest, device: torch.device) -> Engine:
    """The engine that was asked for, or for "auto" the first that serves.

    Raises:
        MachineError: The engine that was asked for cannot serve.
    """
    if wanted != "auto":
        refusal = ENGINES[wanted].refusal(request, device)
        if refusal:
            raise MachineError(f"the engine {wanted} cannot serve: {refusal}")
        return ENGINES[wanted]
    return next(engine for engine in ENGINES.values() if not engine.refusal(request, device))


def why_not_first(wanted: str, request: LayersRequest, device: torch.device) -> str:
    """Why "auto" does not take the engine that it prefers on the CPU, or ""."""
    if wanted != "auto" or device.type != "cpu":
        return ""
    chosen, first = choose_engine(wanted, request, device), next(iter(ENGINES.values()))
    if chosen is first:
        return ""
    return f"{chosen.name} computes the layers: {first.refusal(request, device)}"

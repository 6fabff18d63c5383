"""Engines, the implementations of layers, and the choice among them."""

from typing import Protocol

import torch

from studio.core.cells import CELLS, STANDARD_CELLS
from studio.core.errors import MachineError
from studio.nn.engines.cifg import CifgLayers
from studio.nn.engines.fused_layers import FusedEngine
from studio.nn.engines.plugin_layers import plugin_layers
from studio.nn.engines.recurrent_layers import (
    RecurrentConfig,
    RecurrentLayers,
    States,
    TorchLayers,
    layer_weights,
    run_layer,
    stock_module,
)
from studio.nn.engines.sequence_layers import SequenceLayers
from studio.nn.engines.tcn import ConvolutionalLayers

__all__ = [
    "ENGINES",
    "Engine",
    "RecurrentConfig",
    "RecurrentLayers",
    "SequenceLayers",
    "States",
    "TorchEngine",
    "TorchLayers",
    "choose_engine",
    "fallback_reason",
    "layer_weights",
    "run_layer",
    "stock_module",
]


class Engine(Protocol):
    """Something that builds recurrent or convolutional layers."""

    name: str

    def refusal(self, config: RecurrentConfig, device: torch.device) -> str:
        """Why it cannot run these layers, a clause, or ""."""
        ...

    def build(self, config: RecurrentConfig) -> SequenceLayers:
        """New layers, initialised from torch's generator as torch.nn does."""
        ...


class TorchEngine:
    """torch.nn: oneDNN or plain operations on the CPU, cuDNN on CUDA."""

    name = "torch.nn"

    def refusal(self, config: RecurrentConfig, device: torch.device) -> str:
        """Never refuses."""
        del config, device
        return ""

    def build(self, config: RecurrentConfig) -> SequenceLayers:
        """See Engine.

        Raises:
            MachineError: The cell's package is not installed, or its layers cannot be built.
        """
        if config.cell not in CELLS.own:
            return plugin_layers(config)
        if config.cell == "tcn":
            return ConvolutionalLayers(config)
        return CifgLayers(config) if config.cell == "coupled-lstm" else TorchLayers(config)


class StandardFused(FusedEngine):
    """The fused engine, which has kernels for the standard cells only."""

    def refusal(self, config: RecurrentConfig, device: torch.device) -> str:
        """See Engine; waits for kernels that are being compiled."""
        if config.cell not in STANDARD_CELLS:
            return f"the fused engine has no kernels for the {CELLS[config.cell].label}"
        return super().refusal(config, device)


ENGINES: dict[str, Engine] = {"fused": StandardFused(), "torch": TorchEngine()}
"""By the name used in specs; the order is that of preference for "auto"."""


def choose_engine(wanted: str, config: RecurrentConfig, device: torch.device) -> Engine:
    """The requested engine, or for "auto" the first one that can run these layers.

    Raises:
        MachineError: The requested engine cannot run them.
    """
    if wanted != "auto":
        refusal = ENGINES[wanted].refusal(config, device)
        if refusal:
            raise MachineError(
                f"the engine {wanted} is not available: {refusal}",
                remedy="Choose the engine auto or torch",
            )
        return ENGINES[wanted]
    return next(engine for engine in ENGINES.values() if not engine.refusal(config, device))


def fallback_reason(wanted: str, config: RecurrentConfig, device: torch.device) -> str:
    """Why "auto" does not use its preferred engine on the CPU, a clause, or ""."""
    if wanted != "auto" or device.type != "cpu":
        return ""
    chosen, first = choose_engine(wanted, config, device), next(iter(ENGINES.values()))
    if chosen is first:
        return ""
    return f"{chosen.name} is used: {first.refusal(config, device)}"

"""Layers of cells that installed packages add."""

from importlib import import_module

from studio.core.cells import CELLS
from studio.core.errors import MachineError
from studio.core.plugins import problem_of
from studio.nn.engines.recurrent_config import RecurrentConfig
from studio.nn.engines.sequence_layers import SequenceLayers


def plugin_layers(config: RecurrentConfig) -> SequenceLayers:
    """New layers of a package's cell, initialised from torch's generator.

    Raises:
        MachineError: The package is not installed, or cannot build the layers.
    """
    cell, plugin = CELLS[config.cell], CELLS.plugin(config.cell)
    if plugin is None or not cell.is_installed:
        raise MachineError(
            f"the cell {config.cell} is not installed",
            remedy="Install the package that provides it, if you trust it",
        )
    module, _, function = cell.layers.partition(":")
    try:
        layers = getattr(import_module(module), function)(config)
    except Exception as error:
        raise MachineError(
            f"the package {plugin.origin} cannot build the layers of {cell.label}: "
            f"{problem_of(error)}",
            remedy="Report this to its author, or leave the contender out",
        ) from error
    if not isinstance(layers, SequenceLayers):
        raise MachineError(
            f"{cell.layers} of the package {plugin.origin} gives no layers",
            remedy="Report this to its author, or leave the contender out",
        )
    return layers

"""Weights in the layout of the kernels, packed once per step."""

import torch
from torch import Tensor

from studio.nn.engines.fused.buffers import (
    Layer,
    LayerSizes,
    LayerTensors,
    kernel_arguments,
    size_arguments,
)


def pack(layer: Layer, sizes: LayerSizes, weights: LayerTensors) -> tuple[Tensor, int]:
    """Packed weights for the forward pass, and their floats per direction."""
    cell, lanes = layer.cell, sizes.lanes
    of_block = sizes.unit_blocks * lanes * len(cell.torch_h) + sizes.inputs * len(cell.torch_x)
    stride = sizes.unit_blocks * (of_block + cell.blocks) * lanes
    return _run("pack", layer, sizes, weights, stride, sizes.unit_blocks), stride


def pack_back(
    layer: Layer, sizes: LayerSizes, weights: LayerTensors, *, inputs: bool
) -> tuple[Tensor, int]:
    """Packed weights for the backward pass, and their floats per direction.

    inputs says whether the gradient of the inputs is needed.
    """
    cell, lanes = layer.cell, sizes.lanes
    blocks = sizes.unit_blocks + (sizes.input_blocks if inputs else 0)
    stride = sizes.unit_blocks * lanes * lanes * len(cell.torch_h) * blocks
    return _run("pack_back", layer, sizes, weights, stride, blocks), stride


def _run(  # noqa: PLR0913, PLR0917 - the arguments of a kernel
    kernel: str, layer: Layer, sizes: LayerSizes, weights: LayerTensors, stride: int, blocks: int
) -> Tensor:
    packed = torch.empty(sizes.directions * stride)
    job = kernel_arguments(
        ITEMS=sizes.directions * blocks,
        SHARDS=blocks,
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        **size_arguments(sizes),
        **weights.fields(),
    )
    layer.library.run(kernel, job, layer.threads_for(weights))
    return packed

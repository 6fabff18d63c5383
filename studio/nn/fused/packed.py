"""Weights packed for the kernels, once a step."""

import torch
from torch import Tensor

from studio.nn.fused.buffers import Layer, Sizes, Weights, job_of, of_sizes


def pack(layer: Layer, sizes: Sizes, weights: Weights) -> tuple[Tensor, int]:
    """For the forward pass, and the floats of a direction."""
    cell, lanes = layer.cell, sizes.lanes
    of_block = sizes.unit_blocks * lanes * len(cell.torch_h) + sizes.inputs * len(cell.torch_x)
    stride = sizes.unit_blocks * (of_block + cell.blocks) * lanes
    return _run("pack", layer, sizes, weights, stride, sizes.unit_blocks), stride


def pack_back(layer: Layer, sizes: Sizes, weights: Weights, *, inputs: bool) -> tuple[Tensor, int]:
    """For the backward pass, those of the inputs only where asked for; floats of a direction."""
    cell, lanes = layer.cell, sizes.lanes
    blocks = sizes.unit_blocks + (sizes.input_blocks if inputs else 0)
    stride = sizes.unit_blocks * lanes * lanes * len(cell.torch_h) * blocks
    return _run("pack_back", layer, sizes, weights, stride, blocks), stride


def _run(  # noqa: PLR0913, PLR0917 - what a kernel is told
    kernel: str, layer: Layer, sizes: Sizes, weights: Weights, stride: int, blocks: int
) -> Tensor:
    packed = torch.empty(sizes.directions * stride)
    job = job_of(
        ITEMS=sizes.directions * blocks,
        SHARDS=blocks,
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        **of_sizes(sizes),
        **weights.fields(),
    )
    layer.library.run(kernel, job, layer.threads_for(weights))
    return packed

"""The forward pass of a layer: buffers, and the job for its kernel."""

import math

import torch
from torch import Tensor

from studio.nn.engines.fused.buffers import (
    Layer,
    LayerSizes,
    LayerTensors,
    States,
    address_of,
    kernel_arguments,
    row_arguments,
    size_arguments,
)  # fmt: skip
from studio.nn.engines.fused.huge_pages import empty
from studio.nn.engines.fused.kernel_names import PANEL_GAP
from studio.nn.engines.fused.pack_weights import pack

MOST_ROWS = 64  # examples of a work item, so that their states stay in the cache


def run_forward(  # noqa: PLR0913, PLR0917 - the inputs of a layer
    layer: Layer,
    sizes: LayerSizes,
    inputs: Tensor,
    lengths: Tensor | None,
    before: States,
    weights: LayerTensors,
    *,
    keep: bool,
) -> tuple[Tensor, States, Tensor | None]:
    """Outputs (batch, time, directions x hidden), final states, and saved values."""
    cell = layer.cell
    outputs = empty(sizes.batch, sizes.steps, sizes.directions * sizes.units)
    last = States(
        torch.empty_like(before.h), None if before.c is None else torch.empty_like(before.c)
    )
    kept = None
    if keep:
        kept = empty(sizes.directions, sizes.steps, sizes.batch, cell.kept, sizes.units)
    packed, stride = pack(layer, sizes, weights)
    shards = sizes.shards(layer.threads, MOST_ROWS)
    scratch_stride = _scratch_stride(layer, sizes, math.ceil(sizes.batch / shards))
    scratch = torch.empty(sizes.directions * shards * scratch_stride)
    job = kernel_arguments(
        ITEMS=sizes.directions * shards,
        SHARDS=shards,
        SCRATCH=scratch.data_ptr(),
        SCRATCH_STRIDE=scratch_stride,
        LENGTHS=address_of(lengths),
        H0=before.h.data_ptr(),
        C0=address_of(before.c),
        HN=last.h.data_ptr(),
        CN=address_of(last.c),
        KEPT=address_of(kept) if cell.kept else 0,
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        **size_arguments(sizes),
        **row_arguments("X", inputs),
        **row_arguments("OUT", outputs),
    )
    layer.library.run("forward", job, layer.threads)
    return outputs, last, kept


def _scratch_stride(layer: Layer, sizes: LayerSizes, rows: int) -> int:
    """Floats of a shard: current and next states, tables of addresses, and unsaved values."""
    of_row = 2 * sizes.unit_blocks * sizes.lanes + 4 + layer.cell.kept * sizes.units
    stride = rows * of_row + 2 * sizes.unit_blocks * PANEL_GAP
    return stride + -stride % 16

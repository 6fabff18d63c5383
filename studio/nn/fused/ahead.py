"""The forward pass of a layer: buffers, and the job of its kernel."""

import math

import torch
from torch import Tensor

from studio.nn.fused.buffers import (
    Layer,
    Sizes,
    States,
    Weights,
    address_of,
    job_of,
    of_sizes,
    rows_of,
)  # fmt: skip
from studio.nn.fused.kernel_names import PANEL_GAP
from studio.nn.fused.packed import pack
from studio.nn.fused.pages import empty

MOST_ROWS = 64  # examples of a piece: their states stay in the cache


def run_forward(  # noqa: PLR0913, PLR0917 - what a layer reads
    layer: Layer,
    sizes: Sizes,
    inputs: Tensor,
    lengths: Tensor | None,
    before: States,
    weights: Weights,
    *,
    keep: bool,
) -> tuple[Tensor, States, Tensor | None]:
    """The outputs (batch, time, directions x hidden), the last states, and what was kept."""
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
    job = job_of(
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
        **of_sizes(sizes),
        **rows_of("X", inputs),
        **rows_of("OUT", outputs),
    )
    layer.library.run("forward", job, layer.threads)
    return outputs, last, kept


def _scratch_stride(layer: Layer, sizes: Sizes, rows: int) -> int:
    """Floats of a shard: states now and next in panels, tables of addresses, what is not kept."""
    of_row = 2 * sizes.unit_blocks * sizes.lanes + 4 + layer.cell.kept * sizes.units
    stride = rows * of_row + 2 * sizes.unit_blocks * PANEL_GAP
    return stride + -stride % 16

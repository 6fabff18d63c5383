"""Conversion of weights to the layout of the micro-kernels, and of gradients to torch.nn's."""

from collections.abc import Callable

from numba import njit

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernel_arguments import FIELDS
from studio.nn.engines.fused.kernels.kernel_common import (
    FLOAT,
    HIDDEN,
    INPUT_SIZE,
    OPTIONS,
    PACKED,
    PACKED_STRIDE,
    SHARDS,
    SUMS,
    SUMS_STRIDE,
    each_item,
)  # fmt: skip
from studio.nn.engines.fused.tiles.pointers import floats
from studio.nn.engines.fused.tiles.vectors import Target

W_IH, W_HH, B_IH, B_HH = (FIELDS[name] for name in ("W_IH", "W_HH", "B_IH", "B_HH"))
DW_IH, DW_HH, DB_IH, DB_HH = W_IH, W_HH, B_IH, B_HH  # destinations of the gradients


def packing_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Creates the kernel that packs the weights for the forward pass.

    The packed weights of a direction are, for each unit block, W_hh as (hidden', reads_h, L), W_ih
    as (inputs, reads_x, L) and the biases as (blocks, L), added where a block reads both h and x.
    Here hidden' is hidden rounded up to a multiple of L, and reads_h and reads_x are the numbers of
    pre-activation blocks that read h and x. Padding is zero.

    A work item is one unit block of one direction; SHARDS is the number of unit blocks.
    """
    lanes, blocks, first_x = target.lanes, cell.blocks, cell.first_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)
    torch_h, torch_x = cell.torch_h, cell.torch_x

    @njit(**OPTIONS)
    def pack_weights(to, weights, first, columns, padded, units, width, read, torch_row):
        """Copies L rows of torch block torch_row to to[column, read, lane], zero where padded."""
        for lane in range(lanes):
            unit = first + lane
            for column in range(padded):
                value = floats(weights)[0] * 0
                if unit < units and column < columns:
                    value = floats(weights)[(torch_row * units + unit) * columns + column]
                floats(to)[(column * width + read) * lanes + lane] = value

    @njit(**OPTIONS)
    def pack_biases(job, direction, to, first):
        units = job[HIDDEN]
        sums = floats(to)
        for block in range(blocks):
            for lane in range(lanes):
                unit = first + lane
                sums[block * lanes + lane] = 0
                if unit < units and block < reads_h:
                    b_hh = floats(job[B_HH + direction])
                    sums[block * lanes + lane] += b_hh[torch_h[block] * units + unit]
                if unit < units and block >= first_x:
                    b_ih = floats(job[B_IH + direction])
                    sums[block * lanes + lane] += b_ih[torch_x[block - first_x] * units + unit]

    @njit(**OPTIONS)
    def pack(job, item):
        units, inputs, unit_blocks = job[HIDDEN], job[INPUT_SIZE], job[SHARDS]
        direction, block = item // unit_blocks, item % unit_blocks
        h_size, x_size = unit_blocks * lanes * reads_h * lanes, inputs * reads_x * lanes
        offset = block * (h_size + x_size + blocks * lanes)
        to = job[PACKED] + FLOAT * (direction * job[PACKED_STRIDE] + offset)
        for read in range(reads_h):
            pack_weights(to, job[W_HH + direction], block * lanes, units, unit_blocks * lanes,
                         units, reads_h, read, torch_h[read])  # fmt: skip
        for read in range(reads_x):
            pack_weights(to + FLOAT * h_size, job[W_IH + direction], block * lanes, inputs,
                         inputs, units, reads_x, read, torch_x[read])  # fmt: skip
        pack_biases(job, direction, to + FLOAT * (h_size + x_size), block * lanes)

    return each_item(pack)


def backward_packing_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Creates the kernel that packs the weights for the backward pass.

    The packed weights of a direction are W_hh as (pair of column blocks, reads_h, hidden', 2, L),
    then W_ih as (pair of column blocks, reads_x, hidden', 2, L), where a column block is L columns,
    hidden' is hidden rounded up to a multiple of L and reads_h and reads_x are the numbers of
    pre-activation blocks that read h and x. An unpaired last column block has 1 in place of 2.
    Padding is zero.

    A work item is one column block of one direction; SHARDS is the number of column blocks, of W_hh
    alone if the gradient of the inputs is not needed.
    """
    lanes = target.lanes
    torch_h, torch_x = cell.torch_h, cell.torch_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def pack_columns(start, weights, block, columns, units, unit_blocks, reads, read, torch_row):
        """Packs one column block; the vectors of a pair alternate."""
        blocks, first = (columns + lanes - 1) // lanes, block * lanes
        width = 2 if (block | 1) < blocks else 1
        to = start + FLOAT * (block & ~1) * reads * unit_blocks * lanes * lanes
        source, packed = floats(weights), floats(to)
        for unit in range(unit_blocks * lanes):
            row = (torch_row * units + unit) * columns
            place = ((read * unit_blocks * lanes + unit) * width + (block & 1)) * lanes
            for lane in range(lanes):
                inside = unit < units and first + lane < columns
                packed[place + lane] = source[row + first + lane] if inside else source[0] * 0

    @njit(**OPTIONS)
    def pack_back(job, item):
        units, inputs = job[HIDDEN], job[INPUT_SIZE]
        unit_blocks = (units + lanes - 1) // lanes
        direction, block = item // job[SHARDS], item % job[SHARDS]
        to = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        if block < unit_blocks:
            for read in range(reads_h):
                pack_columns(to, job[W_HH + direction], block, units, units, unit_blocks,
                             reads_h, read, torch_h[read])  # fmt: skip
        else:
            to += FLOAT * unit_blocks * reads_h * unit_blocks * lanes * lanes
            for read in range(reads_x):
                pack_columns(to, job[W_IH + direction], block - unit_blocks, inputs, units,
                             unit_blocks, reads_x, read, torch_x[read])  # fmt: skip

    return each_item(pack_back)


def collect_gradients_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Creates the kernel that adds the weight gradients of all shards.

    The sums of a shard, laid out as in weight_gradients.py, are added in the order of the shards,
    so the result does not depend on which thread computed them. The gradients have the layout of
    torch.nn's weights: (blocks * hidden, columns).

    A work item is one weight block of one direction; SHARDS is the number of shards.
    """
    lanes, first_x = target.lanes, cell.first_x
    torch_h, torch_x = cell.torch_h, cell.torch_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def collect_block(to, columns, stride, units, sums, row_floats, shards, shard_stride):
        """Sets to[unit * stride + column] to the sum over shards of sums[column, unit]."""
        target_floats = floats(to)
        for column in range(columns):
            for unit in range(units):
                unit_offset = (unit // lanes) * lanes + unit % lanes
                total = floats(sums)[column * row_floats + unit_offset]
                for shard in range(1, shards):
                    total += floats(sums + FLOAT * shard * shard_stride)[
                        column * row_floats + unit_offset
                    ]
                target_floats[unit * stride + column] = total

    @njit(**OPTIONS)
    def collect(job, item):
        units, inputs, shards = job[HIDDEN], job[INPUT_SIZE], job[SHARDS]
        direction, read = item // reads_h, item % reads_h
        padded = (units + lanes - 1) // lanes * lanes
        sums = job[SUMS] + FLOAT * direction * shards * job[SUMS_STRIDE]
        x_sums = sums + FLOAT * padded * reads_h * padded
        ones = x_sums + FLOAT * inputs * reads_x * padded
        h_only = ones + FLOAT * reads_x * padded
        block = torch_h[read]
        collect_block(job[DW_HH + direction] + FLOAT * block * units * units, units, units,
                      units, sums + FLOAT * read * padded, reads_h * padded, shards,
                      job[SUMS_STRIDE])  # fmt: skip
        biases = h_only + FLOAT * read * padded
        if read >= first_x:
            biases = ones + FLOAT * (read - first_x) * padded
        collect_block(job[DB_HH + direction] + FLOAT * block * units, 1, 1, units, biases,
                      0, shards, job[SUMS_STRIDE])  # fmt: skip
        block = torch_x[read]
        collect_block(job[DW_IH + direction] + FLOAT * block * units * inputs, inputs, inputs,
                      units, x_sums + FLOAT * read * padded, reads_x * padded, shards,
                      job[SUMS_STRIDE])  # fmt: skip
        collect_block(job[DB_IH + direction] + FLOAT * block * units, 1, 1, units,
                      ones + FLOAT * read * padded, 0, shards, job[SUMS_STRIDE])  # fmt: skip

    return each_item(collect)

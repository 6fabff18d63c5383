"""Weights as the micro-kernels read them, and summed gradients as torch.nn has them."""

from collections.abc import Callable

from numba import njit

from studio.nn.fused.addresses import floats
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.job import FIELDS
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import (
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

W_IH, W_HH, B_IH, B_HH = (FIELDS[name] for name in ("W_IH", "W_HH", "B_IH", "B_HH"))
DW_IH, DW_HH, DB_IH, DB_HH = W_IH, W_HH, B_IH, B_HH  # a collecting job's fields: where to


def packing_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Packs for the forward pass: for each block of units the parts of h, of x, and the biases.

    A part is (column, block, L): a column of the weights for every block that reads it.

    A piece of work is one block of units of one direction; SHARDS is the number of those blocks.
    """
    lanes, blocks, first_x = target.lanes, cell.blocks, cell.first_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)
    torch_h, torch_x = cell.torch_h, cell.torch_x

    @njit(**OPTIONS)
    def pack_weights(to, weights, first, columns, padded, units, width, read, torch_row):
        """Columns of one block's rows: to[(column * width + read) * lanes + lane]."""
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
                    kept = floats(job[B_HH + direction])
                    sums[block * lanes + lane] += kept[torch_h[block] * units + unit]
                if unit < units and block >= first_x:
                    read = floats(job[B_IH + direction])
                    sums[block * lanes + lane] += read[torch_x[block - first_x] * units + unit]

    @njit(**OPTIONS)
    def pack(job, item):
        units, inputs, unit_blocks = job[HIDDEN], job[INPUT_SIZE], job[SHARDS]
        direction, block = item // unit_blocks, item % unit_blocks
        of_h, of_x = unit_blocks * lanes * reads_h * lanes, inputs * reads_x * lanes
        own = block * (of_h + of_x + blocks * lanes)
        to = job[PACKED] + FLOAT * (direction * job[PACKED_STRIDE] + own)
        for read in range(reads_h):
            pack_weights(to, job[W_HH + direction], block * lanes, units, unit_blocks * lanes,
                         units, reads_h, read, torch_h[read])  # fmt: skip
        for read in range(reads_x):
            pack_weights(to + FLOAT * of_h, job[W_IH + direction], block * lanes, inputs,
                         inputs, units, reads_x, read, torch_x[read])  # fmt: skip
        pack_biases(job, direction, to + FLOAT * (of_h + of_x), block * lanes)

    return each_item(pack)


def back_packing_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Packs for the backward pass: (pair of column blocks, block, unit, 2, L) of W_hh, then W_ih.

    A piece of work is one block of columns of one direction; SHARDS is how many there are.
    """
    lanes = target.lanes
    torch_h, torch_x = cell.torch_h, cell.torch_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def pack_columns(start, weights, block, columns, units, unit_blocks, reads, read, torch_row):
        """One block of columns; of a pair the vectors alternate, the last may be alone."""
        blocks, first = (columns + lanes - 1) // lanes, block * lanes
        width = 2 if (block | 1) < blocks else 1
        to = start + FLOAT * (block & ~1) * reads * unit_blocks * lanes * lanes
        given, sums = floats(weights), floats(to)
        for unit in range(unit_blocks * lanes):
            row = (torch_row * units + unit) * columns
            place = ((read * unit_blocks * lanes + unit) * width + (block & 1)) * lanes
            for lane in range(lanes):
                inside = unit < units and first + lane < columns
                sums[place + lane] = given[row + first + lane] if inside else given[0] * 0

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


def collecting_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Adds the shards' sums in their order, laid out as torch.nn has its weights.

    A piece of work is one torch weight block of one direction; SHARDS is the number of shards.
    """
    lanes, first_x = target.lanes, cell.first_x
    torch_h, torch_x = cell.torch_h, cell.torch_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def collect_block(to, columns, stride, units, sums, row_floats, shards, shard_stride):
        """to[unit * stride + column] = the sum over shards of sums[column, unit]."""
        target_floats = floats(to)
        for column in range(columns):
            for unit in range(units):
                panel = (unit // lanes) * lanes + unit % lanes
                total = floats(sums)[column * row_floats + panel]
                for shard in range(1, shards):
                    total += floats(sums + FLOAT * shard * shard_stride)[
                        column * row_floats + panel
                    ]
                target_floats[unit * stride + column] = total

    @njit(**OPTIONS)
    def collect(job, item):
        units, inputs, shards = job[HIDDEN], job[INPUT_SIZE], job[SHARDS]
        direction, read = item // reads_h, item % reads_h
        padded = (units + lanes - 1) // lanes * lanes
        sums = job[SUMS] + FLOAT * direction * shards * job[SUMS_STRIDE]
        of_x = sums + FLOAT * padded * reads_h * padded
        ones = of_x + FLOAT * inputs * reads_x * padded
        alone = ones + FLOAT * reads_x * padded
        block = torch_h[read]
        collect_block(job[DW_HH + direction] + FLOAT * block * units * units, units, units,
                      units, sums + FLOAT * read * padded, reads_h * padded, shards,
                      job[SUMS_STRIDE])  # fmt: skip
        biases = alone + FLOAT * read * padded
        if read >= first_x:
            biases = ones + FLOAT * (read - first_x) * padded
        collect_block(job[DB_HH + direction] + FLOAT * block * units, 1, 1, units, biases,
                      0, shards, job[SUMS_STRIDE])  # fmt: skip
        block = torch_x[read]
        collect_block(job[DW_IH + direction] + FLOAT * block * units * inputs, inputs, inputs,
                      units, of_x + FLOAT * read * padded, reads_x * padded, shards,
                      job[SUMS_STRIDE])  # fmt: skip
        collect_block(job[DB_IH + direction] + FLOAT * block * units, 1, 1, units,
                      ones + FLOAT * read * padded, 0, shards, job[SUMS_STRIDE])  # fmt: skip

    return each_item(collect)

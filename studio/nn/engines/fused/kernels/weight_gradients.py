"""Gradients of all weights, summed over the time steps of a chunk while it is in the cache.

The sums of a shard are (hidden', reads_h, hidden') for W_hh, then (inputs + 1, reads_x, hidden')
for W_ih and the biases, then (1, first_x, hidden') for the biases of blocks that read only h. The
first axis is the column of the weight matrix, hidden' is hidden rounded up to a multiple of L, and
reads_h and reads_x are the numbers of blocks that read h and x.
"""

from typing import Any

from numba import njit

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernels.kernel_common import FLOAT, HIDDEN, INPUT_SIZE, OPTIONS
from studio.nn.engines.fused.tiles.gather_tiles import gather_step
from studio.nn.engines.fused.tiles.vectors import Target

_WIDEST = 3  # panels at once: twelve sums and their operands fill 16 registers


def make_accumulate_block(target: Target) -> Any:
    """Creates the function that computes sums += Aᵀ @ B for the next one to three panels of B.

    Returns:
        accumulate_block(panels, args): Processes as many of the remaining panels as fit in
        registers and returns their number. The tuple args is in the order of `GATHER`.
    """
    accumulate_three, accumulate_two, accumulate_one = (gather_step(n, target) for n in (3, 2, 1))

    @njit(**OPTIONS)
    def accumulate_block(panels, args):
        # four panels are processed as two and two, not three and one
        if panels >= _WIDEST and panels != _WIDEST + 1:
            accumulate_three(args)
            return 3
        if panels > 1:
            accumulate_two(args)
            return 2
        accumulate_one(args)
        return 1

    return accumulate_block


def make_accumulate_all(target: Target, accumulate_block: Any) -> Any:
    """Creates the function that computes sums += Aᵀ @ B for any number of panels of B.

    Args:
        target: Processor for which the function is compiled.
        accumulate_block: Function created by `make_accumulate_block`.

    Returns:
        accumulate_all(rows, sums, panels, left, left_row, right, right_panel, length): The sums are
        (rows, panels * L), A is (length, rows) with left_row floats between rows, and B is panels
        of (length, L).
    """
    lanes = target.lanes

    @njit(**OPTIONS)
    def accumulate_all(rows, sums, panels, left, left_row, right, right_panel, length):
        done = 0
        while done < panels:
            block_sums = sums + FLOAT * done * lanes
            block_right = right + FLOAT * done * right_panel
            done += accumulate_block(
                panels - done,
                (
                    rows,
                    block_sums,
                    panels * lanes,
                    left,
                    left_row,
                    block_right,
                    right_panel,
                    length,
                ),
            )

    return accumulate_all


def make_accumulate_states(cell: FusedCell, target: Target, accumulate_block: Any) -> Any:
    """Creates the function that sums the gradient of W_hh.

    Args:
        cell: Recurrent cell.
        target: Processor for which the function is compiled.
        accumulate_block: Function created by `make_accumulate_block`.

    Returns:
        accumulate_states(sums, unit_blocks, h_panels, block_panels, panel, length): Adds the
        products of states, panels of (length, L), and pre-activation gradients, panels of
        (length, L), to sums, (hidden', reads_h, hidden').
    """
    lanes, reads_h = target.lanes, len(cell.torch_h)

    @njit(**OPTIONS)
    def accumulate_states(sums, unit_blocks, h_panels, block_panels, panel, length):
        panels, done = reads_h * unit_blocks, 0
        while done < panels:
            width, right = 0, block_panels + FLOAT * done * panel
            for block in range(unit_blocks):  # innermost, so that the gradients stay in the cache
                block_sums = sums + FLOAT * (block * lanes * panels + done) * lanes
                left = h_panels + FLOAT * block * panel
                width = accumulate_block(
                    panels - done,
                    (lanes, block_sums, panels * lanes, left, lanes, right, panel, length),
                )
            done += width

    return accumulate_states


def make_accumulate_chunk(cell: FusedCell, target: Target) -> Any:
    """Creates the function that adds the weight gradients of a chunk to a shard's sums.

    Returns:
        accumulate_chunk(job, sums, slot, rows, length, h_panels, inputs, block_panels, panel): Adds
        the gradients of `length` rows, from row slot * rows on, of the states h_panels (unit_blocks
        panels), the inputs with a one (inputs + 1 columns) and the pre-activation gradients
        block_panels (blocks * unit_blocks panels).
    """
    lanes, first_x = target.lanes, cell.first_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)
    accumulate_block = make_accumulate_block(target)
    accumulate_all = make_accumulate_all(target, accumulate_block)
    accumulate_states = make_accumulate_states(cell, target, accumulate_block)

    @njit(**OPTIONS)
    def accumulate_chunk(job, sums, slot, rows, length, h_panels, inputs, block_panels, panel):
        size, units = job[INPUT_SIZE], job[HIDDEN]
        unit_blocks = (units + lanes - 1) // lanes
        offset = FLOAT * slot * rows * lanes
        accumulate_states(
            sums, unit_blocks, h_panels + offset, block_panels + offset, panel, length
        )
        x_sums = sums + FLOAT * unit_blocks * lanes * reads_h * unit_blocks * lanes
        left = inputs + FLOAT * slot * rows * (size + 1)
        right = block_panels + FLOAT * first_x * unit_blocks * panel + offset
        accumulate_all(
            size + 1, x_sums, reads_x * unit_blocks, left, size + 1, right, panel, length
        )
        if first_x:
            x_sums += FLOAT * (size + 1) * reads_x * unit_blocks * lanes
            ones = left + FLOAT * size
            right = block_panels + offset
            accumulate_all(1, x_sums, first_x * unit_blocks, ones, size + 1, right, panel, length)

    return accumulate_chunk

"""The gradients of all weights, summed over the steps of a chunk while it is in the cache."""

from typing import Any

from numba import njit

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.gather_tiles import gather_step
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import FLOAT, HIDDEN, INPUT_SIZE, OPTIONS

_WIDEST = 3  # panels at once: twelve sums and their factors fill 16 registers


def gathering_block(target: Target) -> Any:
    """Makes the function that sums over some panels of the right side, and says over how many."""
    gather_three, gather_two, gather_one = (gather_step(n, target) for n in (3, 2, 1))

    @njit(**OPTIONS)
    def gather_block(panels, given):
        """As many of the panels that are left as go together; four go as two and two."""
        if panels >= _WIDEST and panels != _WIDEST + 1:
            gather_three(given)
            return 3
        if panels > 1:
            gather_two(given)
            return 2
        gather_one(given)
        return 1

    return gather_block


def gathering_all(target: Target, gather_block: Any) -> Any:
    """Makes the function for a left side of any width."""
    lanes = target.lanes

    @njit(**OPTIONS)
    def gather_all(rows, sums, panels, left, left_row, right, right_panel, length):
        """Sums for every panel of the right side."""
        done = 0
        while done < panels:
            own, given = sums + FLOAT * done * lanes, right + FLOAT * done * right_panel
            done += gather_block(
                panels - done,
                (rows, own, panels * lanes, left, left_row, given, right_panel, length),
            )

    return gather_all


def gathering_states(cell: FusedCell, target: Target, gather_block: Any) -> Any:
    """Makes the function for a left side of states."""
    lanes, reads_h = target.lanes, len(cell.torch_h)

    @njit(**OPTIONS)
    def gather_states(sums, unit_blocks, h_panels, block_panels, panel, length):
        """Sums for the weights that read h; the panels of gradients stay in the cache."""
        panels, done = reads_h * unit_blocks, 0
        while done < panels:
            width, given = 0, block_panels + FLOAT * done * panel
            for block in range(unit_blocks):
                own = sums + FLOAT * (block * lanes * panels + done) * lanes
                left = h_panels + FLOAT * block * panel
                width = gather_block(
                    panels - done,
                    (lanes, own, panels * lanes, left, lanes, given, panel, length),
                )
            done += width

    return gather_states


def gathering_chunk(cell: FusedCell, target: Target) -> Any:
    """Makes the function for a whole chunk."""
    lanes, first_x = target.lanes, cell.first_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)
    gather_block = gathering_block(target)
    gather_all = gathering_all(target, gather_block)
    gather_states = gathering_states(cell, target, gather_block)

    @njit(**OPTIONS)
    def gather_chunk(job, sums, slot, rows, length, h_panels, inputs, block_panels, panel):
        """Adds what the steps of a chunk give to the gradients of all weights."""
        size, units = job[INPUT_SIZE], job[HIDDEN]
        unit_blocks = (units + lanes - 1) // lanes
        offset = FLOAT * slot * rows * lanes
        gather_states(sums, unit_blocks, h_panels + offset, block_panels + offset, panel, length)
        own = sums + FLOAT * unit_blocks * lanes * reads_h * unit_blocks * lanes
        read = inputs + FLOAT * slot * rows * (size + 1)
        given = block_panels + FLOAT * first_x * unit_blocks * panel + offset
        gather_all(size + 1, own, reads_x * unit_blocks, read, size + 1, given, panel, length)
        if first_x:
            own += FLOAT * (size + 1) * reads_x * unit_blocks * lanes
            ones = read + FLOAT * size
            given = block_panels + offset
            gather_all(1, own, first_x * unit_blocks, ones, size + 1, given, panel, length)

    return gather_chunk

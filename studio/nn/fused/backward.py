"""The backward pass of one layer: back through time in chunks, gathering the weights' gradients.

What is gathered of a chunk is still in the processor's cache. See walking.py for jobs and pieces.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

from studio.nn.fused.addresses import floats, integers
from studio.nn.fused.backward_tiles import backward_step
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.chunks import adding_last, filling_chunk, find_rows
from studio.nn.fused.gathering import gathering_chunk
from studio.nn.fused.kernel_names import PANEL_GAP
from studio.nn.fused.passing import giving_back, passing_inputs
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import (
    BATCH,
    C0,
    CHUNK,
    DC0,
    DCN,
    DH0,
    DSTATES,
    DX,
    FLOAT,
    HIDDEN,
    KEPT,
    LONG,
    OPTIONS,
    PACKED,
    PACKED_STRIDE,
    PIECES,
    SCRATCH,
    SCRATCH_STRIDE,
    SHARDS,
    STEPS,
    SUMS,
    SUMS_STRIDE,
    each_item,
)  # fmt: skip


def stepping_units(cell: FusedCell, target: Target) -> Any:
    """Makes the function of one step back for all units."""
    step_back, step_back_one = backward_step(cell, 2, target), backward_step(cell, 1, target)
    lanes, reads_h, kept_planes = target.lanes, len(cell.torch_h), cell.kept

    @njit(**OPTIONS)
    def step_units(job, direction, rows, panel, here, now, block_panels, h_panels, carry, tables,
                   kept, c_before, c_row):  # fmt: skip
        """The gradients of all blocks of a step, by pairs of blocks of units."""
        units = job[HIDDEN]
        gradients, states, outputs = tables
        unit_blocks = (units + lanes - 1) // lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        of_block = FLOAT * reads_h * unit_blocks * lanes * lanes
        later = (here + 1) % job[CHUNK]
        block = 0
        while block < unit_blocks:
            unit = block * lanes
            is_pair = block + 1 < unit_blocks
            place = block * panel + here * rows * lanes
            given = (
                rows,
                reads_h * unit_blocks if now < job[STEPS] - 1 else 0,
                panel,
                block_panels + FLOAT * later * rows * lanes,
                weights + block * of_block,
                gradients,
                states if job[DSTATES] else 0,
                outputs,
                unit,
                block_panels + FLOAT * place,
                unit_blocks * panel,
                carry + FLOAT * block * rows * lanes,
                h_panels + FLOAT * place,
                kept + FLOAT * unit,
                kept_planes * units,
                units,
                c_before + FLOAT * unit,
                c_row,
                min(lanes, units - unit - (lanes if is_pair else 0)),
            )
            if is_pair:
                step_back(given)
            else:
                step_back_one(given)
            block += 2 if is_pair else 1

    return step_units


def walking_chunk(cell: FusedCell, target: Target) -> Any:
    """Makes the function of the steps of a chunk."""
    kept_planes, has_c = cell.kept, cell.has_c
    add_last, pass_inputs = adding_last(target), passing_inputs(cell, target)
    step_units = stepping_units(cell, target)

    @njit(**OPTIONS)
    def walk_chunk(job, direction, first, rows, start, end, panel, block_panels, h_panels, carry,
                   zeros, tables_at):  # fmt: skip
        """Steps back from the end of a chunk to its start."""
        batch, units, chunk = job[BATCH], job[HIDDEN], job[CHUNK]
        kept_row = kept_planes * units
        gradients, states = tables_at, tables_at + LONG * rows
        outputs, passed = states + LONG * rows, states + 2 * LONG * rows
        for back in range(end - start):
            now, here = end - 1 - back, chunk - 1 - back
            find_rows(job, direction, first, rows, now, zeros, integers(gradients),
                      integers(states), integers(outputs), integers(passed))  # fmt: skip
            if has_c and job[DCN]:
                add_last(job, direction, first, rows, now, carry)
            kept = job[KEPT] + FLOAT * ((direction * job[STEPS] + now) * batch + first) * kept_row
            c_before, c_row = (
                kept + FLOAT * ((kept_planes - 1) * units - batch * kept_row),
                kept_row,
            )
            if now == 0:
                c_before, c_row = job[C0] + FLOAT * (direction * batch + first) * units, units
            step_units(job, direction, rows, panel, here, now, block_panels, h_panels, carry,
                       (gradients, states, outputs), kept, c_before, c_row)  # fmt: skip
            if job[DX]:
                pass_inputs(job, direction, rows, here, block_panels, panel, passed)

    return walk_chunk


def walking_back(cell: FusedCell, target: Target) -> Any:
    """Makes the function of one piece."""
    lanes, blocks = target.lanes, cell.blocks
    fill_chunk, walk_chunk = filling_chunk(target), walking_chunk(cell, target)
    gather_chunk, give_back = gathering_chunk(cell, target), giving_back(cell, target)

    @njit(**OPTIONS)
    def walk_back(job, direction, first, rows, scratch, sums):
        """All steps of one piece of the batch in one direction, the last first."""
        chunk, unit_blocks = job[CHUNK], (job[HIDDEN] + lanes - 1) // lanes
        panel = chunk * rows * lanes + PANEL_GAP
        block_panels = scratch
        h_panels = block_panels + FLOAT * blocks * unit_blocks * panel
        carry = h_panels + FLOAT * unit_blocks * panel
        zeros = carry + FLOAT * unit_blocks * rows * lanes
        tables = zeros + FLOAT * unit_blocks * lanes
        inputs = tables + 4 * LONG * rows
        for index in range(unit_blocks * (rows + 1) * lanes):  # the carry, then the zeros
            floats(carry)[index] = 0
        end, slot = job[STEPS], 0
        while end > 0:
            start = max(0, end - chunk)
            slot = chunk - (end - start)
            fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs, panel)
            walk_chunk(job, direction, first, rows, start, end, panel, block_panels, h_panels,
                       carry, zeros, tables)  # fmt: skip
            gather_chunk(job, sums, slot, rows, (end - start) * rows, h_panels, inputs,
                         block_panels, panel)  # fmt: skip
            end = start
        if job[DH0] or job[DC0]:
            passed = tables + 3 * LONG * rows
            give_back(job, direction, first, rows, slot, block_panels, panel, carry, passed)

    return walk_back


def backward_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """The backward kernel of a cell."""
    walk_back = walking_back(cell, target)

    @njit(**OPTIONS)
    def walk_shard(job, item):
        """One shard of the batch in one direction, in pieces."""
        direction, shard = item // job[SHARDS], item % job[SHARDS]
        scratch = job[SCRATCH] + FLOAT * item * job[SCRATCH_STRIDE]
        sums = job[SUMS] + FLOAT * item * job[SUMS_STRIDE]
        for index in range(job[SUMS_STRIDE]):
            floats(sums)[index] = 0
        pieces = job[SHARDS] * job[PIECES]
        for piece in range(shard * job[PIECES], (shard + 1) * job[PIECES]):
            first = job[BATCH] * piece // pieces
            rows = job[BATCH] * (piece + 1) // pieces - first
            if rows > 0:
                walk_back(job, direction, first, rows, scratch, sums)

    return each_item(walk_shard)

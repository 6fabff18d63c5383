"""The backward pass of one layer, in chunks of time steps with their weight gradients.

The values of a chunk are still in the CPU cache when its weight gradients are computed. See
kernel_common.py for jobs and work items.

The scratch memory of a work item holds, in this order:

- block_panels: gradients of the pre-activations, blocks * unit_blocks panels of (chunk * rows, L);
- h_panels: states before each time step, unit_blocks panels of (chunk * rows, L);
- carry: gradient passed to the previous time step outside the weights, (unit_blocks, rows, L);
- zeros: (unit_blocks, L), read where an example has no output gradient;
- tables: four tables of `rows` addresses (see `find_rows` in chunks.py);
- inputs: inputs of the chunk's time steps and a one, (chunk * rows, inputs + 1).

A slot is the position of a time step within its chunk. A chunk of fewer time steps occupies the
last slots.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernel_names import PANEL_GAP
from studio.nn.engines.fused.kernels.chunks import find_rows, make_add_last, make_fill_chunk
from studio.nn.engines.fused.kernels.input_gradients import (
    make_write_input_gradients,
    make_write_state_gradients,
)
from studio.nn.engines.fused.kernels.kernel_common import (
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
from studio.nn.engines.fused.kernels.weight_gradients import make_accumulate_chunk
from studio.nn.engines.fused.tiles.backward_tiles import backward_step
from studio.nn.engines.fused.tiles.pointers import floats, integers
from studio.nn.engines.fused.tiles.vectors import Target


def make_step_units(cell: FusedCell, target: Target) -> Any:
    """Creates the function of one backward time step for all units.

    Returns:
        step_units(job, direction, rows, panel, here, now, block_panels, h_panels, carry, tables,
        kept, c_before, c_row): Writes the pre-activation gradients of the step to slot `here` and
        updates carry. The tables are those of output gradients, total gradients of h and outputs;
        kept is the address of the step's saved values, (rows, saved value, hidden), and c_before
        that of c before the step, (rows, hidden) with c_row floats between rows.
    """
    step_back, step_back_one = backward_step(cell, 2, target), backward_step(cell, 1, target)
    lanes, reads_h, kept_planes = target.lanes, len(cell.torch_h), cell.kept

    @njit(**OPTIONS)
    def step_units(job, direction, rows, panel, here, now, block_panels, h_panels, carry, tables,
                   kept, c_before, c_row):  # fmt: skip
        units = job[HIDDEN]
        gradients, states, outputs = tables
        unit_blocks = (units + lanes - 1) // lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        block_bytes = FLOAT * reads_h * unit_blocks * lanes * lanes
        later = (here + 1) % job[CHUNK]
        block = 0
        while block < unit_blocks:
            unit = block * lanes
            is_pair = block + 1 < unit_blocks
            offset = block * panel + here * rows * lanes
            args = (
                rows,
                reads_h * unit_blocks if now < job[STEPS] - 1 else 0,
                panel,
                block_panels + FLOAT * later * rows * lanes,
                weights + block * block_bytes,
                gradients,
                states if job[DSTATES] else 0,
                outputs,
                unit,
                block_panels + FLOAT * offset,
                unit_blocks * panel,
                carry + FLOAT * block * rows * lanes,
                h_panels + FLOAT * offset,
                kept + FLOAT * unit,
                kept_planes * units,
                units,
                c_before + FLOAT * unit,
                c_row,
                min(lanes, units - unit - (lanes if is_pair else 0)),
            )
            if is_pair:
                step_back(args)
            else:
                step_back_one(args)
            block += 2 if is_pair else 1

    return step_units


def make_walk_chunk(cell: FusedCell, target: Target) -> Any:
    """Creates the function of the time steps of a chunk, without the weight gradients.

    Returns:
        walk_chunk(job, direction, first, rows, start, end, panel, block_panels, h_panels, carry,
        zeros, tables_at): Processes time steps end - 1 to start, in this order.
    """
    kept_planes, has_c = cell.kept, cell.has_c
    add_last, write_input_gradients = (
        make_add_last(target),
        make_write_input_gradients(cell, target),
    )
    step_units = make_step_units(cell, target)

    @njit(**OPTIONS)
    def walk_chunk(job, direction, first, rows, start, end, panel, block_panels, h_panels, carry,
                   zeros, tables_at):  # fmt: skip
        batch, units, chunk = job[BATCH], job[HIDDEN], job[CHUNK]
        kept_row = kept_planes * units
        gradients, states = tables_at, tables_at + LONG * rows
        outputs, input_gradients = states + LONG * rows, states + 2 * LONG * rows
        for back in range(end - start):
            now, here = end - 1 - back, chunk - 1 - back
            find_rows(job, direction, first, rows, now, zeros, integers(gradients),
                      integers(states), integers(outputs), integers(input_gradients))  # fmt: skip
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
                write_input_gradients(
                    job, direction, rows, here, block_panels, panel, input_gradients
                )

    return walk_chunk


def make_walk_back(cell: FusedCell, target: Target) -> Any:
    """Creates the function of one piece of the batch in one direction, for all time steps.

    Returns:
        walk_back(job, direction, first, rows, scratch, sums): Adds the piece's weight gradients to
        sums (laid out as in weight_gradients.py) and writes the other gradients requested by the
        job. scratch is the address of the work item's scratch memory.
    """
    lanes, blocks = target.lanes, cell.blocks
    fill_chunk, walk_chunk = make_fill_chunk(target), make_walk_chunk(cell, target)
    accumulate_chunk, write_state_gradients = (
        make_accumulate_chunk(cell, target),
        make_write_state_gradients(cell, target),
    )

    @njit(**OPTIONS)
    def walk_back(job, direction, first, rows, scratch, sums):
        chunk, unit_blocks = job[CHUNK], (job[HIDDEN] + lanes - 1) // lanes
        panel = chunk * rows * lanes + PANEL_GAP
        block_panels = scratch
        h_panels = block_panels + FLOAT * blocks * unit_blocks * panel
        carry = h_panels + FLOAT * unit_blocks * panel
        zeros = carry + FLOAT * unit_blocks * rows * lanes
        tables = zeros + FLOAT * unit_blocks * lanes
        inputs = tables + 4 * LONG * rows
        for index in range(unit_blocks * (rows + 1) * lanes):  # carry and zeros
            floats(carry)[index] = 0
        end, slot = job[STEPS], 0
        while end > 0:
            start = max(0, end - chunk)
            slot = chunk - (end - start)
            fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs, panel)
            walk_chunk(job, direction, first, rows, start, end, panel, block_panels, h_panels,
                       carry, zeros, tables)  # fmt: skip
            accumulate_chunk(job, sums, slot, rows, (end - start) * rows, h_panels, inputs,
                         block_panels, panel)  # fmt: skip
            end = start
        if job[DH0] or job[DC0]:
            table = tables + 3 * LONG * rows
            write_state_gradients(
                job, direction, first, rows, slot, block_panels, panel, carry, table
            )

    return walk_back


def backward_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Creates the backward kernel of a cell.

    A work item is one shard of the batch in one direction, processed in PIECES parts. Each shard
    has its own sums of the weight gradients.
    """
    walk_back = make_walk_back(cell, target)

    @njit(**OPTIONS)
    def walk_shard(job, item):
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

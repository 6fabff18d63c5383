"""The forward pass of one layer: loops over time steps, examples and unit blocks."""

from collections.abc import Callable
from typing import Any

from numba import njit

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernel_names import PANEL_GAP
from studio.nn.engines.fused.kernels.kernel_common import (
    BATCH,
    C0,
    CN,
    FLOAT,
    H0,
    HIDDEN,
    HN,
    INPUT_SIZE,
    KEPT,
    LENGTHS,
    LONG,
    OPTIONS,
    OUT,
    OUT_ROW,
    OUT_TIME,
    PACKED,
    PACKED_STRIDE,
    SCRATCH,
    SCRATCH_STRIDE,
    SHARDS,
    STEPS,
    X_ROW,
    X_TIME,
    X,
    each_item,
    length_of,
    place_of,
)  # fmt: skip
from studio.nn.engines.fused.tiles.forward_tiles import forward_step
from studio.nn.engines.fused.tiles.pointers import floats, integers
from studio.nn.engines.fused.tiles.vectors import Target


@njit(**OPTIONS)
def to_panels(target, panel, rows, lanes, units, source):
    """Copies a (rows, units) matrix into panels of (rows, lanes), padded with zeros.

    Args:
        target: Address of the first panel.
        panel: Floats between panels.
        rows: Rows of the matrix.
        lanes: Columns of a panel.
        units: Columns of the matrix.
        source: Address of the matrix, stored row by row.
    """
    destination, source_floats = floats(target), floats(source)
    for block in range((units + lanes - 1) // lanes):
        for row in range(rows):
            for lane in range(lanes):
                unit = block * lanes + lane
                value = source_floats[row * units + unit] if unit < units else source_floats[0] * 0
                destination[block * panel + row * lanes + lane] = value


@njit(**OPTIONS)
def find_rows(job, direction, first, rows, now, inputs, outputs):
    """Fills the address tables of a time step.

    Args:
        job: Fields of the job.
        direction: 0 for forward, 1 for reverse.
        first: First example.
        rows: Number of examples.
        now: Time step in the order of the direction.
        inputs: Table for the address of each row of x, (rows,) int64.
        outputs: Table for the address of each row of the outputs, (rows,) int64.
    """
    for row in range(rows):
        example = first + row
        place = place_of(direction, now, length_of(job, example))
        inputs[row] = job[X] + FLOAT * (example * job[X_ROW] + place * job[X_TIME])
        outputs[row] = job[OUT] + FLOAT * (
            example * job[OUT_ROW] + place * job[OUT_TIME] + direction * job[HIDDEN]
        )


def make_keep_last(cell: FusedCell) -> Any:
    """Creates the function that stores the final states of examples that end at a time step.

    Returns:
        keep_last(job, direction, first, rows, now, outputs, cells, cells_row): Copies h from the
        addresses in outputs, (rows,), and c from the matrix at the address cells, (rows, hidden)
        with cells_row floats between rows, to HN and CN.
    """
    has_c = cell.has_c

    @njit(**OPTIONS)
    def keep_last(job, direction, first, rows, now, outputs, cells, cells_row):
        units = job[HIDDEN]
        for row in range(rows):
            example = first + row
            if now != length_of(job, example) - 1:
                continue
            offset = (direction * job[BATCH] + example) * units
            destination, source_floats = floats(job[HN]), floats(outputs[row])
            for unit in range(units):
                destination[offset + unit] = source_floats[unit]
            if has_c:
                destination, source_floats = (
                    floats(job[CN]),
                    floats(cells + FLOAT * row * cells_row),
                )
                for unit in range(units):
                    destination[offset + unit] = source_floats[unit]

    return keep_last


def make_walk_units(cell: FusedCell, target: Target) -> Any:
    """Creates the function of one time step for all units.

    Returns:
        walk_units(job, rows, panel, h_now, h_next, inputs_at, outputs_at, weights, kept, c_before,
        c_row): Reads the state from the panels at h_now and writes the new one to those at h_next,
        each unit_blocks panels of (rows, L). The other addresses are those of the tables of x and
        outputs, the direction's packed weights, the saved values (rows, saved value, hidden) and
        c, (rows, hidden) with c_row floats between rows.
    """
    step, lanes, blocks, kept_planes = (
        forward_step(cell, target),
        target.lanes,
        cell.blocks,
        cell.kept,
    )
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def walk_units(job, rows, panel, h_now, h_next, inputs_at, outputs_at, weights, kept,
                   c_before, c_row):  # fmt: skip
        units = job[HIDDEN]
        unit_blocks = (units + lanes - 1) // lanes
        biases = (unit_blocks * lanes * reads_h + job[INPUT_SIZE] * reads_x) * lanes
        packed = biases + blocks * lanes
        for block in range(unit_blocks):
            unit = block * lanes
            block_weights = weights + FLOAT * block * packed
            step(
                (
                    rows,
                    unit_blocks,
                    panel,
                    h_now,
                    inputs_at,
                    job[INPUT_SIZE],
                    block_weights,
                    block_weights + FLOAT * biases,
                    outputs_at,
                    unit,
                    h_now + FLOAT * block * panel,
                    h_next + FLOAT * block * panel,
                    kept + FLOAT * unit,
                    kept_planes * units,
                    units,
                    c_before + FLOAT * unit,
                    c_row,
                    min(lanes, units - unit),
                )
            )

    return walk_units


def forward_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Creates the forward kernel of a cell.

    A work item is one shard of the batch in one direction, for all time steps. Its scratch memory
    holds the current and next state, two address tables and, if KEPT is 0, the values of one step.
    """
    lanes, kept_planes = target.lanes, cell.kept
    keep_last, walk_units = make_keep_last(cell), make_walk_units(cell, target)

    @njit(**OPTIONS)
    def walk(job, item):
        shards, batch, units = job[SHARDS], job[BATCH], job[HIDDEN]
        direction, shard = item // shards, item % shards
        first = batch * shard // shards
        rows = batch * (shard + 1) // shards - first
        unit_blocks = (units + lanes - 1) // lanes
        panel = rows * lanes + PANEL_GAP
        h_now = job[SCRATCH] + FLOAT * item * job[SCRATCH_STRIDE]
        h_next = h_now + FLOAT * unit_blocks * panel
        inputs_at = h_next + FLOAT * unit_blocks * panel
        outputs_at = inputs_at + LONG * rows
        unsaved = outputs_at + LONG * rows
        inputs, outputs = integers(inputs_at), integers(outputs_at)
        start = (direction * batch + first) * units
        to_panels(h_now, panel, rows, lanes, units, job[H0] + FLOAT * start)
        c_before, c_row = job[C0] + FLOAT * start, units
        kept_row = kept_planes * units
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        for now in range(job[STEPS]):
            find_rows(job, direction, first, rows, now, inputs, outputs)
            kept = unsaved
            if job[KEPT]:
                kept_step = (direction * job[STEPS] + now) * batch + first
                kept = job[KEPT] + FLOAT * kept_step * kept_row
            walk_units(job, rows, panel, h_now, h_next, inputs_at, outputs_at, weights, kept,
                       c_before, c_row)  # fmt: skip
            c_before, c_row = kept + FLOAT * (kept_planes - 1) * units, kept_row
            if job[LENGTHS] or now == job[STEPS] - 1:
                keep_last(job, direction, first, rows, now, outputs, c_before, c_row)
            h_now, h_next = h_next, h_now

    return each_item(walk)

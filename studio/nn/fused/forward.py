"""The forward pass of one layer: loops over time, examples and blocks of units."""

from collections.abc import Callable
from typing import Any

from numba import njit

from studio.nn.fused.addresses import floats, integers
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.forward_tiles import forward_step
from studio.nn.fused.kernel_names import PANEL_GAP
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import (
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


@njit(**OPTIONS)
def to_panels(target, panel, rows, lanes, units, source):
    """Copies (rows, units) into panels of (rows, lanes), zero behind the last unit."""
    to, given = floats(target), floats(source)
    for block in range((units + lanes - 1) // lanes):
        for row in range(rows):
            for lane in range(lanes):
                unit = block * lanes + lane
                value = given[row * units + unit] if unit < units else given[0] * 0
                to[block * panel + row * lanes + lane] = value


@njit(**OPTIONS)
def find_rows(job, direction, first, rows, now, inputs, outputs):
    """Fills the tables of addresses of a step."""
    for row in range(rows):
        example = first + row
        place = place_of(direction, now, length_of(job, example))
        inputs[row] = job[X] + FLOAT * (example * job[X_ROW] + place * job[X_TIME])
        outputs[row] = job[OUT] + FLOAT * (
            example * job[OUT_ROW] + place * job[OUT_TIME] + direction * job[HIDDEN]
        )


def keeping_last(cell: FusedCell) -> Any:
    """Makes the function that keeps the last states."""
    has_c = cell.has_c

    @njit(**OPTIONS)
    def keep_last(job, direction, first, rows, now, outputs, cells, cells_row):
        """Copies the last states of the examples whose last step this is."""
        units = job[HIDDEN]
        for row in range(rows):
            example = first + row
            if now != length_of(job, example) - 1:
                continue
            offset = (direction * job[BATCH] + example) * units
            to, given = floats(job[HN]), floats(outputs[row])
            for unit in range(units):
                to[offset + unit] = given[unit]
            if has_c:
                to, given = floats(job[CN]), floats(cells + FLOAT * row * cells_row)
                for unit in range(units):
                    to[offset + unit] = given[unit]

    return keep_last


def walking_units(cell: FusedCell, target: Target) -> Any:
    """Makes the function of one step."""
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
        """One step of all blocks of units."""
        units = job[HIDDEN]
        unit_blocks = (units + lanes - 1) // lanes
        biases = (unit_blocks * lanes * reads_h + job[INPUT_SIZE] * reads_x) * lanes
        packed = biases + blocks * lanes
        for block in range(unit_blocks):
            unit = block * lanes
            own = weights + FLOAT * block * packed
            step(
                (
                    rows,
                    unit_blocks,
                    panel,
                    h_now,
                    inputs_at,
                    job[INPUT_SIZE],
                    own,
                    own + FLOAT * biases,
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
    """The forward kernel of a cell."""
    lanes, kept_planes = target.lanes, cell.kept
    keep_last, walk_units = keeping_last(cell), walking_units(cell, target)

    @njit(**OPTIONS)
    def walk(job, item):
        """All steps of one shard of the batch in one direction."""
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
        spare = outputs_at + LONG * rows
        inputs, outputs = integers(inputs_at), integers(outputs_at)
        start = (direction * batch + first) * units
        to_panels(h_now, panel, rows, lanes, units, job[H0] + FLOAT * start)
        c_before, c_row = job[C0] + FLOAT * start, units
        kept_row = kept_planes * units
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        for now in range(job[STEPS]):
            find_rows(job, direction, first, rows, now, inputs, outputs)
            kept = spare
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

"""The forward pass of one layer: loops over time, examples and blocks of units.

A kernel takes the address of a job (see job.py) and works off its pieces until none is left, in as
many threads at once as there may be: what a piece gives does not depend on who computes it.
"""

from collections.abc import Callable

from numba import njit

from studio.nn.fused.addresses import floats, integers, take
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.job import FIELDS
from studio.nn.fused.tiles import forward_step
from studio.nn.fused.vectors import Target

FLOAT, LONG = 4, 8
BATCH, C0, CN = FIELDS["BATCH"], FIELDS["C0"], FIELDS["CN"]
COUNTER, H0, HIDDEN, HN = FIELDS["COUNTER"], FIELDS["H0"], FIELDS["HIDDEN"], FIELDS["HN"]
INPUT_SIZE, ITEMS, KEPT = FIELDS["INPUT_SIZE"], FIELDS["ITEMS"], FIELDS["KEPT"]
LENGTHS, OUT, OUT_ROW, OUT_TIME = (FIELDS[n] for n in ("LENGTHS", "OUT", "OUT_ROW", "OUT_TIME"))
PACKED, PACKED_STRIDE = FIELDS["PACKED"], FIELDS["PACKED_STRIDE"]
SCRATCH, SCRATCH_STRIDE = FIELDS["SCRATCH"], FIELDS["SCRATCH_STRIDE"]
SHARDS, STEPS = FIELDS["SHARDS"], FIELDS["STEPS"]
X, X_ROW, X_TIME = FIELDS["X"], FIELDS["X_ROW"], FIELDS["X_TIME"]
OPTIONS = {"error_model": "numpy", "boundscheck": False, "nogil": True}


@njit(**OPTIONS)
def length_of(job, example):
    """Valid steps of an example."""
    return integers(job[LENGTHS])[example] if job[LENGTHS] else job[STEPS]


@njit(**OPTIONS)
def place_of(direction, step, length):
    """Where in the sequence a step of a direction stands; the reverse one leaves padding alone."""
    if direction == 0 or step >= length:
        return step
    return length - 1 - step


@njit(**OPTIONS)
def to_panels(target, rows, lanes, units, source):
    """Copies (rows, units) into panels (blocks, rows, lanes), zero behind the last unit."""
    to, given = floats(target), floats(source)
    for block in range((units + lanes - 1) // lanes):
        for row in range(rows):
            for lane in range(lanes):
                unit = block * lanes + lane
                value = given[row * units + unit] if unit < units else given[0] * 0
                to[(block * rows + row) * lanes + lane] = value


def forward_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """The forward kernel of a cell."""
    step = forward_step(cell, target)
    lanes = target.lanes
    reads_h, reads_x, blocks, kept_planes = (
        len(cell.torch_h),
        len(cell.torch_x),
        cell.blocks,
        cell.kept,
    )
    has_c = cell.has_c

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

    @njit(**OPTIONS)
    def walk(job, item):
        """All steps of one shard of the batch in one direction."""
        shards, batch, units = job[SHARDS], job[BATCH], job[HIDDEN]
        direction, shard = item // shards, item % shards
        first = batch * shard // shards
        rows = batch * (shard + 1) // shards - first
        unit_blocks = (units + lanes - 1) // lanes
        panel = rows * lanes
        h_now = job[SCRATCH] + FLOAT * item * job[SCRATCH_STRIDE]
        h_next = h_now + FLOAT * unit_blocks * panel
        inputs_at = h_next + FLOAT * unit_blocks * panel
        outputs_at = inputs_at + LONG * rows
        spare = outputs_at + LONG * rows
        inputs, outputs = integers(inputs_at), integers(outputs_at)
        start = (direction * batch + first) * units
        to_panels(h_now, rows, lanes, units, job[H0] + FLOAT * start)
        c_before, c_row = job[C0] + FLOAT * start, units
        kept_row = kept_planes * units
        packed = (unit_blocks * lanes * reads_h + job[INPUT_SIZE] * reads_x + blocks) * lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        biases = (unit_blocks * lanes * reads_h + job[INPUT_SIZE] * reads_x) * lanes
        for now in range(job[STEPS]):
            find_rows(job, direction, first, rows, now, inputs, outputs)
            kept = spare
            if job[KEPT]:
                kept_step = (direction * job[STEPS] + now) * batch + first
                kept = job[KEPT] + FLOAT * kept_step * kept_row
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
                        kept_row,
                        units,
                        c_before + FLOAT * unit,
                        c_row,
                        min(lanes, units - unit),
                    )
                )
            c_before, c_row = kept + FLOAT * (kept_planes - 1) * units, kept_row
            if job[LENGTHS] or now == job[STEPS] - 1:
                keep_last(job, direction, first, rows, now, outputs, c_before, c_row)
            h_now, h_next = h_next, h_now

    def forward(job):
        while True:
            item = take(job[COUNTER])
            if item >= job[ITEMS]:
                return
            walk(job, item)

    return forward

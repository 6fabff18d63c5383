"""The backward pass of one layer: back through time in chunks, gathering the weights' gradients.

What is gathered of a chunk is still in the processor's cache. See forward.py for jobs and pieces.
"""

from collections.abc import Callable

from numba import njit

from studio.nn.fused.addresses import floats, integers, take
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.forward import (
    BATCH,
    C0,
    COUNTER,
    FLOAT,
    H0,
    HIDDEN,
    INPUT_SIZE,
    ITEMS,
    KEPT,
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
    length_of,
    place_of,
)
from studio.nn.fused.job import FIELDS
from studio.nn.fused.tiles import backward_step, gather_step, product_step
from studio.nn.fused.vectors import Target

CHUNK, MOST_ROWS, PIECES = FIELDS["CHUNK"], FIELDS["MOST_ROWS"], FIELDS["PIECES"]
DCN, DC0, DHN, DH0 = FIELDS["DCN"], FIELDS["DC0"], FIELDS["DHN"], FIELDS["DH0"]
DOUT, DOUT_ROW, DOUT_TIME = FIELDS["DOUT"], FIELDS["DOUT_ROW"], FIELDS["DOUT_TIME"]
DSTATES, DX = FIELDS["DSTATES"], FIELDS["DX"]
SUMS, SUMS_STRIDE = FIELDS["SUMS"], FIELDS["SUMS_STRIDE"]


def backward_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """The backward kernel of a cell."""
    step_back, step_back_one = backward_step(cell, 2, target), backward_step(cell, 1, target)
    multiply_two, multiply_one = product_step(2, target), product_step(1, target)
    # three times four sums and their factors fill 16 registers: LLVM then spills some
    wide = 3 if len(cell.torch_h) == 3 and target.registers > 16 else 2  # noqa: PLR2004
    gather_wide, gather_one = gather_step(wide, target), gather_step(1, target)
    lanes, blocks, first_x = target.lanes, cell.blocks, cell.first_x
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)
    kept_planes, has_c, carries_h = cell.kept, cell.has_c, cell.carries_h

    @njit(**OPTIONS)
    def fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs, chunk_rows):
        """Copies the states before the steps of a chunk and their inputs, with a one behind."""
        units, size = job[HIDDEN], job[INPUT_SIZE]
        to, read = floats(h_panels), floats(inputs)
        for now in range(start, end):
            for row in range(rows):
                example = first + row
                length = length_of(job, example)
                index = (slot + now - start) * rows + row
                before = job[H0] + FLOAT * (direction * job[BATCH] + example) * units
                if now > 0:
                    place = place_of(direction, now - 1, length)
                    before = job[OUT] + FLOAT * (
                        example * job[OUT_ROW] + place * job[OUT_TIME] + direction * units
                    )
                given = floats(before)
                for block in range(units // lanes):
                    for lane in range(lanes):
                        to[(block * chunk_rows + index) * lanes + lane] = given[
                            block * lanes + lane
                        ]
                if units % lanes:
                    block = units // lanes
                    for lane in range(lanes):
                        unit = block * lanes + lane
                        value = given[unit] if unit < units else given[0] * 0
                        to[(block * chunk_rows + index) * lanes + lane] = value
                place = place_of(direction, now, length)
                given = floats(job[X] + FLOAT * (example * job[X_ROW] + place * job[X_TIME]))
                for column in range(size):
                    read[index * (size + 1) + column] = given[column]
                read[index * (size + 1) + size] = 1

    @njit(**OPTIONS)
    def find_rows(job, direction, first, rows, now, zeros, gradients, states, outputs, inputs):
        """Fills the tables of addresses of a step."""
        units, batch = job[HIDDEN], job[BATCH]
        for row in range(rows):
            example = first + row
            length = length_of(job, example)
            place = place_of(direction, now, length)
            outputs_at = example * job[OUT_ROW] + place * job[OUT_TIME] + direction * units
            outputs[row] = job[OUT] + FLOAT * outputs_at
            states[row] = job[DSTATES] + FLOAT * outputs_at
            gradients[row] = zeros
            if job[DOUT]:
                gradients[row] = job[DOUT] + FLOAT * (
                    example * job[DOUT_ROW] + place * job[DOUT_TIME] + direction * units
                )
            elif job[DHN] and now == length - 1:
                gradients[row] = job[DHN] + FLOAT * (direction * batch + example) * units
            dx_at = ((direction * batch + example) * job[STEPS] + place) * job[INPUT_SIZE]
            inputs[row] = job[DX] + FLOAT * dx_at

    @njit(**OPTIONS)
    def add_last(job, direction, first, rows, now, carry):
        """Adds the gradient of the last cell states where an example's last step is this."""
        units = job[HIDDEN]
        for row in range(rows):
            example = first + row
            if now != length_of(job, example) - 1:
                continue
            given = floats(job[DCN] + FLOAT * (direction * job[BATCH] + example) * units)
            for unit in range(units):
                index = ((unit // lanes) * rows + row) * lanes + unit % lanes
                floats(carry)[index] += given[unit]

    @njit(**OPTIONS)
    def gather_all(rows, sums, panels, left, left_row, right, right_panel, length):
        """Sums for every panel of the right side."""
        panel = 0
        while panel < panels:
            own, given = sums + FLOAT * panel * lanes, right + FLOAT * panel * right_panel
            if panels - panel >= wide:
                gather_wide((rows, own, panels * lanes, left, left_row, given, right_panel, length))
                panel += wide
            else:
                gather_one((rows, own, panels * lanes, left, left_row, given, right_panel, length))
                panel += 1

    @njit(**OPTIONS)
    def gather_states(sums, unit_blocks, h_panels, block_panels, panel, length):
        """Sums for the weights that read h; the panels of gradients stay in the cache."""
        panels, done = reads_h * unit_blocks, 0
        while done < panels:
            fits = panels - done >= wide
            given = block_panels + FLOAT * done * panel
            for block in range(unit_blocks):
                own = sums + FLOAT * (block * lanes * panels + done) * lanes
                left = h_panels + FLOAT * block * panel
                if fits:
                    gather_wide((lanes, own, panels * lanes, left, lanes, given, panel, length))
                else:
                    gather_one((lanes, own, panels * lanes, left, lanes, given, panel, length))
            done += wide if fits else 1

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

    @njit(**OPTIONS)
    def multiply(rows, panels, panel, left, weights, table, columns):
        """Stores left @ weights row by row; pairs of blocks of columns lie together."""
        block = 0
        while block * lanes < columns:
            own, unit = weights + FLOAT * block * panels * lanes * lanes, block * lanes
            if columns - unit > lanes:
                multiply_two((rows, panels, panel, left, own, table, unit,
                              min(lanes, columns - unit - lanes)))  # fmt: skip
                block += 2
            else:
                multiply_one((rows, panels, panel, left, own, table, unit,
                              min(lanes, columns - unit)))  # fmt: skip
                block += 1

    @njit(**OPTIONS)
    def give_back(job, direction, first, rows, slot, block_panels, panel, carry, table):
        """The gradients of the initial states."""
        units = job[HIDDEN]
        unit_blocks = (units + lanes - 1) // lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        start = (direction * job[BATCH] + first) * units
        if job[DH0]:
            for row in range(rows):
                integers(table)[row] = job[DH0] + FLOAT * (start + row * units)
            left = block_panels + FLOAT * slot * rows * lanes
            multiply(rows, reads_h * unit_blocks, panel, left, weights, table, units)
        for row in range(rows):
            for unit in range(units):
                passed = floats(carry)[((unit // lanes) * rows + row) * lanes + unit % lanes]
                if carries_h and job[DH0]:
                    floats(job[DH0])[start + row * units + unit] += passed
                if has_c and job[DC0]:
                    floats(job[DC0])[start + row * units + unit] = passed

    @njit(**OPTIONS)
    def pass_inputs(job, direction, rows, slot, block_panels, panel, table):
        """The gradient of a step's inputs."""
        units, size = job[HIDDEN], job[INPUT_SIZE]
        unit_blocks = (units + lanes - 1) // lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        weights += FLOAT * unit_blocks * reads_h * unit_blocks * lanes * lanes
        left = block_panels + FLOAT * (first_x * unit_blocks * panel + slot * rows * lanes)
        multiply(rows, reads_x * unit_blocks, panel, left, weights, table, size)

    @njit(**OPTIONS)
    def walk_back(job, direction, first, rows, scratch, sums):
        """All steps of one piece of the batch in one direction, the last first."""
        batch, units, chunk = job[BATCH], job[HIDDEN], job[CHUNK]
        unit_blocks = (units + lanes - 1) // lanes
        panel = chunk * rows * lanes
        block_panels = scratch
        h_panels = block_panels + FLOAT * blocks * unit_blocks * panel
        carry = h_panels + FLOAT * unit_blocks * panel
        zeros = carry + FLOAT * unit_blocks * rows * lanes
        gradients = zeros + FLOAT * unit_blocks * lanes
        states = gradients + LONG * rows
        outputs = states + LONG * rows
        passed = outputs + LONG * rows
        inputs = passed + LONG * rows
        for index in range(unit_blocks * (rows + 1) * lanes):  # the carry, then the zeros
            floats(carry)[index] = 0
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        of_block = FLOAT * reads_h * unit_blocks * lanes * lanes
        kept_row = kept_planes * units
        end, slot = job[STEPS], 0
        while end > 0:
            start = max(0, end - chunk)
            slot = chunk - (end - start)
            fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs,
                       chunk * rows)  # fmt: skip
            for back in range(end - start):
                now, here = end - 1 - back, chunk - 1 - back
                find_rows(job, direction, first, rows, now, zeros, integers(gradients),
                          integers(states), integers(outputs), integers(passed))  # fmt: skip
                if has_c and job[DCN]:
                    add_last(job, direction, first, rows, now, carry)
                kept_step = (direction * job[STEPS] + now) * batch + first
                kept = job[KEPT] + FLOAT * kept_step * kept_row
                c_before, c_row = (
                    kept + FLOAT * ((kept_planes - 1) * units - batch * kept_row),
                    kept_row,
                )
                if now == 0:
                    c_before, c_row = job[C0] + FLOAT * (direction * batch + first) * units, units
                later = (here + 1) % chunk
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
                        kept_row,
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
                if job[DX]:
                    pass_inputs(job, direction, rows, here, block_panels, panel, passed)
            gather_chunk(job, sums, slot, rows, (end - start) * rows, h_panels, inputs,
                         block_panels, panel)  # fmt: skip
            end = start
        if job[DH0] or job[DC0]:
            give_back(job, direction, first, rows, slot, block_panels, panel, carry, passed)

    def backward(job):
        while True:
            item = take(job[COUNTER])
            if item >= job[ITEMS]:
                return
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

    return backward

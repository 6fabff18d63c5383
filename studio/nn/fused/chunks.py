"""What a step back reads, brought together: states and inputs of a chunk, addresses of rows."""

from typing import Any

from numba import njit

from studio.nn.fused.addresses import floats
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import (
    BATCH,
    DCN,
    DHN,
    DOUT,
    DOUT_ROW,
    DOUT_TIME,
    DSTATES,
    DX,
    FLOAT,
    H0,
    HIDDEN,
    INPUT_SIZE,
    OPTIONS,
    OUT,
    OUT_ROW,
    OUT_TIME,
    STEPS,
    X_ROW,
    X_TIME,
    X,
    length_of,
    place_of,
)  # fmt: skip


@njit(**OPTIONS)
def state_before(job, direction, example, now, length):
    """Where the state before a step of an example stands."""
    units = job[HIDDEN]
    if now == 0:
        return job[H0] + FLOAT * (direction * job[BATCH] + example) * units
    place = place_of(direction, now - 1, length)
    return job[OUT] + FLOAT * (example * job[OUT_ROW] + place * job[OUT_TIME] + direction * units)


@njit(**OPTIONS)
def fill_inputs(job, example, place, to):
    """Copies the inputs of a step of an example, with a one behind."""
    size = job[INPUT_SIZE]
    given = floats(job[X] + FLOAT * (example * job[X_ROW] + place * job[X_TIME]))
    for column in range(size):
        floats(to)[column] = given[column]
    floats(to)[size] = 1


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


def filling_chunk(target: Target) -> Any:
    """Makes the function that fills a chunk."""
    lanes = target.lanes

    @njit(**OPTIONS)
    def fill_state(units, source, to, panel):
        """Copies the state of an example into its row of the panels, zero behind the last unit."""
        given = floats(source)
        for block in range(units // lanes):
            for lane in range(lanes):
                floats(to)[block * panel + lane] = given[block * lanes + lane]
        if units % lanes:
            block = units // lanes
            for lane in range(lanes):
                unit = block * lanes + lane
                value = given[unit] if unit < units else given[0] * 0
                floats(to)[block * panel + lane] = value

    @njit(**OPTIONS)
    def fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs, panel):
        """Copies the states before the steps of a chunk and their inputs."""
        for now in range(start, end):
            for row in range(rows):
                example = first + row
                length = length_of(job, example)
                index = (slot + now - start) * rows + row
                before = state_before(job, direction, example, now, length)
                fill_state(job[HIDDEN], before, h_panels + FLOAT * index * lanes, panel)
                place = place_of(direction, now, length)
                fill_inputs(job, example, place, inputs + FLOAT * index * (job[INPUT_SIZE] + 1))

    return fill_chunk


def adding_last(target: Target) -> Any:
    """Makes the function that adds the gradient of the last cell states."""
    lanes = target.lanes

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

    return add_last

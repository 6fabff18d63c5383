"""Inputs of a backward step: states and inputs of a chunk, and addresses of rows."""

from typing import Any

from numba import njit

from studio.nn.engines.fused.kernels.kernel_common import (
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
from studio.nn.engines.fused.tiles.pointers import floats
from studio.nn.engines.fused.tiles.vectors import Target


@njit(**OPTIONS)
def state_before(job, direction, example, now, length):
    """Returns the address of the state of an example before a time step, (hidden,).

    Args:
        job: Fields of the job.
        direction: 0 for forward, 1 for reverse.
        example: Index in the batch.
        now: Time step in the order of the direction.
        length: Number of valid time steps of the example.
    """
    units = job[HIDDEN]
    if now == 0:
        return job[H0] + FLOAT * (direction * job[BATCH] + example) * units
    place = place_of(direction, now - 1, length)
    return job[OUT] + FLOAT * (example * job[OUT_ROW] + place * job[OUT_TIME] + direction * units)


@njit(**OPTIONS)
def fill_inputs(job, example, place, to):
    """Copies the inputs of an example at a position, followed by a one for the biases.

    Args:
        job: Fields of the job.
        example: Index in the batch.
        place: Position in the sequence.
        to: Address of the copy, (inputs + 1,).
    """
    size = job[INPUT_SIZE]
    source_floats = floats(job[X] + FLOAT * (example * job[X_ROW] + place * job[X_TIME]))
    for column in range(size):
        floats(to)[column] = source_floats[column]
    floats(to)[size] = 1


@njit(**OPTIONS)
def find_rows(job, direction, first, rows, now, zeros, gradients, states, outputs, inputs):
    """Fills the address tables of a backward time step, each (rows,) int64.

    Args:
        job: Fields of the job.
        direction: 0 for forward, 1 for reverse.
        first: First example.
        rows: Number of examples.
        now: Time step in the order of the direction.
        zeros: Address of zeros, (hidden,), for examples without an output gradient.
        gradients: Table for the addresses of the output gradients.
        states: Table for the addresses to which the total gradients of h are written.
        outputs: Table for the addresses of the outputs.
        inputs: Table for the addresses to which the input gradients are written.
    """
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


def make_fill_chunk(target: Target) -> Any:
    """Creates the function that copies the states and inputs of a chunk.

    Returns:
        fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs, panel): Copies,
        for time steps start to end - 1, the states before each step to unit_blocks panels of
        (chunk * rows, L) and the inputs and a one to (chunk * rows, inputs + 1). The first step
        goes to the rows from slot * rows on.
    """
    lanes = target.lanes

    @njit(**OPTIONS)
    def fill_state(units, source, to, panel):
        """Copies (units,) to a row of the panels, padded with zeros."""
        source_floats = floats(source)
        for block in range(units // lanes):
            for lane in range(lanes):
                floats(to)[block * panel + lane] = source_floats[block * lanes + lane]
        if units % lanes:
            block = units // lanes
            for lane in range(lanes):
                unit = block * lanes + lane
                value = source_floats[unit] if unit < units else source_floats[0] * 0
                floats(to)[block * panel + lane] = value

    @njit(**OPTIONS)
    def fill_chunk(job, direction, first, rows, start, end, slot, h_panels, inputs, panel):
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


def make_add_last(target: Target) -> Any:
    """Creates the function that adds the gradient of the final cell states.

    Returns:
        add_last(job, direction, first, rows, now, carry): Adds DCN to carry, (unit_blocks, rows,
        L), for the examples whose last valid time step is `now`.
    """
    lanes = target.lanes

    @njit(**OPTIONS)
    def add_last(job, direction, first, rows, now, carry):
        units = job[HIDDEN]
        for row in range(rows):
            example = first + row
            if now != length_of(job, example) - 1:
                continue
            source_floats = floats(job[DCN] + FLOAT * (direction * job[BATCH] + example) * units)
            for unit in range(units):
                index = ((unit // lanes) * rows + row) * lanes + unit % lanes
                floats(carry)[index] += source_floats[unit]

    return add_last

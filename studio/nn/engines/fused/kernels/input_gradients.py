"""Gradients of the inputs and initial states of a layer."""

from typing import Any

from numba import njit

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernels.kernel_common import (
    BATCH,
    DC0,
    DH0,
    FLOAT,
    HIDDEN,
    INPUT_SIZE,
    OPTIONS,
    PACKED,
    PACKED_STRIDE,
)  # fmt: skip
from studio.nn.engines.fused.tiles.backward_tiles import product_step
from studio.nn.engines.fused.tiles.pointers import floats, integers
from studio.nn.engines.fused.tiles.vectors import Target


def make_multiply_gradients(target: Target) -> Any:
    """Creates the function of a matrix product with any number of columns.

    Returns:
        multiply(rows, panels, panel, left, weights, table, columns): Stores left @ weights, with
        left in panels of (rows, L), weights as (pair of column blocks, panel, lane, 2, L) and row r
        of the product, (columns,), at address table[r].
    """
    multiply_two, multiply_one = product_step(2, target), product_step(1, target)
    lanes = target.lanes

    @njit(**OPTIONS)
    def multiply(rows, panels, panel, left, weights, table, columns):
        block = 0
        while block * lanes < columns:
            block_weights, unit = weights + FLOAT * block * panels * lanes * lanes, block * lanes
            if columns - unit > lanes:
                multiply_two((rows, panels, panel, left, block_weights, table, unit,
                              min(lanes, columns - unit - lanes)))  # fmt: skip
                block += 2
            else:
                multiply_one((rows, panels, panel, left, block_weights, table, unit,
                              min(lanes, columns - unit)))  # fmt: skip
                block += 1

    return multiply


def make_write_state_gradients(cell: FusedCell, target: Target) -> Any:
    """Creates the function that writes the gradients of the initial states.

    Returns:
        write_state_gradients(job, direction, first, rows, slot, block_panels, panel, carry, table):
        Writes DH0 and DC0, each (directions, batch, hidden), if requested. It reads the
        pre-activation gradients of the first time step, in rows from slot * rows on of their
        panels, and carry, (unit_blocks, rows, L); table has room for `rows` addresses.
    """
    lanes, reads_h, multiply = target.lanes, len(cell.torch_h), make_multiply_gradients(target)
    has_c, carries_h = cell.has_c, cell.carries_h

    @njit(**OPTIONS)
    def write_state_gradients(job, direction, first, rows, slot, block_panels, panel, carry, table):
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
                carried = floats(carry)[((unit // lanes) * rows + row) * lanes + unit % lanes]
                if carries_h and job[DH0]:
                    floats(job[DH0])[start + row * units + unit] += carried
                if has_c and job[DC0]:
                    floats(job[DC0])[start + row * units + unit] = carried

    return write_state_gradients


def make_write_input_gradients(cell: FusedCell, target: Target) -> Any:
    """Creates the function that writes the input gradients of a time step.

    Returns:
        write_input_gradients(job, direction, rows, slot, block_panels, panel, table): Writes row r
        of the gradient, (inputs,), to address table[r]. It reads the pre-activation gradients of
        the step in rows from slot * rows on of their panels.
    """
    lanes, first_x, multiply = target.lanes, cell.first_x, make_multiply_gradients(target)
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def write_input_gradients(job, direction, rows, slot, block_panels, panel, table):
        units, size = job[HIDDEN], job[INPUT_SIZE]
        unit_blocks = (units + lanes - 1) // lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        weights += FLOAT * unit_blocks * reads_h * unit_blocks * lanes * lanes
        left = block_panels + FLOAT * (first_x * unit_blocks * panel + slot * rows * lanes)
        multiply(rows, reads_x * unit_blocks, panel, left, weights, table, size)

    return write_input_gradients

"""Gradients that leave a layer: of its inputs, and of its initial states."""

from typing import Any

from numba import njit

from studio.nn.fused.addresses import floats, integers
from studio.nn.fused.backward_tiles import product_step
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import (
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


def multiplying(target: Target) -> Any:
    """Makes the function of a product."""
    multiply_two, multiply_one = product_step(2, target), product_step(1, target)
    lanes = target.lanes

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

    return multiply


def giving_back(cell: FusedCell, target: Target) -> Any:
    """Makes the function for the initial states."""
    lanes, reads_h, multiply = target.lanes, len(cell.torch_h), multiplying(target)
    has_c, carries_h = cell.has_c, cell.carries_h

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

    return give_back


def passing_inputs(cell: FusedCell, target: Target) -> Any:
    """Makes the function for the inputs of a step."""
    lanes, first_x, multiply = target.lanes, cell.first_x, multiplying(target)
    reads_h, reads_x = len(cell.torch_h), len(cell.torch_x)

    @njit(**OPTIONS)
    def pass_inputs(job, direction, rows, slot, block_panels, panel, table):
        """The gradient of a step's inputs."""
        units, size = job[HIDDEN], job[INPUT_SIZE]
        unit_blocks = (units + lanes - 1) // lanes
        weights = job[PACKED] + FLOAT * direction * job[PACKED_STRIDE]
        weights += FLOAT * unit_blocks * reads_h * unit_blocks * lanes * lanes
        left = block_panels + FLOAT * (first_x * unit_blocks * panel + slot * rows * lanes)
        multiply(rows, reads_x * unit_blocks, panel, left, weights, table, size)

    return pass_inputs

"""A kernel that is nothing but the micro-kernel, its data in the nearest cache: the peak."""

from collections.abc import Callable

from numba import njit

from studio.nn.fused.cells import FusedCell
from studio.nn.fused.gather_tiles import gather_step
from studio.nn.fused.kernel_names import PEAK_LENGTH, PEAK_PANELS
from studio.nn.fused.vectors import Target
from studio.nn.fused.walking import (
    CHUNK,
    FLOAT,
    OPTIONS,
    PIECES,
    SCRATCH,
    SCRATCH_STRIDE,
    STEPS,
    each_item,
)


def peak_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """STEPS products of (L x length) with (length x panels of L) for each piece of work."""
    del cell
    gather, lanes = gather_step(PEAK_PANELS, target), target.lanes

    @njit(**OPTIONS)
    def work(job, item):
        left = job[SCRATCH] + FLOAT * item * job[SCRATCH_STRIDE]
        right = left + FLOAT * PEAK_LENGTH * lanes
        sums = right + FLOAT * PEAK_PANELS * PEAK_LENGTH * lanes
        length, panels = job[CHUNK], job[PIECES]  # constants would give LLVM another loop
        for _ in range(job[STEPS]):
            gather((lanes, sums, panels * lanes, left, lanes, right, length * lanes, length))

    return each_item(work)

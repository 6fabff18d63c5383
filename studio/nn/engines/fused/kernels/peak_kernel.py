"""A benchmark kernel that measures the peak rate of the micro-kernel on data in the L1 cache."""

from collections.abc import Callable

from numba import njit

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernel_names import PEAK_LENGTH, PEAK_PANELS
from studio.nn.engines.fused.kernels.kernel_common import (
    CHUNK,
    FLOAT,
    OPTIONS,
    PIECES,
    SCRATCH,
    SCRATCH_STRIDE,
    STEPS,
    each_item,
)
from studio.nn.engines.fused.tiles.gather_tiles import gather_step
from studio.nn.engines.fused.tiles.vectors import Target


def peak_kernel(cell: FusedCell, target: Target) -> Callable[..., None]:
    """Creates the benchmark kernel of repeated matrix products.

    A work item computes STEPS products of (L, CHUNK) and (CHUNK, PIECES * L) matrices, that is
    2 * STEPS * CHUNK * PIECES * L² floating-point operations. Its scratch memory holds both
    matrices and the sums; CHUNK is PEAK_LENGTH and PIECES is PEAK_PANELS.

    Args:
        cell: Not used; every kernel factory takes a cell.
        target: Processor for which the kernel is compiled.
    """
    del cell
    multiply_accumulate, lanes = gather_step(PEAK_PANELS, target), target.lanes

    @njit(**OPTIONS)
    def work(job, item):
        left = job[SCRATCH] + FLOAT * item * job[SCRATCH_STRIDE]
        right = left + FLOAT * PEAK_LENGTH * lanes
        sums = right + FLOAT * PEAK_PANELS * PEAK_LENGTH * lanes
        # read at run time: constants would give LLVM a different loop
        length, panels = job[CHUNK], job[PIECES]
        for _ in range(job[STEPS]):
            multiply_accumulate(
                (lanes, sums, panels * lanes, left, lanes, right, length * lanes, length)
            )

    return each_item(work)

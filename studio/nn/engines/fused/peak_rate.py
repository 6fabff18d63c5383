"""The peak rate of the micro-kernel."""

import torch

from studio.nn.engines.fused.buffers import kernel_arguments
from studio.nn.engines.fused.kernel_names import PEAK_LENGTH, PEAK_PANELS
from studio.nn.engines.fused.library import Library


def peak_flops(library: Library, threads: int, repeats: int) -> float:
    """Floating-point operations of `repeats` runs of the micro-kernel in each thread."""
    lanes = library.lanes
    stride = (1 + PEAK_PANELS) * PEAK_LENGTH * lanes + PEAK_PANELS * lanes * lanes
    scratch = torch.zeros(threads * stride)
    job = kernel_arguments(
        ITEMS=threads,
        SCRATCH=scratch.data_ptr(),
        SCRATCH_STRIDE=stride,
        STEPS=repeats,
        CHUNK=PEAK_LENGTH,
        PIECES=PEAK_PANELS,
    )
    library.run("peak", job, threads)
    return 2.0 * lanes * lanes * PEAK_PANELS * PEAK_LENGTH * repeats * threads

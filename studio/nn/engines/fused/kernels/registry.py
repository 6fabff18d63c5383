"""Factories of the kernels, by the names in kernel_names.py."""

from collections.abc import Callable

from studio.nn.engines.fused.cells import FusedCell
from studio.nn.engines.fused.kernels.backward_kernel import backward_kernel
from studio.nn.engines.fused.kernels.forward_kernel import forward_kernel
from studio.nn.engines.fused.kernels.packing_kernels import (
    backward_packing_kernel,
    collect_gradients_kernel,
    packing_kernel,
)
from studio.nn.engines.fused.kernels.peak_kernel import peak_kernel
from studio.nn.engines.fused.tiles.vectors import Target

Kernel = Callable[..., None]
MAKERS: dict[str, Callable[[FusedCell, Target], Kernel]] = {
    "pack": packing_kernel,
    "forward": forward_kernel,
    "pack_back": backward_packing_kernel,
    "backward": backward_kernel,
    "collect": collect_gradients_kernel,
    "peak": peak_kernel,
}

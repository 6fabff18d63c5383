"""All kernels of all cells, by name: what is compiled and what is in the library."""

from collections.abc import Callable, Iterator

from studio.nn.fused.backward import backward_kernel
from studio.nn.fused.cells import FUSED_CELLS, FusedCell
from studio.nn.fused.forward import forward_kernel
from studio.nn.fused.packing import back_packing_kernel, collecting_kernel, packing_kernel
from studio.nn.fused.vectors import Target

Kernel = Callable[..., None]
MAKERS: dict[str, Callable[[FusedCell, Target], Kernel]] = {
    "pack": packing_kernel,
    "forward": forward_kernel,
    "pack_back": back_packing_kernel,
    "backward": backward_kernel,
    "collect": collecting_kernel,
}


def kernels(target: Target) -> Iterator[tuple[str, Kernel]]:
    """Each kernel's name, such as "gru.forward", with its Python function."""
    for cell in FUSED_CELLS.values():
        for name, make in MAKERS.items():
            yield f"{cell.name}.{name}", make(cell, target)

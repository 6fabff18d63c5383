"""How each kernel is made, by the names of kernel_names.py."""

from collections.abc import Callable

from studio.nn.fused.backward import backward_kernel
from studio.nn.fused.cells import FusedCell
from studio.nn.fused.forward import forward_kernel
from studio.nn.fused.packing import back_packing_kernel, collecting_kernel, packing_kernel
from studio.nn.fused.peak import peak_kernel
from studio.nn.fused.vectors import Target

Kernel = Callable[..., None]
MAKERS: dict[str, Callable[[FusedCell, Target], Kernel]] = {
    "pack": packing_kernel,
    "forward": forward_kernel,
    "pack_back": back_packing_kernel,
    "backward": backward_kernel,
    "collect": collecting_kernel,
    "peak": peak_kernel,
}

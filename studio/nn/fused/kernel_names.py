"""Names of a cell's kernels, for those who do not import Numba."""

KERNEL_NAMES = ("pack", "forward", "pack_back", "backward", "collect")

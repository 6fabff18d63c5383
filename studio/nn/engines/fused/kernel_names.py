"""Names and sizes of kernels, without importing Numba."""

KERNEL_NAMES = ("pack", "forward", "pack_back", "backward", "collect")
EXTRA = {"gru": ("peak",)}
"""Kernels in the file of a cell that belong to no cell."""


PANEL_GAP = 16
"""Floats between panels; without a gap, panels would share cache lines at powers of two."""
PEAK_LENGTH, PEAK_PANELS = 120, 3  # with 128 rows, panels would share cache lines too


def names_of(cell: str) -> tuple[str, ...]:
    """All kernels in the file of a cell."""
    return KERNEL_NAMES + EXTRA.get(cell, ())

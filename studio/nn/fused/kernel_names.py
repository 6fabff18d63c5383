"""Names of each cell's kernels, and sizes, for those who do not import Numba."""

KERNEL_NAMES = ("pack", "forward", "pack_back", "backward", "collect")
EXTRA = {"gru": ("peak",)}
"""Kernels that lie in one cell's file although they are no cell's."""


PANEL_GAP = 16
"""Floats between panels: a power of two apart they would fall on the same lines of the cache."""
PEAK_LENGTH, PEAK_PANELS = 120, 3  # panels of 128 rows would do so too


def names_of(cell: str) -> tuple[str, ...]:
    """All kernels in a cell's file."""
    return KERNEL_NAMES + EXTRA.get(cell, ())

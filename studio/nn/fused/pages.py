"""Large buffers in large pages of memory, where the system gives them on request.

What is kept of every step is written and read with a page for each example: with small pages the
processor spends a part of the time on finding them (5 to 9 % of a pass at 128 and 256 units).
"""

import ctypes
import sys
from functools import cache
from typing import Any

import torch
from torch import Tensor

_LARGE_PAGE = 2 << 20
_LEAST = 2 * _LARGE_PAGE
_MADV_HUGEPAGE = 14


def empty(*shape: int) -> Tensor:
    """Like torch.empty; a large one asks for large pages, which changes no number."""
    made = torch.empty(*shape)
    size = made.nbytes
    advise = _madvise() if size >= _LEAST else None
    if advise is not None:
        first = made.data_ptr() + -made.data_ptr() % _LARGE_PAGE
        whole = (made.data_ptr() + size - first) // _LARGE_PAGE * _LARGE_PAGE
        advise(first, whole, _MADV_HUGEPAGE)  # a system without them refuses
    return made


@cache
def _madvise() -> Any:  # noqa: ANN401 - a ctypes function
    if not sys.platform.startswith("linux"):
        return None
    function = getattr(ctypes.CDLL(None), "madvise", None)
    if function is not None:
        function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return function

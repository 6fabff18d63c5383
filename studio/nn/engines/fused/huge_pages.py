"""Large buffers in huge pages, if the system provides them on request.

Values saved at every step are accessed with a page for each example: with small pages the CPU
spends part of the time on address translation (5 to 9 % of a pass at 128 and 256 units).
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
    """Like torch.empty; a large tensor requests huge pages, which changes no result."""
    tensor = torch.empty(*shape)
    size = tensor.nbytes
    advise = _madvise() if size >= _LEAST else None
    if advise is not None:
        first = tensor.data_ptr() + -tensor.data_ptr() % _LARGE_PAGE
        length = (tensor.data_ptr() + size - first) // _LARGE_PAGE * _LARGE_PAGE
        advise(first, length, _MADV_HUGEPAGE)  # fails silently on a system without them
    return tensor


@cache
def _madvise() -> Any:  # noqa: ANN401 - a ctypes function
    if not sys.platform.startswith("linux"):
        return None
    function = getattr(ctypes.CDLL(None), "madvise", None)
    if function is not None:
        function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return function

"""The C library's memory allocator: settings that spare page faults, and what they are now."""

import ctypes
import os
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_THRESHOLDS = {"1 GiB": 1 << 30, "32 MiB": 1 << 25}  # older glibc takes no more than 32 MiB
_STOCK = "stock"
_state = {"settings": _STOCK}


def keep_freed_memory() -> None:
    """Lets glibc keep freed blocks instead of returning them to the system.

    Large work buffers are then not faulted in again at every training step. Does nothing where
    the C library is not glibc, or where the user set MALLOC_ variables of their own.
    """
    own = [name for name in os.environ if name.startswith("MALLOC_")]
    if not sys.platform.startswith("linux") or own:
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for told, size in _THRESHOLDS.items():
        if mallopt(_M_MMAP_THRESHOLD, size) and mallopt(_M_TRIM_THRESHOLD, size):
            _state["settings"] = f"glibc, keeps freed blocks up to {told}"
            return


def describe() -> str:
    """The allocator's settings in words, for every result."""
    own = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("MALLOC_")]
    return ", ".join(sorted(own)) if own else _state["settings"]

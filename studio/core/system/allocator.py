"""The C library's memory allocator: settings that avoid page faults, and the current ones."""

import ctypes
import os
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_THRESHOLDS = {"1 GiB": 1 << 30, "32 MiB": 1 << 25}  # older glibc accepts at most 32 MiB
_STOCK = "stock"
_state = {"settings": _STOCK}


def keep_freed_memory() -> None:
    """Lets glibc keep freed blocks instead of returning them to the system.

    Large work buffers are then not faulted in again at every training step. Does nothing if the C
    library is not glibc, or if the user has set MALLOC_ variables.
    """
    own = [name for name in os.environ if name.startswith("MALLOC_")]
    if not sys.platform.startswith("linux") or own:
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for label, size in _THRESHOLDS.items():
        if mallopt(_M_MMAP_THRESHOLD, size) and mallopt(_M_TRIM_THRESHOLD, size):
            _state["settings"] = f"glibc, keeps freed blocks up to {label}"
            return


def describe() -> str:
    """The allocator's settings, for the record of every result."""
    own = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("MALLOC_")]
    return ", ".join(sorted(own)) if own else _state["settings"]

"""Numba intrinsics for arrays at raw addresses and for a counter shared by threads."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def floats(context: Any, address: Any) -> Any:
    """Views the memory at an integer address as a float32 array, without bounds checks."""
    del context, address
    return types.CPointer(types.float32)(types.intp), _as_pointer


@intrinsic
def integers(context: Any, address: Any) -> Any:
    """Views the memory at an integer address as an int64 array, without bounds checks."""
    del context, address
    return types.CPointer(types.int64)(types.intp), _as_pointer


def _as_pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))


@intrinsic
def take(context: Any, counter: Any) -> Any:
    """Atomically increments the int64 at an address and returns its previous value.

    Every caller gets a different value, but the order of other memory accesses is not guaranteed
    (LLVM's "monotonic").
    """
    del context, counter

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        place = builder.inttoptr(arguments[0], cgutils.intp_t.as_pointer())
        return builder.atomic_rmw("add", place, ir.Constant(cgutils.intp_t, 1), "monotonic")

    return types.intp(types.intp), lower

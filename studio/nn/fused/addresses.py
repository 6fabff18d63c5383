"""Addresses as arrays, and a counter that threads share, for Numba."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def floats(context: Any, address: Any) -> Any:
    """The float32 numbers that stand from an address on."""
    del context, address
    return types.CPointer(types.float32)(types.intp), _as_pointer


@intrinsic
def integers(context: Any, address: Any) -> Any:
    """The int64 numbers that stand from an address on."""
    del context, address
    return types.CPointer(types.int64)(types.intp), _as_pointer


def _as_pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))


@intrinsic
def take(context: Any, counter: Any) -> Any:
    """The number at an address, which is then one more: for each thread another."""
    del context, counter

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        place = builder.inttoptr(arguments[0], cgutils.intp_t.as_pointer())
        return builder.atomic_rmw("add", place, ir.Constant(cgutils.intp_t, 1), "monotonic")

    return types.intp(types.intp), lower

"""Reads NumPy arrays safely: checked before memory is allocated, never unpickled."""

import io
import math
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.errors import DatasetError
from studio.core.system.memory import refuse_beyond_memory
from studio.data.dataset import Column, Role

_DAMAGED = "Save the array again with numpy.save or numpy.savez"
_MAGIC_BYTES = 6
_LONGEST_HEADER = 10_000
_BYTES_OF_A_DOUBLE = 16
"""Of an entry as float64, and once more while missing values are filled."""


def read_array(file: IO[bytes], size: int, where: str) -> NDArray[Any]:
    """Reads one array; size is that of the file in bytes.

    Raises:
        DatasetError: The content is not an array, is damaged, claims to be larger than the file,
            or holds Python objects.
    """
    head = file.read(_MAGIC_BYTES)
    if head != npy_format.MAGIC_PREFIX:
        raise DatasetError("is not a NumPy array", where=where, remedy=_DAMAGED)
    try:
        shape, fortran, dtype, start = _header(file)
    except (ValueError, TypeError, SyntaxError, TokenError, RecursionError, EOFError):
        raise DatasetError("has a damaged header", where=where, remedy=_DAMAGED) from None
    if dtype.hasobject:
        raise DatasetError(
            "holds Python objects, which could run code when loaded",
            where=where,
            remedy="Save plain numbers or text, with allow_pickle=False",
        )
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize > size - start:
        raise DatasetError("is truncated, or its header is damaged", where=where, remedy=_DAMAGED)
    refuse_beyond_memory(count * (dtype.itemsize + _BYTES_OF_A_DOUBLE), where, "Use a part of it")
    array = np.frombuffer(bytearray(file.read(count * dtype.itemsize)), dtype=dtype, count=count)
    return array.reshape(shape, order="F" if fortran else "C")


def numbers_of(array: NDArray[Any], where: str) -> Doubles:
    """An array as float64.

    Raises:
        DatasetError: It holds no real numbers, or infinite ones.
    """
    if array.dtype.kind not in "biuf":
        raise DatasetError(
            f"holds {array.dtype} instead of numbers", where=where, remedy="Save real numbers"
        )
    with np.errstate(invalid="ignore"):  # a signalling NaN is as missing as any
        values = np.ascontiguousarray(array, dtype=np.float64)
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        raise DatasetError(
            f"holds an infinite value at index {infinite[0].tolist()}",
            where=where,
            remedy="Correct the value, or save NaN where it is missing",
        )
    return values


def array_columns(values: Doubles, where: str, last: Role = "feature") -> tuple[Column, ...]:
    """Numbered channels of values (steps, channels); the last one may have another role."""
    columns = []
    for index in range(values.shape[1]):
        missing = np.flatnonzero(np.isnan(values[:, index]))
        first = f"{where}, row {missing[0] + 1}" if len(missing) else ""
        role = last if index == values.shape[1] - 1 else "feature"
        columns.append(
            Column(f"channel {index + 1}", role, missing=len(missing), first_missing=first)
        )
    return tuple(columns)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    version = tuple(file.read(2))
    if version not in {(1, 0), (2, 0), (3, 0)}:
        raise ValueError(version)
    width = 2 if version == (1, 0) else 4
    size_bytes = file.read(width)
    size = int.from_bytes(size_bytes, "little")
    if size > _LONGEST_HEADER:
        raise ValueError(size)
    text = io.BytesIO(size_bytes + file.read(size))
    reader = npy_format.read_array_header_1_0 if width == 2 else npy_format.read_array_header_2_0  # noqa: PLR2004
    shape, fortran, dtype = reader(text)
    return shape, fortran, dtype, _MAGIC_BYTES + 2 + width + size

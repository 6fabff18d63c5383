"""Serialization for SQLite: arrays as .npy bytes, mappings as JSON."""

import io
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NUMBERS = "biuf"
_MOST_AXES = 4


def pack_array(values: NDArray[Any]) -> bytes:
    """An array as .npy bytes: dtype, shape, then little-endian numbers in row order."""
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array(little, order="C", copy=None), allow_pickle=False)
    return buffer.getvalue()


def unpack_array(packed: bytes) -> NDArray[Any]:
    """The array from .npy bytes, with its dtype and shape.

    The header is a stranger's: nothing is allocated that the bytes do not hold.

    Raises:
        ValueError: The bytes are not an array of numbers, or not all of it.
    """
    file = io.BytesIO(packed)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an array in an unknown version of the .npy format")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in _NUMBERS:
        raise ValueError(f"an array of {dtype}, not of numbers")
    start = file.tell()
    claimed = math.prod(shape) * dtype.itemsize
    if len(shape) > _MOST_AXES or min(shape, default=0) < 0 or claimed != len(packed) - start:
        raise ValueError(
            f"an array of shape {shape}, {claimed} bytes, of which {len(packed) - start} are there"
        )
    values = np.frombuffer(packed, dtype, offset=start).copy()
    return values.reshape(shape, order="F" if is_fortran else "C")


def pack_json(value: object) -> str:
    """Plain values as standard JSON; NaN and infinities raise ValueError."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def pack_scores(scores: Mapping[str, float]) -> str:
    """Scores by name as JSON; NaN and infinities are written as strings."""
    return pack_json({name: pack_number(score) for name, score in scores.items()})


def unpack_scores(text: str) -> dict[str, float]:
    return {name: float(score) for name, score in json.loads(text).items()}


def pack_number(value: float | None) -> float | str | None:
    """A number for a column of type ANY; SQLite would turn NaN into NULL."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else str(number)


def unpack_number(value: float | str | None) -> float | None:
    return None if value is None else float(value)

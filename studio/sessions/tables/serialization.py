"""Serialization for SQLite: arrays as .npy bytes, mappings as JSON."""

import io
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack_array(values: NDArray[Any]) -> bytes:
    """An array as .npy bytes: dtype, shape, then little-endian numbers in row order."""
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array(little, order="C", copy=None), allow_pickle=False)
    return buffer.getvalue()


def unpack_array(packed: bytes) -> NDArray[Any]:
    """The array from .npy bytes, with its dtype and shape.

    Raises:
        ValueError: The bytes are not an array or hold Python objects.
    """
    return np.lib.format.read_array(io.BytesIO(packed), allow_pickle=False)


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

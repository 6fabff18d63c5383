"""Numbers as C constants."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

_WIDTH = 96


def float_constant(value: float) -> str:
    """The shortest constant that is exactly this float: 1.0f, never 1f."""
    single = np.float32(value)
    if not np.isfinite(single):
        raise ValueError(f"{value} has no C constant")
    text = str(single)
    return f"{text}f" if any(mark in text for mark in ".e") else f"{text}.0f"


def float_table(name: str, values: ArrayLike, note: str = "") -> str:
    """A table of floats."""
    flat = np.asarray(values, dtype=np.float32).ravel()
    return _table("float", name, [float_constant(float(value)) for value in flat], note)


def integer_table(kind: str, name: str, values: ArrayLike, note: str = "") -> str:
    """A table of integers of a type such as int8_t."""
    return _table(kind, name, [str(value) for value in np.asarray(values).ravel().tolist()], note)


def _table(kind: str, name: str, items: list[str], note: str) -> str:
    comment = f"/* {note} */\n" if note else ""
    body = "\n".join(_lines(items))
    return f"{comment}static const {kind} {name}[{len(items)}] = {{\n{body}\n}};\n"


def _lines(items: Iterable[str]) -> Iterable[str]:
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > _WIDTH:
            yield line
            line = "   "
        line += f" {item},"
    yield line

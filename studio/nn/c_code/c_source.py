"""Splits C text into constant tables and code, and resolves its few directives."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TABLE = re.compile(
    r"static const (?P<type>float|int8_t|int16_t|int32_t) (?P<name>\w+)\[(?P<size>\w+)\] = \{"
    r"(?P<numbers>[^}]*)\};"
)
_DTYPES = {"float": np.float32, "int8_t": np.int8, "int16_t": np.int16, "int32_t": np.int32}
_FLOAT = re.compile(r"-?(\d+\.\d*([eE][+-]?\d+)?|\d+[eE][+-]?\d+)f")
_INTEGER = re.compile(r"-?\d+")
_STANDARD_TYPES = """
typedef signed char int8_t; typedef short int16_t; typedef int int32_t;
typedef long long int64_t; typedef unsigned int uint32_t;
"""


@dataclass(frozen=True)
class CSource:
    """A translation unit.

    Attributes:
        code: C without directives and tables; tables are declared as extern.
        tables: The tables of constants by name.
    """

    code: str
    tables: dict[str, NDArray[np.generic]]


def read_source(header: str, body: str) -> CSource:
    """The translation unit of a header and the file that includes it.

    Raises:
        ValueError: A number is no valid C constant, or a table has another size than it says.
    """
    text = re.sub(r"/\*.*?\*/", " ", f"{header}\n{body}", flags=re.DOTALL)
    text, macros = _without_directives(text)
    tables: dict[str, NDArray[np.generic]] = {}

    def taken(match: re.Match[str]) -> str:
        size = int(macros.get(match["size"], match["size"]))
        table = _numbers(match["numbers"], match["type"])
        if len(table) != size:
            raise ValueError(f"{match['name']} has {len(table)} numbers, not {size}")
        tables[match["name"]] = table
        return f"extern const {match['type']} {match['name']}[{size}];"

    text = _TABLE.sub(taken, text)
    for name, value in macros.items():
        text = re.sub(rf"\b{name}\b", value, text)
    return CSource(_STANDARD_TYPES + text, tables)


def _numbers(text: str, kind: str) -> NDArray[np.generic]:
    items = [item for item in text.replace("\n", " ").replace(" ", "").split(",") if item]
    pattern = _FLOAT if kind == "float" else _INTEGER
    for item in items:
        if not pattern.fullmatch(item):
            raise ValueError(f"{item!r} is no C constant of the type {kind}")
    if kind == "float":
        return np.array([item[:-1] for item in items], dtype=np.float64).astype(np.float32)
    return np.array([int(item) for item in items]).astype(_DTYPES[kind], casting="same_value")


def _without_directives(text: str) -> tuple[str, dict[str, str]]:
    """The text that a C compiler sees, with the macros of the form `#define NAME VALUE`."""
    macros: dict[str, str] = {}
    kept, active = [], [True]
    for line in text.splitlines():
        words = line.split(None, 2)
        if not words or not words[0].startswith("#"):
            if active[-1]:
                kept.append(line)
        elif words[0] in {"#ifdef", "#ifndef"}:
            is_defined = words[1] in macros or words[1].endswith("_H")
            wanted = words[0] == "#ifdef"
            active.append(active[-1] and (is_defined == wanted or words[1].endswith("_H")))
        elif words[0] == "#endif":
            active.pop()
        elif words[0] == "#define" and active[-1] and len(words) > 2:  # noqa: PLR2004 - has a value
            macros[words[1]] = words[2].strip()
    return "\n".join(kept), macros

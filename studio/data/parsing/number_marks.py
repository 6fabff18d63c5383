"""Numbers with a currency, a unit or a factor beside them, as in "$1.2M", "12 %" or "21 °C"."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from studio.core.arrays import Doubles
from studio.data.parsing.missing_marks import MISSING
from studio.data.parsing.number_style import SPACES, NumberStyle

_CURRENCIES = frozenset({"$", "€", "£", "¥", "₹", "US$", "USD", "EUR", "GBP", "CHF", "JPY"})
_FACTORS = {"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12}
UNITS = frozenset(
    {"%", "‰", "°C", "°F", "°", "°K", "mm", "cm", "m", "km", "mi", "ft", "g", "kg", "t", "s", "ms",
     "min", "h", "W", "kW", "MW", "GW", "Wh", "kWh", "MWh", "GWh", "V", "mV", "A", "mA", "Hz",
     "kHz", "Pa", "hPa", "kPa", "bar", "mbar", "m/s", "km/h", "mph", "l", "L", "ml", "rpm", "dB",
     "ppm", "ppb", "lux", "lx", "bpm", "mmHg", "mg/dL", "µg/m³"}
)  # fmt: skip
_CELL = re.compile(
    rf"(?:(?P<front>[$€£¥₹])\s*(?=\())?(?P<open>\()?\s*(?P<minus>[+-])?\s*(?P<before>[^\d\s+\-.,()]{{1,3}})?[{SPACES}]?"
    rf"(?P<number>[+-]?\d[\d.,'_{SPACES}\u2019]*(?:[eE][+-]?\d+)?|[+-]?[.,]\d+)"
    rf"[{SPACES}]?(?P<after>[^\d\s+\-.,()][^\d\s+\-.,()]{{0,4}}[³²]?)?\s*(?P<back>-)?(?P<close>\))?"
)
_NOTHING = re.compile(r"[$€£¥₹]?\s*-+\s*[$€£¥₹]?")
_FLAGGED = re.compile(
    rf"[<>≤≥~]?\s?(?P<number>[+-]?[\d.,][\d.,'_{SPACES}\u2019]*?)?"
    r"\s?(?P<flag>[A-Za-z]{1,2}|[*†‡#^!]{1,3}|\([a-z]\))?"
)


@dataclass(frozen=True, eq=False)
class MarkedNumbers:
    """A column of numbers that were written with marks.

    Attributes:
        values: The numbers, NaN where missing, (rows,).
        mark: The currency, unit or factors, as written.
        unit: The unit or currency, or "".
    """

    values: Doubles
    mark: str
    unit: str


def parse_number(text: str, style: NumberStyle) -> float | None:
    """A number as the style writes it, or None."""
    plain = text.strip()
    if style.thousands:
        if grouped_pattern(style).fullmatch(plain) is None:
            return None
        for mark in marks_between_groups(style):
            plain = plain.replace(mark, "")
    if style.decimal == ",":
        if "." in plain:
            return None
        plain = plain.replace(",", ".")
    if "_" in plain:
        return None
    try:
        return float(plain)
    except ValueError:
        return None


def marks_between_groups(style: NumberStyle) -> str:
    """The characters that stand for the mark between thousands."""
    return {" ": SPACES, "'": "'\u2019"}.get(style.thousands, style.thousands)


@cache
def grouped_pattern(style: NumberStyle) -> re.Pattern[str]:
    """Numbers with or without marks between groups of three digits."""
    mark, decimal = f"[{re.escape(marks_between_groups(style))}]", re.escape(style.decimal)
    return re.compile(
        rf"[+-]?(?:\d{{1,3}}(?:{mark}\d{{3}})+|\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}}|\d+)?(?:{decimal}\d*)?(?:[eE][+-]?\d+)?"
    )


def parse_marked(texts: list[str | None], style: NumberStyle) -> MarkedNumbers | None:
    """The numbers of a column in which all cells carry the same kind of mark, or None.

    Args:
        texts: The cells, None where missing.
        style: How the numbers themselves are written.
    """
    values = np.full(len(texts), np.nan)
    units: set[str] = set()
    factors: set[str] = set()
    has_brackets = has_back = False
    for row, text in enumerate(texts):
        if text is None or _NOTHING.fullmatch(text.strip()):
            continue
        match = _CELL.fullmatch(text.strip())
        number = None if match is None else parse_number(match["number"], style)
        if match is None or number is None:
            return None
        before, after = match["front"] or match["before"] or "", match["after"] or ""
        if (before and before not in _CURRENCIES) or bool(match["open"]) != bool(match["close"]):
            return None
        if after in _CURRENCIES or after in UNITS:
            units.add(after)
        elif after in _FACTORS:
            factors.add(after)
            number *= _FACTORS[after]
        elif after:
            return None
        if before:
            units.add(before)
        is_negative = match["minus"] == "-" or bool(match["open"] or match["back"])
        has_back |= bool(match["back"])
        has_brackets |= bool(match["open"])
        values[row] = -number if is_negative else number
    signs = [*["()"] * has_brackets, *["a minus after them"] * has_back]
    return _read_as_one(values, units, factors, signs)


def parse_flagged(text: str, style: NumberStyle) -> float | None:
    """The number of a cell with a flag, such as "12.3 p", "45*" or "<1"; NaN for a mark alone.

    Args:
        text: The cell.
        style: How the number itself is written.
    """
    mark, *rest = text.split()
    if mark in MISSING and len(rest) <= 1:
        return float("nan")
    match = _FLAGGED.fullmatch(text.strip())
    return None if match is None or not match["number"] else parse_number(match["number"], style)


def _read_as_one(
    values: Doubles, units: set[str], factors: set[str], signs: list[str]
) -> MarkedNumbers | None:
    if len(units) > 1 or not (units or factors or signs):
        return None
    if factors <= {"M"} and units <= {"m"} and factors and units:
        return None  # metres beside millions
    unit = next(iter(units), "")
    marks = [*units, *sorted(factors), *signs]
    return MarkedNumbers(values, " ".join(marks), unit)

"""Numbers as typed and shown: no digit is lost, and no comma is misread."""

import re

_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
"""Thousands, but for what begins with 0: 0,125 can only be a decimal comma."""


def format_number(value: float) -> str:
    """A number with all the digits that make it this one."""
    return repr(value).removesuffix(".0")


def parse_whole_number(text: str) -> int:
    """A whole number, with commas between its thousands or without.

    Raises:
        ValueError: It is none.
    """
    try:
        return int(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    except ValueError:
        raise ValueError("is not a whole number") from None


def parse_number(text: str) -> float:
    """A number with a decimal point or comma, with commas between its thousands or without.

    Raises:
        ValueError: It is none, or could be two: 1,000 is a thousand to some and one to others.
    """
    before, point, after = text.partition(".")
    is_grouped = _GROUPED.fullmatch(before) is not None
    if is_grouped and not point and text.count(",") == 1:
        plain, decimal = text.replace(",", ""), text.replace(",", ".")
        raise ValueError(f"is ambiguous; write {plain} or {decimal}")
    try:
        if is_grouped:
            return float(before.replace(",", "") + point + after)
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError("is not a number") from None

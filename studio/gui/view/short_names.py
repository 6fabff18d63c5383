"""Names as plots have room for them."""

from collections.abc import Iterable

LONGEST = 26


def shortened(name: str, most: int = LONGEST) -> str:
    """A name cut in its middle, as names differ at their ends."""
    if len(name) <= most:
        return name
    half = (most - 1) // 2
    return f"{name[:half]}…{name[-half:]}"


def short_names(names: Iterable[str], most: int = LONGEST) -> dict[str, str]:
    """A short name for each; names that would look alike get a number."""
    short: dict[str, str] = {}
    for name in names:
        text, number = shortened(name, most), 1
        while text in short.values():
            number += 1
            ending = f" {number}"
            text = shortened(name, most - len(ending)) + ending
        short[name] = text
    return short

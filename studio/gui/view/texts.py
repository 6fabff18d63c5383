"""Text from the numbers of its symbols."""

from collections.abc import Iterable, Sequence

from studio.core.arrays import Floats
from studio.core.prepared.preprocessing import Preprocessing

_LINE_END = "\n"


def symbols_text(codes: Iterable[float], symbols: Sequence[str], *, joined: bool) -> str:
    """The text of symbols' numbers.

    Args:
        codes: Indices into symbols.
        symbols: The symbol of each index.
        joined: Whether symbols follow each other without a space, as characters do.
    """
    return ("" if joined else " ").join(symbols[int(code)] for code in codes)


def symbols_read(inputs: Floats, preprocessing: Preprocessing) -> tuple[str, ...]:
    """The symbols of inputs (time, channels), step by step; empty for numbers."""
    if preprocessing.vocabulary is None:
        return ()
    codes = inputs[:, 0] if preprocessing.embeds else inputs.argmax(axis=1)
    return tuple(preprocessing.vocabulary[int(code)] for code in codes)


def one_line(text: str, most: int) -> str:
    """A text in one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def whole_lines(text: str, most: int) -> str:
    """The first lines of a text, at most `most`."""
    lines = text.split(_LINE_END)
    return _LINE_END.join(lines[:most])

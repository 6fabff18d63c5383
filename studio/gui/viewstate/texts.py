"""A text that is stored as numbers of symbols, in letters again."""

from collections.abc import Iterable, Sequence

from studio.core.arrays import Floats
from studio.core.preparation import Preparation

_LINE_END = "\n"


def words_of(codes: Iterable[float], symbols: Sequence[str], *, joined: bool) -> str:
    """The text of symbols' numbers.

    Args:
        codes: Indices into symbols.
        symbols: What each stands for.
        joined: Whether symbols follow each other without a space, as characters do.
    """
    return ("" if joined else " ").join(symbols[int(code)] for code in codes)


def symbols_read(inputs: Floats, preparation: Preparation) -> tuple[str, ...]:
    """What of a text is read at each step of inputs (time, channels); nothing for numbers."""
    if preparation.vocabulary is None:
        return ()
    codes = inputs[:, 0] if preparation.embeds else inputs.argmax(axis=1)
    return tuple(preparation.vocabulary[int(code)] for code in codes)


def one_line(text: str, most: int) -> str:
    """A text in one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def whole_lines(text: str, most: int) -> str:
    """The first lines of a text, as many as there are up to `most`."""
    lines = text.split(_LINE_END)
    return _LINE_END.join(lines[:most])

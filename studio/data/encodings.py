"""Which encoding a text has that is not UTF-8: certain enough to say so, or a question."""

from collections.abc import Mapping

WESTERN = "cp1252"
_CHOICES = ("cp1252", "cp1250", "cp1251", "iso-8859-1", "mac-roman")
_FEWEST_BYTES, _FEWEST_FOREIGN = 1000, 20
_LARGEST_SHARE = 0.05
_AROUND = 12
_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒß"
_MARKS = "\u2026\u2013\u2014\u2018\u2019\u201c\u201d\u2022€£¥§°©®™«»¡¿½¼¾²³·\u00a0´"
_USUAL = frozenset(_LETTERS + _MARKS)


def looks_western(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 are almost surely text in cp1252.

    Enough text with enough of such bytes, nearly all of it ASCII, and nothing beyond the letters
    and marks that Western European languages use: text in other scripts or in Central European
    encodings fails one of the three. Latin-1 is the same but for the marks, which it does not have.
    """
    foreign = [byte for byte in data if byte > 127] if not data.isascii() else []  # noqa: PLR2004
    enough = len(data) >= _FEWEST_BYTES and len(foreign) >= _FEWEST_FOREIGN
    if not enough or len(foreign) > _LARGEST_SHARE * len(data) or b"\0" in data:
        return False
    try:
        return _USUAL.issuperset(bytes(set(foreign)).decode(WESTERN))
    except UnicodeDecodeError:
        return False


def readings_of(data: bytes, at: int) -> dict[str, str]:
    """How the place around a byte reads in the likeliest encodings, for a question to the user."""
    start = max(at - _AROUND, data.rfind(b"\n", 0, at) + 1)
    end = data.find(b"\n", at)
    piece = data[start : min(at + _AROUND, end if end >= 0 else len(data))]
    readings: dict[str, str] = {}
    for encoding in _CHOICES:
        try:
            shown = piece.decode(encoding)
        except UnicodeDecodeError:
            continue
        if shown.isprintable() and shown not in readings.values():
            readings[encoding] = shown
    return readings


def told(readings: Mapping[str, str]) -> str:
    """The same in a sentence's end."""
    return " or ".join(f"{name} reads {text!r}" for name, text in readings.items()) or "cp1252"

"""Detects the encoding of text that is not UTF-8, or lists candidates to choose from."""

import re
from collections.abc import Mapping

WESTERN = "cp1252"
_CHOICES = ("cp1252", "cp1250", "cp1251", "iso-8859-1", "mac-roman")
_FEWEST_BYTES, _FEWEST_FOREIGN = 1000, 20
_LARGEST_SHARE = 0.05
_AROUND = 12
_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒß"
_MARKS = "\u2026\u2013\u2014\u2018\u2019\u201c\u201d\u2022€£¥§°©®™«»¡¿½¼¾²³·\u00a0´"
_USUAL = frozenset(_LETTERS + _MARKS)
_FOREIGN = re.compile(
    rb"(?P<word>[A-Za-z]*[A-Za-z][\x80-\xff][A-Za-z\x80-\xff]*|[\x80-\xff][A-Za-z]{3,})"
    rb"|(?P<unit>[\x80-\xff]+)"
)
_UNITS = frozenset({b"\xb0", b"\xb5", b"\xa7", b"\x80"})
_SHORTEST_WORD = 4
_MOST_CHECKED = 64_000_000


def looks_like_windows_1252(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 are almost certainly text in cp1252.

    Either the text is long, with enough bytes that are not ASCII but nearly all ASCII, and uses
    only letters and marks of Western European languages: text in other scripts or in Central
    European encodings fails at least one of these. Or its few such bytes are single letters inside
    words of ASCII, and units, that mean the same in cp1252, cp1250 and Latin-1: in text of another
    script they would stand beside each other. Latin-1 is a subset without the marks.
    """
    if _has_lone_letters(data):
        return True
    foreign = [byte for byte in data if byte > 127] if not data.isascii() else []  # noqa: PLR2004
    enough = len(data) >= _FEWEST_BYTES and len(foreign) >= _FEWEST_FOREIGN
    if not enough or len(foreign) > _LARGEST_SHARE * len(data) or b"\0" in data:
        return False
    try:
        return _USUAL.issuperset(bytes(set(foreign)).decode(WESTERN))
    except UnicodeDecodeError:
        return False


def _has_lone_letters(data: bytes) -> bool:
    """Whether all foreign bytes are letters inside ASCII words, or units, alike in encodings."""
    found = list(_FOREIGN.finditer(data)) if len(data) < _MOST_CHECKED else []
    if not found or b"\0" in data:
        return False
    return all(_is_lone(match) for match in found) and any(match["word"] for match in found)


def _is_lone(match: re.Match[bytes]) -> bool:
    word = match["word"]
    if word is None:
        return match["unit"] in _UNITS
    foreign = bytes(byte for byte in word if byte > 127)  # noqa: PLR2004 - ASCII ends
    return (
        len(word) >= _SHORTEST_WORD
        and len(foreign) * 3 <= len(word)
        and foreign.decode(WESTERN, "replace") == foreign.decode("cp1250", "replace")
        and _USUAL.issuperset(foreign.decode(WESTERN, "replace"))
    )


def candidate_decodings(data: bytes, index: int) -> dict[str, str]:
    """How the text around a byte reads in the most likely encodings, to ask the user."""
    start = max(index - _AROUND, data.rfind(b"\n", 0, index) + 1)
    end = data.find(b"\n", index)
    piece = data[start : min(index + _AROUND, end if end >= 0 else len(data))]
    readings: dict[str, str] = {}
    for encoding in _CHOICES:
        try:
            shown = piece.decode(encoding)
        except UnicodeDecodeError:
            continue
        if shown.isprintable() and shown not in readings.values():
            readings[encoding] = shown
    return readings


def describe_decodings(readings: Mapping[str, str]) -> str:
    """The readings as the end of a sentence."""
    return " or ".join(f"{name} reads {text!r}" for name, text in readings.items()) or "cp1252"

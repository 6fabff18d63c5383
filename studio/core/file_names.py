"""File names from the names of datasets, contenders and comparisons."""

from pathlib import Path

_INVALID = frozenset('\\/:*?"<>|')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
_MOST_BYTES = 120  # with an ending and a time, far below the 255 of common file systems


def file_stem(name: str) -> str:
    """A name without an ending that every system accepts, cut where it is too long."""
    plain = "".join(
        "-" if letter in _INVALID or not letter.isprintable() else letter for letter in name
    )
    cut = plain.encode("utf-8", "replace")[:_MOST_BYTES].decode("utf-8", "ignore").strip(" .")
    if not cut or cut.lower().partition(".")[0] in _RESERVED:
        return f"session {cut}".strip()
    return cut


def unused(path: Path) -> Path:
    """The path, or one with the next free number where there is a file already."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
    return free

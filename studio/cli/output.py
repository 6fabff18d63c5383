"""Output: results to standard output, everything else to standard error."""

import codecs
import io
import json
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

from studio.core.foreign_text import for_terminal

_WIDEST_TEXT = 100
_PLAIN = "gate-studio-plain"
_NEAREST = {
    "−": "-", "–": "-", "—": "-", "×": "x", "·": "-", "→": "->", "↑": "^", "↓": "v", "≈": "~",
    "≤": "<=", "≥": ">=", "±": "+-", "σ": "s", "“": '"', "”": '"', "‘": "'", "’": "'",
    "─": "-", "│": "|",
}  # fmt: skip
_STARTS_OF_NUMBERS = "0123456789-−"


def use_any_console() -> None:
    """Lets a console of few characters, such as one of cp1252, show what it can.

    What it lacks is written as the nearest plain characters.
    """
    codecs.register_error(_PLAIN, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_PLAIN)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_plain, lacking)), error.end


def _plain(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return _NEAREST.get(character) or decomposed or "?"


def print_message(message: str) -> None:
    """Prints a message on standard error."""
    print(for_terminal(message), file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal


def print_result(text: str) -> None:
    """Prints a result on standard output."""
    print(for_terminal(text))  # noqa: T201 - this is the terminal


def print_paragraph(text: str, *, indent: int = 0, hanging: int | None = None) -> None:
    """Prints text on standard output, wrapped at the terminal's width; keeps a final line break.

    Args:
        text: The text.
        indent: Spaces before its first line.
        hanging: Spaces before the other lines; `indent` if None.
    """
    width = min(_WIDEST_TEXT, shutil.get_terminal_size((_WIDEST_TEXT, 24)).columns)
    after = indent if hanging is None else hanging
    filled = textwrap.fill(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * after,
        break_on_hyphens=False,
    )
    print_result(filled + "\n" * text.endswith("\n"))


def print_json(value: Mapping[str, Any]) -> None:
    """Prints one JSON object on standard output; NaN must already be None."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:  # escaped, nothing is lost
        text = json.dumps(value, allow_nan=False, indent=2)
    print_result(text)


def print_table(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Prints a table on standard output; columns of numbers are right-aligned."""
    table = Table(
        title=for_terminal(title),
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for number, heading in enumerate(headings):
        cells = [row[number] for row in rows]
        alignment: JustifyMethod = (
            "right" if number and any(cells) and all(map(_is_number, cells)) else "left"
        )
        table.add_column(for_terminal(heading), justify=alignment, overflow="fold")
    for row in rows:
        table.add_row(*map(for_terminal, row))
    console().print(table)


def _is_number(cell: str) -> bool:
    return not cell or cell[0] in _STARTS_OF_NUMBERS


def console() -> Console:
    """Standard output, wide enough not to cut tables when it is not a terminal."""
    output = Console(highlight=False, markup=False)
    if not output.is_terminal:
        output = Console(highlight=False, markup=False, width=160)
    return output

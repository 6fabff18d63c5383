"""Where output goes: answers to standard output, everything else to standard error."""

import json
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

_WIDEST_TEXT = 100
_STARTS_OF_NUMBERS = "0123456789-−"


def say(message: str) -> None:
    """A message for people, on standard error."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal


def answer(text: str) -> None:
    """An answer, on standard output."""
    print(text)  # noqa: T201 - this is the terminal


def paragraph(text: str, *, indent: int = 0, hanging: int | None = None) -> None:
    """Text on standard output, broken at the terminal's width; a line break at its end is kept.

    Args:
        text: What to say.
        indent: Spaces before its first line.
        hanging: Spaces before the others; as many where it is left out.
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
    answer(filled + "\n" * text.endswith("\n"))


def answer_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output; numbers that are none must be None already."""
    answer(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def answer_table(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table on standard output; a column of numbers is aligned to the right."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for number, heading in enumerate(headings):
        cells = [row[number] for row in rows]
        side: JustifyMethod = (
            "right" if number and any(cells) and all(map(_is_number, cells)) else "left"
        )
        table.add_column(heading, justify=side, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def _is_number(cell: str) -> bool:
    return not cell or cell[0] in _STARTS_OF_NUMBERS


def console() -> Console:
    """Standard output; wide enough not to cut tables when it is not a terminal."""
    output = Console(highlight=False, markup=False)
    if not output.is_terminal:
        output = Console(highlight=False, markup=False, width=160)
    return output

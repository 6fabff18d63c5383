"""Where output goes: answers to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


def say(message: str) -> None:
    """A message for people, on standard error."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal


def answer(text: str) -> None:
    """An answer, on standard output."""
    print(text)  # noqa: T201 - this is the terminal


def answer_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output; numbers that are none must be None already."""
    answer(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def answer_table(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table on standard output; all columns but the first are aligned to the right."""
    table = Table(title=title, title_justify="left", header_style="bold", title_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def console() -> Console:
    """Standard output; wide enough not to cut tables when it is not a terminal."""
    output = Console(highlight=False, markup=False)
    if not output.is_terminal:
        output = Console(highlight=False, markup=False, width=160)
    return output

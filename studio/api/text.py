"""Results as text and as HTML, for prompts and notebooks."""

from collections.abc import Iterable, Sequence
from html import escape

from studio.core.foreign_text import for_terminal

_STARTS_OF_NUMBERS = "0123456789-−"
_GAP = "   "


def text_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as lines of text; columns of numbers are right-aligned."""
    cells = [tuple(map(for_terminal, row)) for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = _numeric_columns(cells[1:], len(widths))
    lines = [
        _GAP.join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join(lines)


def html_table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table as HTML without styles of its own but alignment; every text is escaped."""
    cells = [tuple(row) for row in rows]
    right = _numeric_columns(cells, len(headings))
    styles = [f' style="text-align: {"right" if is_right else "left"}"' for is_right in right]
    head = "".join(
        f'<th scope="col"{style}>{_shown(heading)}</th>'
        for heading, style in zip(headings, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{style}>{_shown(cell)}</td>" for cell, style in zip(row, styles, strict=True)
        )
        + "</tr>"
        for row in cells
    )
    title = f"<caption>{_shown(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_paragraph(text: str, *, strong: bool = False) -> str:
    """A paragraph; the text is escaped."""
    return f"<p><strong>{_shown(text)}</strong></p>" if strong else f"<p>{_shown(text)}</p>"


def _shown(text: str) -> str:
    return escape(for_terminal(text))


def _numeric_columns(rows: Sequence[Sequence[str]], columns: int) -> list[bool]:
    """Whether each column but the first holds numbers only."""
    return [
        bool(column)
        and any(row[column] for row in rows)
        and all(not row[column] or row[column][0] in _STARTS_OF_NUMBERS for row in rows)
        for column in range(columns)
    ]

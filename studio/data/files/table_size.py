"""Refuses tables that are too wide, or too large for the memory there is, before they are read."""

from studio.core.errors import DatasetError
from studio.core.system.memory import refuse_beyond_memory

MOST_COLUMNS = 50_000
"""Largest number of columns that is read; each takes time of its own."""

_BYTES_OF_A_CELL = 32
_BYTES_OF_A_TEXT = 4


def refuse_too_wide(columns: int, where: str) -> None:
    """Raises DatasetError for more columns than a table can be used with."""
    if columns > MOST_COLUMNS:
        raise DatasetError(
            f"has {columns:,} columns, and at most {MOST_COLUMNS:,} can be read",
            where=where,
            remedy="Store one series or example in each column or file, or use a part of it",
        )


def refuse_too_large(where: str, *, cells: int, columns: int, characters: int = 0) -> None:
    """Refuses a table that has too many columns or does not fit in memory.

    A file of a few bytes can hold any number of rows.

    Args:
        where: The file.
        cells: Rows times columns, and the entries of lists.
        columns: Columns.
        characters: Of all texts, each counted as often as it stands in a row.

    Raises:
        DatasetError: It is too large.
    """
    refuse_too_wide(columns, where)
    needed = cells * _BYTES_OF_A_CELL + characters * _BYTES_OF_A_TEXT
    refuse_beyond_memory(needed, where, "Use a part of it")

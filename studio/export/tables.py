"""The article's table and the curves as text files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from studio.analysis import article_table, curves_csv
from studio.core.history import ComparisonHistory
from studio.export.writing import staged

TABLES: Mapping[str, Callable[[ComparisonHistory], str]] = MappingProxyType(
    {
        "table-csv": lambda history: article_table(history).as_csv(),
        "table-markdown": lambda history: article_table(history).as_markdown(),
        "curves-csv": curves_csv,
    }
)
"""By the format's name: the text of a comparison."""


def write_table(history: ComparisonHistory, form: str, out: Path) -> None:
    """Writes one of TABLES as UTF-8.

    Raises:
        ExportError: The file cannot be written.
    """
    text = TABLES[form](history)
    with staged(out) as folder:
        Path(folder, out.name).write_text(text, encoding="utf-8")

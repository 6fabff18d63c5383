"""The results table and the loss curves as text files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from studio.analysis import curves_csv, results_table
from studio.core.results.history import ComparisonHistory
from studio.export.staging import staged

TABLES: Mapping[str, Callable[[ComparisonHistory], str]] = MappingProxyType(
    {
        "table-csv": lambda history: results_table(history).as_csv(),
        "table-markdown": lambda history: results_table(history).as_markdown(),
        "curves-csv": curves_csv,
    }
)
"""Functions from a comparison to its text, by format name."""


def write_table(history: ComparisonHistory, form: str, out: Path) -> None:
    """Writes one of TABLES as UTF-8.

    Raises:
        ExportError: The file cannot be written.
    """
    text = TABLES[form](history)
    with staged(out) as folder:
        Path(folder, out.name).write_text(text, encoding="utf-8")

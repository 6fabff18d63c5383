"""Tables of text: CSV, TSV and their relatives."""

import re
from pathlib import Path

from studio.core.spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.reading import read_utf8
from studio.data.tables.columns import read_columns
from studio.data.tables.dialect import find_dialect
from studio.data.tables.layout import Table

_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the name is that of a table, or the first line is split into columns."""
    if path.suffix.lower() in _SUFFIXES:
        return True
    first = head.split(b"\n", 1)[0]
    return b"\0" not in head and re.search(rb"[^,;\t]+[,;\t][^,;\t]+", first) is not None


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a table as a series or as one example for each row.

    Raises:
        DatasetError: It is not a table of numbers; the message names line and column.
    """
    data = read_utf8(path, spec.encoding)
    dialect = find_dialect(path, data, spec)
    cells = read_columns(path, data, dialect)
    return Table(path, cells, dialect.has_header, first_is_label=_is_ucr(path, spec)).dataset()


def _is_ucr(path: Path, spec: FileDataset) -> bool:
    """UCR archive files have no header, and the class first."""
    named = re.fullmatch(r".*_(train|test)\.tsv", path.name, re.IGNORECASE)
    return not spec.header and named is not None


FORMAT = Format("table", "CSV, TSV or text table", _SUFFIXES, recognises, read)

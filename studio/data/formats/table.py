"""Tables of text: CSV, TSV and their relatives."""

import re
from dataclasses import replace
from pathlib import Path

from studio.core.spec import FileDataset
from studio.data.audio import SUFFIXES
from studio.data.cache import Cache
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.reading import read_head, read_text
from studio.data.recordings import listing_of_table
from studio.data.tables.columns import read_columns
from studio.data.tables.dialect import find_dialect
from studio.data.tables.large import large_series
from studio.data.tables.layout import Table
from studio.data.tables.roles import find_roles

_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the name is that of a table, or the first line is split into columns."""
    if path.suffix.lower() in _SUFFIXES:
        return True
    first = head.split(b"\n", 1)[0]
    return b"\0" not in head and re.search(rb"[^,;\t]+[,;\t][^,;\t]+", first) is not None


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a table as a series, as one example for each row, as texts, or as a long table.

    Raises:
        DatasetError: It is not a table of numbers or labelled texts; the message names line and
            column.
    """
    return _read(path, spec, None)


def read_cached(path: Path, spec: FileDataset, cache: Cache) -> Dataset:
    """The same; large tables and features of recordings that it names are kept in the cache.

    Raises:
        DatasetError: As in `read`.
    """
    large = large_series(path, spec, cache)
    return _read(path, spec, cache) if large is None else large


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:
    """The table, and the recordings that it names.

    Raises:
        DatasetError: As in `read`.
    """
    if not any(suffix.encode() in read_head(path).lower() for suffix in SUFFIXES):
        return (path,)
    table, _ = _table(path, spec, None)
    listing = listing_of_table(path, table.cells, find_roles(table.cells, spec))
    return (path,) if listing is None else (path, *dict.fromkeys(listing.paths))


def _read(path: Path, spec: FileDataset, cache: Cache | None) -> Dataset:
    table, notes = _table(path, spec, cache)
    dataset = table.dataset()
    return replace(dataset, notes=(*notes, *dataset.notes))


def _table(path: Path, spec: FileDataset, cache: Cache | None) -> tuple[Table, tuple[str, ...]]:
    data, notes = read_text(path, spec.encoding)
    dialect = find_dialect(path, data, spec)
    cells = read_columns(path, data, dialect)
    first_is_label = _is_ucr(path, spec)
    return Table(path, cells, dialect.has_header, spec, first_is_label, cache), notes


def _is_ucr(path: Path, spec: FileDataset) -> bool:
    """UCR archive files have no header, and the class first."""
    named = re.fullmatch(r".*_(train|test)\.(tsv|txt)", path.name, re.IGNORECASE)
    return not spec.header and named is not None


FORMAT = Format("table", "CSV, TSV or text table", _SUFFIXES, recognises, read, files, read_cached)

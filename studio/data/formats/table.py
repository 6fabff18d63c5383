"""Delimited tables: CSV, TSV and similar."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.notes import DataNote, EncodingAssumed
from studio.core.specs.comparison_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.cache import Cache
from studio.data.files.text_files import read_head, read_text
from studio.data.formats.format import Format
from studio.data.tables.delimited import read_columns
from studio.data.tables.dialect import find_dialect, without_repeated_headers
from studio.data.tables.large_tables import large_series
from studio.data.tables.layout import Table
from studio.data.tables.recording_paths import recordings_in_table
from studio.data.tables.roles.given_roles import find_roles
from studio.data.transform.audio import SUFFIXES

_SURE_OF_ENCODING = 0.9
_OTHER_ENCODINGS = ("cp1250", "cp1251", "iso-8859-1", "mac-roman")
_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the suffix is that of a table, or the first line has several columns."""
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
    """Like `read`; large tables and features of recordings are cached.

    Raises:
        DatasetError: As in `read`.
    """
    large = large_series(path, spec, cache)
    return _read(path, spec, cache) if large is None else large


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:
    """The table, and the recordings that it lists.

    Raises:
        DatasetError: As in `read`.
    """
    if not any(suffix.encode() in read_head(path).lower() for suffix in SUFFIXES):
        return (path,)
    table, _ = _table(path, spec, None)
    listing = recordings_in_table(path, table.cells, find_roles(table.cells, spec))
    return (path,) if listing is None else (path, *dict.fromkeys(listing.paths))


def _read(path: Path, spec: FileDataset, cache: Cache | None) -> Dataset:
    table, notes = _table(path, spec, cache)
    dataset = table.dataset()
    return replace(dataset, notes=(*notes, *dataset.notes))


def _table(
    path: Path, spec: FileDataset, cache: Cache | None
) -> tuple[Table, tuple[DataNote, ...]]:
    data, notes = read_text(path, spec.encoding)
    dialect = find_dialect(path, data, spec)
    data, dialect, repeated = without_repeated_headers(path, data, dialect)
    cells = read_columns(path, data, dialect, spec)
    first_is_label = _is_ucr(path, spec)
    table = Table(path, cells, dialect.has_header, spec, first_is_label, cache, dialect.decisions)
    decided = (*_encoding(notes, spec), *table.decisions)
    return replace(table, decisions=decided), (*notes, *repeated)


def _encoding(notes: Iterable[DataNote], spec: FileDataset) -> tuple[ReadingDecision, ...]:
    """How a file that is not UTF-8 was decoded."""
    if spec.encoding:
        return (set_by_user("encoding", spec.encoding),)
    return tuple(
        ReadingDecision("encoding", note.encoding, _SURE_OF_ENCODING, str(note), _OTHER_ENCODINGS)
        for note in notes
        if isinstance(note, EncodingAssumed)
    )


def _is_ucr(path: Path, spec: FileDataset) -> bool:
    """Whether it is a file of the UCR archive, which has no header and the class first."""
    named = re.fullmatch(r".*_(train|test)\.(tsv|txt)", path.name, re.IGNORECASE)
    return not spec.header and named is not None


FORMAT = Format("table", "CSV, TSV or text table", _SUFFIXES, recognises, read, files, read_cached)

"""Which settings of reading matter for a file."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_TABLE = (
    "delimiter", "decimal", "thousands", "na_values", "dates", "zone", "skip_rows", "header",
    "header_rows", "skip_footer", "encoding", "layout", "order", "marks",
)  # fmt: skip
_ROLES = ("label_column", "group_column", "id_column", "time_column", "ignore")
_AUDIO = ("mels", "frame_ms", "hop_ms", "sample_rate")
_FOLDER = ("files", "label_column", "group_column", "time_column", "ignore", "layout", "decimal",
           "dates")  # fmt: skip
_TEXT_TABLES = frozenset({".csv", ".tsv", ".tab", ".dat"})
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_TYPED_TABLES = frozenset({".parquet", ".pq", ".arrow", ".feather", ".jsonl", ".ndjson"})
_ARRAYS = frozenset({".npz", ".npy", ".mat", ".h5", ".hdf5"})
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".lz4"})
_ARCHIVES = frozenset({".zip", ".tar", ".tgz"})
TABLE_SUFFIXES = _TEXT_TABLES | _WORKBOOKS | _TYPED_TABLES | {".txt"}
"""Files whose columns can be read in other roles."""

_BY_SUFFIX: Mapping[frozenset[str], tuple[str, ...]] = {
    _TEXT_TABLES: (*_TABLE, *_ROLES, "resample"),
    _WORKBOOKS: (
        "sheet", "skip_rows", "header_rows", "na_values", "dates", "zone", "layout", "order",
        *_ROLES, "resample",
    ),
    _TYPED_TABLES: ("zone", "layout", "order", *_ROLES, "resample"),
    _ARRAYS: ("axes", "member", "label_column"),
    _ARCHIVES: ("member", *_TABLE, *_ROLES),
    frozenset({".json"}): ("member", "axes", *_ROLES),
    frozenset({".arff"}): ("na_values", "layout", *_ROLES),
    frozenset({".wav", ".flac"}): _AUDIO,
    frozenset({".fasta", ".fa", ".fna", ".faa"}): ("labels",),
    frozenset({".txt", ".text", ".pos", ".neg"}): (*_TABLE, "tokens", *_ROLES),
}  # fmt: skip


def inner_suffix(path: str) -> str:
    """The suffix of a file, that of its content where it is compressed."""
    file = PurePath(path.lower())
    return PurePath(file.stem).suffix if file.suffix in _PACKED else file.suffix


def reading_fields(path: str, schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings of a file dataset that can change how this one is read.

    Args:
        path: The file or folder.
        schema: What `studio.data.inspect` says of it.
    """
    if schema["kind"] == "text":
        return ("tokens", "encoding")
    suffix = inner_suffix(path)
    settings = next((fields for suffixes, fields in _BY_SUFFIX.items() if suffix in suffixes), ())
    has_recordings = _names(schema)[:1] == ("mel 1",)
    if not suffix:
        settings = (*_FOLDER, "encoding")
    if has_recordings:
        settings = ("files", "label_column", "group_column", *_AUDIO) if not suffix else _AUDIO
    if schema["symbols"]:
        settings = (*settings, "tokens")
    return tuple(dict.fromkeys(settings))


def _names(schema: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(column["name"]) for column in schema["columns"])

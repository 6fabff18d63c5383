"""Which settings of reading matter for a file."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_TABLE = ("delimiter", "decimal", "header", "encoding")
_ROLES = ("label_column", "group_column", "id_column", "time_column")
_AUDIO = ("mels", "frame_ms", "hop_ms", "sample_rate")
_BY_SUFFIX: Mapping[frozenset[str], tuple[str, ...]] = {
    frozenset({".csv", ".tsv", ".tab", ".dat"}): (*_TABLE, *_ROLES, "resample"),
    frozenset({".xlsx", ".xlsm"}): ("sheet", "header", *_ROLES, "resample"),
    frozenset({".parquet", ".pq", ".arrow", ".feather", ".jsonl", ".ndjson"}): (
        *_ROLES,
        "resample",
    ),
    frozenset({".wav", ".flac"}): _AUDIO,
    frozenset({".fasta", ".fa", ".fna", ".faa", ".gz"}): ("labels",),
    frozenset({".txt", ".text", ".pos", ".neg"}): (*_TABLE, "tokens", *_ROLES),
}


def reading_fields(path: str, schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings of a file dataset that can change how this one is read.

    Args:
        path: The file or folder.
        schema: What `studio.data.inspect` says of it.
    """
    if schema["kind"] == "text":
        return ("tokens", "encoding")
    suffix = PurePath(path).suffix.lower()
    found = next((fields for known, fields in _BY_SUFFIX.items() if suffix in known), ())
    has_recordings = _names(schema)[:1] == ("mel 1",)
    if not suffix or has_recordings:
        found = tuple(dict.fromkeys((*found, *_AUDIO))) if has_recordings else (*found, "encoding")
    if schema["symbols"]:
        found = tuple(dict.fromkeys((*found, "tokens")))
    return found


def _names(schema: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["name"]) for each in schema["columns"])

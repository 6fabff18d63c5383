"""The file formats that can be read; a new one is a file here and a line below."""

from pathlib import Path

from studio.core.errors import DatasetError
from studio.data.formats import (
    arff,
    arrow,
    audio,
    corpus,
    excel,
    fasta,
    json_lines,
    lines,
    mat,
    npy,
    npz,
    parquet,
    table,
    ts,
)
from studio.data.formats.format import Format
from studio.data.reading import read_head, refuse_binary

FORMATS: tuple[Format, ...] = (
    npy.FORMAT,
    npz.FORMAT,
    excel.FORMAT,
    parquet.FORMAT,
    arrow.FORMAT,
    mat.FORMAT,
    audio.FORMAT,
    arff.FORMAT,
    ts.FORMAT,
    fasta.FORMAT,
    json_lines.FORMAT,
    lines.FORMAT,
    corpus.FORMAT,
    table.FORMAT,
)

__all__ = ["FORMATS", "Format", "format_of"]


def format_of(path: Path) -> Format:
    """The format of a file, by its content and its name.

    Raises:
        DatasetError: It cannot be read, or no format recognises it.
    """
    head = read_head(path)
    for candidate in FORMATS:
        if candidate.recognises(path, head):
            return candidate
    for candidate in FORMATS:
        if path.suffix.lower() in candidate.suffixes:
            return candidate
    refuse_binary(path, head)
    known = ", ".join(suffix for candidate in FORMATS for suffix in candidate.suffixes)
    raise DatasetError(
        "is in no format that this version reads", where=path.name, remedy=f"Give one of {known}"
    )

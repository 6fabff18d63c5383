"""The file formats that can be read; a new one is a module here and a line below."""

from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.plugins import Registry, blaming
from studio.data.files.compressed import compression_of
from studio.data.files.text_files import read_head, refuse_binary
from studio.data.formats import (
    arrow,
    audio,
    corpus,
    excel,
    fasta,
    json_document,
    json_lines,
    lines,
    lvm,
    parquet,
    table,
)
from studio.data.formats.archives import arff, ts, tsf
from studio.data.formats.arrays import hdf5, mat, npy, npz
from studio.data.formats.format import Format

FORMATS: tuple[Format, ...] = (
    npy.FORMAT,
    npz.FORMAT,
    excel.FORMAT,
    parquet.FORMAT,
    arrow.FORMAT,
    mat.FORMAT,
    hdf5.FORMAT,
    audio.FORMAT,
    tsf.FORMAT,
    arff.FORMAT,
    ts.FORMAT,
    fasta.FORMAT,
    json_lines.FORMAT,
    json_document.FORMAT,
    lvm.FORMAT,
    lines.FORMAT,
    corpus.FORMAT,
    table.FORMAT,
)


def _problem(name: str, file_format: Format) -> str:
    """What is wrong with the format of a package, a clause, or ""."""
    if name != file_format.name:
        return "its name is not that of its entry point"
    endings = file_format.suffixes
    if not endings or any(not each.startswith(".") or each != each.lower() for each in endings):
        return "it needs suffixes in lower case with the dot"
    return ""


PLUGIN_FORMATS = Registry(
    {each.name: each for each in FORMATS}, "gate_studio.formats", Format, _problem
)
"""The formats by name, with those of installed packages."""

_READ_AS_PACKED = (npz.FORMAT, excel.FORMAT, fasta.FORMAT)
"""Formats that are themselves archives, or that unpack what they read."""

__all__ = ["FORMATS", "PLUGIN_FORMATS", "Format", "format_of", "is_packed", "known_suffixes"]


def is_packed(path: Path) -> bool:
    """Whether a file is compressed or an archive around another format.

    Raises:
        DatasetError: It cannot be read, or is compressed in a way that is not supported.
    """
    if compression_of(path) is None:
        return False
    head = read_head(path)
    return not any(candidate.recognises(path, head) for candidate in _READ_AS_PACKED)


def known_suffixes() -> tuple[str, ...]:
    """The suffixes of all formats, with those of installed packages."""
    return tuple(suffix for each in PLUGIN_FORMATS.values() for suffix in each.suffixes)


def format_of(path: Path) -> Format:
    """The format of a file, by its content and its name.

    Raises:
        DatasetError: It cannot be read, or no format recognises it.
    """
    head = read_head(path)
    ending = path.suffix.lower()
    for name, added in PLUGIN_FORMATS.added.items():  # asked only about files with their endings
        with blaming(PLUGIN_FORMATS, name):
            if ending in added.suffixes and added.recognises(path, head):
                return added
    for candidate in FORMATS:
        if candidate.recognises(path, head):
            return candidate
    for candidate in FORMATS:
        if ending in candidate.suffixes:
            return candidate
    refuse_binary(path, head)
    known = ", ".join(known_suffixes())
    raise DatasetError(
        "is not in a supported format", where=path.name, remedy=f"Use one of {known}"
    )

"""A single recording, which is no dataset by itself."""

from pathlib import Path

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.audio import SUFFIXES
from studio.data.dataset import Dataset
from studio.data.formats.format import Format


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file begins as WAV or FLAC files do, or is named so."""
    is_wav = head.startswith((b"RIFF", b"RF64")) and head[8:12] == b"WAVE"
    return is_wav or head.startswith(b"fLaC") or path.suffix.lower() in SUFFIXES


def read(path: Path, spec: FileDataset) -> Dataset:  # noqa: ARG001 - the signature of a format
    """Says what to give instead.

    Raises:
        DatasetError: Always.
    """
    raise DatasetError(
        "is one recording",
        where=path.name,
        remedy="Give the folder that holds a folder for each class, or a table of paths and labels",
    )


FORMAT = Format("audio", "WAV or FLAC, in a folder for each class", SUFFIXES, recognises, read)

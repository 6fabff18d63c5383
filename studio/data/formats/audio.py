"""A single recording, which is not a dataset by itself."""

from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.transform.audio import SUFFIXES


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has a WAV or FLAC signature or suffix."""
    is_wav = head.startswith((b"RIFF", b"RF64")) and head[8:12] == b"WAVE"
    return is_wav or head.startswith(b"fLaC") or path.suffix.lower() in SUFFIXES


def read(path: Path, spec: FileDataset) -> Dataset:  # noqa: ARG001 - the signature of a format
    """Explains what to choose instead.

    Raises:
        DatasetError: Always.
    """
    raise DatasetError(
        "is a single recording",
        where=path.name,
        remedy="Choose a folder with a subfolder per class, or a table of paths and labels",
    )


FORMAT = Format("audio", "WAV or FLAC, in a folder per class", SUFFIXES, recognises, read)

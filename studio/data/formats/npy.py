"""A NumPy array in a file of its own: one long series."""

from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.spec import FileDataset
from studio.data.arrays import read_array, series_of_array
from studio.data.dataset import Series
from studio.data.formats.format import Format

_MAGIC = b"\x93NUMPY"


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file begins as NumPy files do, or is named so."""
    return head.startswith(_MAGIC) or path.suffix.lower() == ".npy"


def read(path: Path, spec: FileDataset) -> Series:  # noqa: ARG001 - the signature of a format
    """Reads a series (time,) or (time, channels).

    Raises:
        DatasetError: The file is damaged, holds objects, or has a shape that is no series.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            array = read_array(file, size, path.name)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=path.name) from None
    return series_of_array(array, path)


FORMAT = Format("npy", "NumPy array", (".npy",), recognises, read)

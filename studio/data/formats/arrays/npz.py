"""Archives of NumPy arrays: labelled examples, sequences, or one series."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.content import ArrayFile
from studio.data.collections.array_sets import dataset_of_arrays
from studio.data.dataset import Dataset
from studio.data.files.arrays import read_array
from studio.data.files.text_files import refuse_decompression_bomb
from studio.data.formats.format import Format

_LOCAL_HEADER = 30


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file is a ZIP archive of .npy files, or has the suffix .npz."""
    name_length = int.from_bytes(head[26:28], "little")
    first_name = head[_LOCAL_HEADER : _LOCAL_HEADER + name_length]
    is_archive = head.startswith(b"PK\x03\x04") and first_name.endswith(b".npy")
    return is_archive or path.suffix.lower() == ".npz"


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads the arrays as in `dataset_of_arrays`.

    Raises:
        DatasetError: The file is damaged, unpacks to far more than its size, holds objects, or its
            arrays do not fit together.
    """
    return dataset_of_arrays(ArrayFile(path, _read_arrays(path)), spec)


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    damaged = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            refuse_decompression_bomb(sum(info.file_size for info in members), path)
            arrays = {}
            for info in members:
                key = info.filename.removesuffix(".npy")
                with archive.open(info) as file:
                    where = f"{path.name}, array '{key}'"
                    arrays[key] = read_array(file, info.file_size, where)
    except damaged:
        raise DatasetError(
            "is not a complete .npz file", where=path.name, remedy="Save it again with numpy.savez"
        ) from None
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=path.name) from None
    return arrays


FORMAT = Format("npz", "NumPy archive", (".npz",), recognises, read)

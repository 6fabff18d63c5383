"""MATLAB files of version 5: numbers and texts alone."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.array_sets import dataset_of_arrays
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.reading import refuse_bomb

_MAGIC = b"MATLAB 5.0 MAT-file"
_HDF5 = b"MATLAB 7.3 MAT-file"
_NUMBERS = frozenset({"double", "single", "logical", "char"} | {
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
})  # fmt: skip


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file begins as MATLAB files do, or is named so."""
    return head.startswith((_MAGIC, _HDF5)) or path.suffix.lower() == ".mat"


def read(path: Path, spec: FileDataset) -> Dataset:  # noqa: ARG001 - the signature of a format
    """Reads the arrays of numbers and texts as from an NPZ file.

    Raises:
        DatasetError: It is damaged or of another version, holds objects or functions, or its
            arrays do not fit together.
    """
    with path.open("rb") as file:
        if file.read(len(_HDF5)) == _HDF5:
            raise DatasetError(
                "is a MATLAB file of version 7.3", where=path.name,
                remedy="Save it with save(..., '-v7')",
            )  # fmt: skip
    from scipy import io  # noqa: PLC0415 - slow to import

    try:
        listed = io.whosmat(str(path))
        _refuse_odd(path, listed)
        content = io.loadmat(str(path), variable_names=[name for name, _, _ in listed])
    except DatasetError:
        raise
    except Exception:  # noqa: BLE001 - scipy raises whatever a damaged file leads to
        raise DatasetError(
            "is not a complete MATLAB file", where=path.name, remedy="Save it again with '-v7'"
        ) from None
    return dataset_of_arrays(path, {name: _plain(content[name]) for name, _, _ in listed})


def _refuse_odd(path: Path, listed: list[tuple[str, tuple[int, ...], str]]) -> None:
    for name, _, kind in listed:
        if kind not in _NUMBERS:
            raise DatasetError(
                f"is of the type {kind}, which is not read",
                where=f"{path.name}, array '{name}'",
                remedy="Save arrays of numbers or text alone",
            )
    cells = sum(float(np.prod(np.array(shape, dtype=np.float64))) for _, shape, _ in listed)
    refuse_bomb(int(min(cells * 8, 1e18)), path)


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Without the second axis that MATLAB gives to vectors, and text without its padding."""
    if array.dtype.kind == "U":
        return np.char.strip(np.atleast_1d(array))
    is_vector = array.ndim == 2 and 1 in array.shape  # noqa: PLR2004 - a matrix
    return array.reshape(-1) if is_vector else array


FORMAT = Format("mat", "MATLAB file", (".mat",), recognises, read)

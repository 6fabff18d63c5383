"""MATLAB files: arrays of numbers and text, and cell arrays of sequences."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.core.system.memory import refuse_beyond_memory
from studio.data.arrays.content import ArrayFile, Content, sequences_or_labels
from studio.data.arrays.hdf5 import read_hdf5
from studio.data.arrays.mat5_check import refuse_damaged_mat5
from studio.data.collections.array_sets import dataset_of_arrays
from studio.data.dataset import Dataset
from studio.data.files.text_files import refuse_decompression_bomb
from studio.data.formats.format import Format

_MAGIC = b"MATLAB 5.0 MAT-file"
_HDF5 = b"MATLAB 7.3 MAT-file"
_NUMBERS = frozenset({"double", "single", "logical", "char"} | {
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
})  # fmt: skip
_KINDS = {
    "struct": "a struct", "function": "a function", "sparse": "a sparse matrix",
    "cell": "a cell array of mixed content",
}  # fmt: skip
_OBJECT = "an object of MATLAB, such as a table or categorical"


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has a MATLAB signature or suffix."""
    return head.startswith((_MAGIC, _HDF5)) or path.suffix.lower() == ".mat"


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads arrays like those of an NPZ file; cell arrays of matrices are sequences.

    Structs and objects beside them are left out with a note; the fields of a struct that is
    alone are arrays.

    Raises:
        DatasetError: It is damaged, needs h5py and that is not installed, holds nothing but
            objects or functions, or its arrays do not fit together.
        SpecError: A setting does not fit.
    """
    with path.open("rb") as file:
        signature = file.read(len(_HDF5))
    if signature not in {_MAGIC, _HDF5}:  # SciPy can crash on what only looks like version 4
        raise DatasetError(
            "is damaged, or a MATLAB file of version 4",
            where=path.name,
            remedy="Save it again with '-v7'",
        )
    if signature == _HDF5:
        return dataset_of_arrays(read_hdf5(path, "is a MATLAB file of version 7.3"), spec)
    try:
        content = _content(path)
    except DatasetError:
        raise
    except Exception:  # noqa: BLE001 - scipy raises whatever a damaged file leads to
        raise DatasetError(
            "is not a complete MATLAB file", where=path.name, remedy="Save it again with '-v7'"
        ) from None
    return dataset_of_arrays(content, spec)


def _content(path: Path) -> ArrayFile:
    from scipy import io

    unchecked = refuse_damaged_mat5(path)
    listed = [entry for entry in io.whosmat(str(path)) if not entry[0].startswith("__")]
    cells = sum(float(np.prod(np.array(shape, dtype=np.float64))) for _, shape, _ in listed)
    unpacked = int(min(cells * 8, 1e18))
    refuse_decompression_bomb(unpacked, path)
    refuse_beyond_memory(2 * unpacked, path.name, "Use a part of it")
    safe = [entry for entry in listed if entry[0] not in unchecked]
    usable = [name for name, _, kind in safe if kind in _NUMBERS or kind == "cell"]
    structs = [name for name, _, kind in safe if kind == "struct"]
    is_nested = not usable and len(structs) == 1
    loaded = io.loadmat(str(path), variable_names=structs if is_nested else usable)
    if is_nested:
        return _fields(path, loaded[structs[0]])
    others = {name: _KINDS.get(kind, _OBJECT) for name, _, kind in listed if name not in usable}
    return _sorted_out(path, {name: loaded[name] for name in usable}, others)


def _fields(path: Path, struct: NDArray[Any]) -> ArrayFile:
    """The fields of a single struct as arrays."""
    names = struct.dtype.names or ()
    fields = {name: struct.reshape(-1)[0][name] for name in names} if struct.size == 1 else {}
    others = {} if fields else {"": f"a struct array of {struct.size} entries"}
    return _sorted_out(path, fields, others)


def _sorted_out(path: Path, arrays: dict[str, Any], others: dict[str, str]) -> ArrayFile:
    read = {name: _plain(array) for name, array in arrays.items()}
    usable = {name: array for name, array in read.items() if array is not None}
    lost = {name: _KINDS["cell"] for name in read if name not in usable}
    return ArrayFile(path, usable, {**others, **lost})


def _plain(array: Any) -> Content | None:  # noqa: ANN401 - scipy is untyped
    """Vectors without MATLAB's second axis, text without its padding, cells as sequences."""
    if not isinstance(array, np.ndarray) or array.dtype.kind == "V":
        return None
    if array.dtype.kind == "O":
        return _cells(array.reshape(-1, order="F").tolist())
    if array.dtype.kind == "U":
        return np.char.strip(np.atleast_1d(array))
    is_vector = array.ndim == 2 and 1 in array.shape  # noqa: PLR2004 - a matrix
    return array.reshape(-1) if is_vector else array


def _cells(cells: list[Any]) -> Content | None:
    """A cell array as labels, or as a list of matrices."""
    arrays = [cell for cell in cells if isinstance(cell, np.ndarray)]
    kinds = {array.dtype.kind for array in arrays}
    if len(arrays) < len(cells) or not arrays:
        return None
    if kinds == {"U"}:
        return np.array([str(array[0]).strip() if array.size else "" for array in arrays])
    if not kinds <= set("biuf"):
        return None
    return sequences_or_labels(arrays)


FORMAT = Format("mat", "MATLAB file", (".mat",), recognises, read)

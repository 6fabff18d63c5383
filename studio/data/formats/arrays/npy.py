"""NumPy arrays: one long series, or examples without labels."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from studio.core.errors import DatasetError
from studio.core.notes import FilesReadTogether
from studio.core.specs.comparison_spec import FileDataset
from studio.data.arrays.content import ArrayFile
from studio.data.collections.array_sets import (
    belongs_to_sequences,
    dataset_of_arrays,
    is_sequences,
)
from studio.data.dataset import Dataset
from studio.data.files.arrays import read_array
from studio.data.formats.format import Format

_MAGIC = b"\x93NUMPY"


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has a NumPy signature or suffix."""
    return head.startswith(_MAGIC) or path.suffix.lower() == ".npy"


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a series of one or two axes, or unlabelled examples of three, in any order of the axes.

    An array named X is read together with y, X_test and the like beside it.

    Raises:
        DatasetError: The file is damaged, holds objects, or does not have such a shape.
        SpecError: The setting `axes` does not fit.
    """
    together = files(path, spec)
    if len(together) == 1:
        return dataset_of_arrays(ArrayFile(path, {"": _array(path)}), spec)
    arrays = {each.stem: _array(each) for each in together}
    dataset = dataset_of_arrays(ArrayFile(path, arrays), spec)
    return replace(dataset, notes=(FilesReadTogether(tuple(arrays)), *dataset.notes))


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:  # noqa: ARG001 - of a format
    """The array, and the arrays beside it that are its labels, lengths or other sets."""
    if not is_sequences(path.stem):
        return (path,)
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return (path,)
    arrays = [each for each in beside if each.suffix.lower() == ".npy" and each != path]
    fitting = [each for each in arrays if belongs_to_sequences(each.stem)]
    has_labels = any(not is_sequences(each.stem) for each in fitting)
    return (path, *fitting) if has_labels else (path,)


def _array(path: Path) -> NDArray[Any]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return read_array(file, size, path.name)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=path.name) from None


FORMAT = Format("npy", "NumPy array", (".npy",), recognises, read, files)

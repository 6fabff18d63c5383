"""The arrays of HDF5 files, among them MATLAB files of version 7.3; needs the extra `hdf5`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import DatasetError, UserError
from studio.core.system.memory import refuse_beyond_memory
from studio.data.arrays.content import ArrayFile, Content, sequences_or_labels
from studio.data.files.text_files import refuse_decompression_bomb

_DEEPEST = 4
_MOST_ARRAYS = 1000
_MOST_CELLS = 1_000_000
_OBJECT = "an object of MATLAB, such as a table or categorical"


def read_hdf5(path: Path, what: str = "is an HDF5 file") -> ArrayFile:
    """Reads all arrays of numbers and text; those in groups are named group_array.

    Arrays of MATLAB get the order of axes that they have there.

    Args:
        path: The file.
        what: What it is, for the message where h5py is not installed.

    Raises:
        DatasetError: h5py is not installed, or the file is damaged or unpacks to too much.
    """
    h5py = _library(path, what)
    try:
        with h5py.File(path, "r") as file:
            found = _Found(h5py, file, path)
            found.look_into(file, "", 0)
            refuse_decompression_bomb(found.unpacked, path)
            refuse_beyond_memory(2 * found.unpacked, path.name, "Use a part of it")
            return ArrayFile(path, dict(found.read()), found.others)
    except UserError:
        raise
    except Exception:  # noqa: BLE001 - a damaged file makes h5py raise anything
        raise DatasetError(
            "is not a complete HDF5 file", where=path.name, remedy="Save it again"
        ) from None


def _library(path: Path, what: str) -> Any:  # noqa: ANN401 - h5py is untyped
    try:
        import h5py  # an extra
    except ImportError:
        raise DatasetError(
            f"{what}, but h5py, which reads them, is not installed",
            where=path.name,
            remedy="Install it with: pip install 'gate-studio[hdf5]', or save it in another "
            "format, in MATLAB with save(..., '-v7')",
        ) from None
    return h5py


@dataclass
class _Found:
    """The arrays of a file before they are read."""

    h5py: Any
    file: Any
    path: Path
    datasets: dict[str, Any] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    unpacked: int = 0

    def look_into(self, group: Any, prefix: str, depth: int) -> None:  # noqa: ANN401 - h5py
        for name in group:
            key = f"{prefix}{name}"
            if name.startswith("#") or len(self.datasets) >= _MOST_ARRAYS:
                continue
            if not isinstance(group.get(name, getlink=True), self.h5py.HardLink):
                self.others[key] = "a link"
                continue
            entry = group[name]
            if isinstance(entry, self.h5py.Dataset):
                self._add(key, entry)
            elif _matlab_class(entry) or depth >= _DEEPEST:
                self.others[key] = "a struct" if _matlab_class(entry) else "nested too deeply"
            else:
                self.look_into(entry, f"{key}_", depth + 1)

    def _add(self, key: str, dataset: Any) -> None:  # noqa: ANN401 - h5py
        if dataset.is_virtual or dataset.external:
            self.others[key] = "kept in another file"
        elif dataset.shape is None or _attribute(dataset, "MATLAB_empty"):
            self.others[key] = "empty"
        elif "MATLAB_object_decode" in dataset.attrs:
            self.others[key] = _OBJECT
        elif dataset.dtype.kind == "V":
            self.others[key] = "a table of fields"
        else:
            self.datasets[key] = dataset
            self.unpacked += int(dataset.size) * int(dataset.dtype.itemsize)

    def read(self) -> Iterator[tuple[str, Content]]:
        for key, dataset in self.datasets.items():
            content = self._content(dataset)
            if content is None:
                self.others[key] = "a cell array of mixed content"
            else:
                yield key, content

    def _content(self, dataset: Any) -> Content | None:  # noqa: ANN401 - h5py
        if self.h5py.check_ref_dtype(dataset.dtype) is not None:
            return self._cells(dataset)
        if self.h5py.check_string_dtype(dataset.dtype) is not None:
            return np.array(dataset.asstr()[()], dtype=str)
        if self.h5py.check_vlen_dtype(dataset.dtype) is not None:
            return tuple(np.asarray(each) for each in np.ravel(dataset[()]).tolist())
        if _matlab_class(dataset) == "char":
            return _text(dataset)
        return _numbers(dataset)

    def _cells(self, dataset: Any) -> Content | None:  # noqa: ANN401 - h5py
        references = np.transpose(dataset[()]).reshape(-1, order="F")
        entries = [self.file[reference] for reference in references[:_MOST_CELLS] if reference]
        are_arrays = all(isinstance(entry, self.h5py.Dataset) for entry in entries)
        if len(entries) < len(references) or not entries or not are_arrays:
            return None
        self.unpacked += sum(int(entry.size) * int(entry.dtype.itemsize) for entry in entries)
        refuse_decompression_bomb(self.unpacked, self.path)
        are_texts = {_matlab_class(entry) == "char" for entry in entries}
        if are_texts == {True}:
            return np.concatenate([_text(entry) for entry in entries])
        if True in are_texts or any(entry.dtype.kind not in "biuf" for entry in entries):
            return None
        return sequences_or_labels([_numbers(entry) for entry in entries])


def _attribute(entry: Any, name: str) -> Any:  # noqa: ANN401 - h5py
    return entry.attrs.get(name)


def _matlab_class(entry: Any) -> str:  # noqa: ANN401 - h5py
    """MATLAB's class of a dataset or group, or "" in other files."""
    found = _attribute(entry, "MATLAB_class")
    return found.decode() if isinstance(found, bytes) else str(found or "")


def _numbers(dataset: Any) -> NDArray[Any]:  # noqa: ANN401 - h5py
    """The values, with the fill value and scale of the netCDF conventions taken into account."""
    array = np.asarray(dataset[()])
    if _matlab_class(dataset):
        array = array.T
        is_vector = array.ndim == 2 and 1 in array.shape  # noqa: PLR2004 - a matrix
        return array.reshape(-1) if is_vector else array
    fill, scale, offset = (
        _attribute(dataset, name) for name in ("_FillValue", "scale_factor", "add_offset")
    )
    if array.dtype.kind not in "iuf" or (fill is None and scale is None and offset is None):
        return array
    values = array.astype(np.float64)
    if fill is not None:
        values[array == np.ravel(fill)[0]] = np.nan
    scaled = values * (1.0 if scale is None else float(np.ravel(scale)[0]))
    return np.asarray(scaled + (0.0 if offset is None else float(np.ravel(offset)[0])))


def _text(dataset: Any) -> NDArray[Any]:  # noqa: ANN401 - h5py
    """MATLAB's text, a row for each string."""
    if _attribute(dataset, "MATLAB_empty"):
        return np.array([""])
    codes = np.atleast_2d(np.asarray(dataset[()]).T)
    return np.array(["".join(map(chr, row.tolist())).strip() for row in codes])

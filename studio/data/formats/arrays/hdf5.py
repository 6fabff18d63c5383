"""HDF5 files of arrays, such as X and y; needs the extra `hdf5`."""

from pathlib import Path

from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.hdf5 import read_hdf5
from studio.data.collections.array_sets import dataset_of_arrays
from studio.data.dataset import Dataset
from studio.data.formats.format import Format

_MAGIC = b"\x89HDF\r\n\x1a\n"
_SUFFIXES = (".h5", ".hdf5", ".hdf")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has the signature of HDF5 or one of its suffixes."""
    return head.startswith(_MAGIC) or path.suffix.lower() in _SUFFIXES


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads arrays like those of an NPZ file; the arrays of a group are named group_array.

    Raises:
        DatasetError: h5py is not installed, the file is damaged, or its arrays do not fit
            together.
        SpecError: A setting does not fit.
    """
    return dataset_of_arrays(read_hdf5(path), spec)


FORMAT = Format("hdf5", "HDF5 file", _SUFFIXES, recognises, read)

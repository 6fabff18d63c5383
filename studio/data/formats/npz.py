"""Several NumPy arrays in one file: examples with labels, or one series."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.core.spec import FileDataset
from studio.data.arrays import array_columns, numbers_of, read_array, series_of_array
from studio.data.dataset import Column, Dataset, ExampleSet
from studio.data.formats.format import Format
from studio.data.labels import Labels, classes_of_text
from studio.data.pairs import join

MOST_BYTES = 8_000_000_000
"""Unpacked size of all arrays that is still read."""

_LOCAL_HEADER = 30
_EXAMPLE_AXES = 3


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file is a ZIP archive of .npy files, or named .npz."""
    name_length = int.from_bytes(head[26:28], "little")
    first_name = head[_LOCAL_HEADER : _LOCAL_HEADER + name_length]
    is_archive = head.startswith(b"PK\x03\x04") and first_name.endswith(b".npy")
    return is_archive or path.suffix.lower() == ".npz"


def read(path: Path, spec: FileDataset) -> Dataset:  # noqa: ARG001 - the signature of a format
    """Reads X with y, X_train, y_train, X_test, y_test, or one array as a series.

    X is (examples, time) or (examples, time, channels), y holds classes (whole numbers or text)
    or values (examples,) or (examples, targets); `lengths` may give the valid steps.

    Raises:
        DatasetError: The file is damaged, holds objects, or its arrays do not fit together.
    """
    arrays = _read_arrays(path)
    if {"x", "y"} <= arrays.keys():
        return _examples(path, arrays, "")
    if {"x_train", "y_train", "x_test", "y_test"} <= arrays.keys():
        return join(_examples(path, arrays, "_train"), _examples(path, arrays, "_test"))
    if len(arrays) == 1:
        [(key, array)] = arrays.items()
        return series_of_array(array, path, key)
    raise DatasetError(
        f"holds the arrays {', '.join(arrays) or 'none'}",
        where=path.name,
        remedy="Give X and y, or X_train, y_train, X_test and y_test, or one array",
    )


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    damaged = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            if sum(info.file_size for info in members) > MOST_BYTES:
                raise DatasetError(
                    "unpacks to more than 8 GB", where=path.name, remedy="Save fewer examples"
                )
            arrays = {}
            for info in members:
                key = info.filename.removesuffix(".npy")
                with archive.open(info) as file:
                    where = f"{path.name}, array '{key}'"
                    arrays[key.lower()] = read_array(file, info.file_size, where)
    except damaged:
        raise DatasetError(
            "is not a complete .npz file", where=path.name, remedy="Save it again with numpy.savez"
        ) from None
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=path.name) from None
    return arrays


def _examples(path: Path, arrays: Mapping[str, NDArray[Any]], suffix: str) -> ExampleSet:
    x_place, y_place = (f"{path.name}, array '{key}{suffix}'" for key in "Xy")
    x, y = arrays[f"x{suffix}"], arrays[f"y{suffix}"]
    if x.ndim not in {2, _EXAMPLE_AXES} or not x.size:
        raise DatasetError(
            f"has the shape {x.shape}",
            where=x_place,
            remedy="Give (examples, time) or (examples, time, channels)",
        )
    if len(y) != len(x) if y.ndim else True:
        raise DatasetError(
            f"has the shape {y.shape} for {len(x)} examples",
            where=y_place,
            remedy="Give one label for each example",
        )
    padded = numbers_of(x, x_place).reshape(len(x), x.shape[1], -1)
    lengths = _lengths(path, arrays, suffix, padded)
    values = padded[np.arange(padded.shape[1]) < lengths[:, np.newaxis]]
    labels, names = _labels(y, y_place)
    channels = array_columns(values, x_place)
    return ExampleSet(
        name=path.stem,
        source=path.name,
        columns=(*channels, *_targets(labels, names)),
        channels=channels,
        values=values,
        lengths=lengths,
        labels=labels,
        class_names=names,
    )


def _lengths(
    path: Path, arrays: Mapping[str, NDArray[Any]], suffix: str, padded: Doubles
) -> Integers:
    examples, steps = padded.shape[:2]
    given = arrays.get(f"lengths{suffix}")
    if given is None:
        return np.full(examples, steps, dtype=np.int64)
    fits = given.shape == (examples,) and given.dtype.kind in "iu"
    if not fits or given.min() < 1 or given.max() > steps:
        raise DatasetError(
            "does not give one length for each example",
            where=f"{path.name}, array 'lengths{suffix}'",
            remedy=f"Give {examples} whole numbers between 1 and {steps}",
        )
    return given.astype(np.int64)


def _labels(y: NDArray[Any], where: str) -> Labels:
    if y.ndim == 1 and y.dtype.kind in "USbiu":
        texts = np.char.decode(y, "utf-8", "replace") if y.dtype.kind == "S" else y.astype(str)
        return classes_of_text(texts)
    if y.ndim not in {1, 2} or not y.size:
        raise DatasetError(
            f"has the shape {y.shape} and the type {y.dtype}",
            where=where,
            remedy="Give classes (examples,), or numbers (examples,) or (examples, targets)",
        )
    return numbers_of(y, where).reshape(len(y), -1), None


def _targets(labels: Integers | Doubles, names: tuple[str, ...] | None) -> tuple[Column, ...]:
    if names is not None:
        return (Column("class", "label", "text", missing=int(np.sum(labels < 0))),)
    count = labels.shape[1]
    titles = ["target"] if count == 1 else [f"target {at + 1}" for at in range(count)]
    missing = np.isnan(labels).sum(axis=0)
    return tuple(
        Column(title, "target", missing=int(absent))
        for title, absent in zip(titles, missing, strict=True)
    )


FORMAT = Format("npz", "NumPy archive", (".npz",), recognises, read)

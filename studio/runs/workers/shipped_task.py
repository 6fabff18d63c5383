"""Prepared data as plain files: written once, memory-mapped by every worker of a machine.

A folder named by the hash of its content holds `task.json` and NumPy files. Overlapping windows are
stored as the array that they are views of.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing

_ARRAYS = ("inputs", "lengths", "targets", "targets_in_units", "positions")
_CHUNK = 1 << 22


def write_task(task: PreparedTask, folder: Path) -> str:
    """Writes a task and returns its key, the name of the subfolder; does nothing if it is there.

    Args:
        task: The prepared data.
        folder: Where tasks are kept.

    Raises:
        OSError: It cannot be written; nothing half-written stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder, prefix="."))
    try:
        arrays = _Arrays(staging)
        described = {
            "name": task.name,
            "preprocessing": task.preprocessing.model_dump(mode="json"),
            "parts": {name: _described(part, arrays) for name, part in task.parts.items()},
        }
        (staging / "task.json").write_text(json.dumps(described, sort_keys=True), encoding="utf-8")
        key = content_key(staging)
        if not (folder / key).exists():
            staging.rename(folder / key)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return key


def read_task(folder: Path) -> PreparedTask:
    """The task in a folder, memory-mapped; changes of its arrays stay in memory."""
    described = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    training, validation, test = (
        _examples(described["parts"][name], folder) for name in ("training", "validation", "test")
    )
    preprocessing = Preprocessing.model_validate_json(json.dumps(described["preprocessing"]))
    return PreparedTask(described["name"], preprocessing, training, validation, test)


def content_key(folder: Path) -> str:
    """The hash of the names and contents of a folder's files, hexadecimal."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        whole.update(f"{path.name} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                whole.update(chunk)
    return whole.hexdigest()


class _Arrays:
    """Writes arrays; windows that are views of one array share its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0
        self._shared: dict[int, str] = {}

    def described(self, values: NDArray[Any]) -> dict[str, Any]:
        owner = _owner(values)
        if values.flags.c_contiguous or not owner.flags.c_contiguous:
            whole = np.ascontiguousarray(values)
            file, offset = self._write(whole), 0
        else:
            whole, offset = values, _address(values) - _address(owner)
            file = self._shared.get(_address(owner)) or self._write(owner)
            self._shared[_address(owner)] = file
        return {
            "file": file,
            "type": whole.dtype.str,
            "offset": offset,
            "shape": whole.shape,
            "strides": whole.strides,
        }

    def _write(self, values: NDArray[Any]) -> str:
        name = f"array{self._files}.npy"
        self._files += 1
        np.save(self._folder / name, values, allow_pickle=False)
        return name


def _owner(values: NDArray[Any]) -> NDArray[Any]:
    """The array whose memory a view shows; as_strided puts another object between them."""
    owner = values
    while True:
        base = owner.base
        between = base if isinstance(base, np.ndarray) else getattr(base, "base", None)
        if not isinstance(between, np.ndarray):
            return owner
        owner = between


def _address(values: NDArray[Any]) -> int:
    return int(values.__array_interface__["data"][0])


def _described(part: Examples, arrays: _Arrays) -> dict[str, Any]:
    return {
        **{
            name: None if values is None else arrays.described(values)
            for name in _ARRAYS
            for values in (getattr(part, name),)
        },
        "per_step": part.per_step,
        "carried": part.carried,
    }


def _examples(described: dict[str, Any], folder: Path) -> Examples:
    arrays = {
        name: None if described[name] is None else _array(described[name], folder)
        for name in _ARRAYS
    }
    return Examples(**arrays, per_step=described["per_step"], carried=described["carried"])  # type: ignore[arg-type]


def _array(described: dict[str, Any], folder: Path) -> NDArray[Any]:
    """A view of a file, within whose bounds NumPy keeps it."""
    path = folder / described["file"]
    stored = np.load(path, mmap_mode="c", allow_pickle=False) if path.stat().st_size else None
    assert stored is not None  # noqa: S101 - a NumPy file has a header
    flat = stored.reshape(-1)
    shape = tuple(described["shape"])
    if not len(flat):
        return np.empty(shape, dtype=described["type"])
    return np.ndarray(
        shape,
        dtype=described["type"],
        buffer=flat.data,
        offset=described["offset"],
        strides=tuple(described["strides"]),
    )

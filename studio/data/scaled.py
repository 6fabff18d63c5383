"""Scaled values of a series: in memory, or beside the memory map that they come from."""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.errors import DatasetError
from studio.core.preparation import Scaler
from studio.core.task import Scaling
from studio.data.tables.rows_file import RowsFile

_CHUNK = 1 << 20


def fit_scaler(kind: Scaling, values: Doubles) -> Scaler:
    """Fits a scaler column by column, which needs memory for one column alone."""
    each = [Scaler.fit(kind, values[:, at : at + 1]) for at in range(values.shape[1])]
    return Scaler(
        kind=kind,
        center=tuple(one.center[0] for one in each),
        scale=tuple(one.scale[0] for one in each),
    )


def scaled_values(scaler: Scaler, values: Doubles) -> Floats:
    """The values scaled; those of a memory map are again a memory map, kept in its folder.

    Raises:
        DatasetError: The folder cannot be written.
    """
    if not isinstance(values, np.memmap) or values.filename is None:
        return scaler.apply(values)
    described = f"{scaler.model_dump_json()} {values.shape}"
    name = hashlib.sha256(described.encode()).hexdigest()[:24]
    path = Path(values.filename).with_name(f"scaled-{name}.npy")
    kept = _kept(path, values.shape)
    if kept is not None:
        return kept
    try:
        _write(path, scaler, values)
    except OSError as error:
        raise DatasetError(
            f"cannot be written: {error.strerror or error}",
            where=str(path.parent),
            remedy="Free some space, or clear the cache",
        ) from None
    return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]


def _kept(path: Path, shape: tuple[int, ...]) -> Floats | None:
    """What was written before, or None where there is nothing or it is damaged."""
    try:
        found: Floats = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == shape else None


def _write(path: Path, scaler: Scaler, values: Doubles) -> None:
    """Writes beside the path under a name of its own, as others may write the same."""
    handle, name = tempfile.mkstemp(prefix=f"{path.stem}-", suffix=".part", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        with RowsFile(partial, values.shape[1], np.dtype(np.float32)) as file:
            for start in range(0, len(values), _CHUNK):
                file.add(scaler.apply(values[start : start + _CHUNK]))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)

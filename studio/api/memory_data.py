"""Data in memory as a file that a session can hold: arrays, Arrow tables, frames."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import DatasetError
from studio.core.file_names import file_stem
from studio.core.results.record import EMBED_LIMIT

if TYPE_CHECKING:
    import pyarrow as pa

_ACCEPTED = (
    "Give a path, the name of a generator, a NumPy array, arrays by name, an Arrow table or a data "
    "frame"
)


@contextmanager
def as_file(data: object, name: str, beside: Path | None) -> Iterator[tuple[str, bool]]:
    """The path of a file with this data, and whether the session must hold a copy of it.

    Data of up to 20 MB is in a temporary file, which is gone afterwards: the session has a copy.
    Larger data is written beside the session and stays there.

    Args:
        data: A path or a name, which is passed on; NumPy arrays, an Arrow table, or a frame.
        name: The dataset's name.
        beside: The session file; None for data that is read only once, whatever its size.

    Raises:
        DatasetError: It is of another type, or its arrays cannot be written.
    """
    if isinstance(data, str | PathLike):
        yield str(data), False
        return
    content: Any = data
    if beside is not None and _size_of(data) > EMBED_LIMIT:
        target = beside.with_name(f"{beside.stem}-data")
        target.mkdir(exist_ok=True)
        yield str(_write(content, target / file_stem(name))), False
        return
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as folder:
        yield str(_write(content, Path(folder, file_stem(name)))), True


def _size_of(data: object) -> int:
    """Bytes in memory, roughly."""
    if isinstance(data, Mapping):
        return sum(np.asarray(values).nbytes for values in data.values())
    size = getattr(data, "nbytes", None)
    return size if isinstance(size, int) else 0


def _write(data: Any, stem: Path) -> Path:  # noqa: ANN401 - whatever the user has
    if isinstance(data, np.ndarray):
        return _write_array(data, stem)
    if isinstance(data, Mapping) and data and not _are_columns(data):
        return _write_arrays(data, stem)
    return _write_table(_table_of(data), stem)


def _write_array(values: NDArray[Any], stem: Path) -> Path:
    path = stem.with_name(f"{stem.name}.npy")
    np.save(path, _plain(values, "the array"), allow_pickle=False)
    return path


def _write_arrays(arrays: Mapping[Any, Any], stem: Path) -> Path:
    path = stem.with_name(f"{stem.name}.npz")
    named = {str(key): _plain(np.asarray(value), f"'{key}'") for key, value in arrays.items()}
    np.savez(path, allow_pickle=False, **named)
    return path


def _plain(values: NDArray[Any], where: str) -> NDArray[Any]:
    if values.dtype.hasobject:
        raise DatasetError(
            "holds Python objects",
            where=where,
            remedy="Convert it to numbers or texts, such as array.astype(float)",
        )
    return values


def _are_columns(arrays: Mapping[Any, Any]) -> bool:
    """Whether they are the columns of a table: one axis each, of one length, and no X with y."""
    shapes = {np.shape(values) for values in arrays.values()}
    return len(shapes) == 1 and len(next(iter(shapes))) == 1


def _table_of(data: Any) -> "pa.Table":  # noqa: ANN401 - whatever the user has
    import pyarrow as pa

    if isinstance(data, Mapping) and data:
        return pa.table({str(name): np.asarray(values) for name, values in data.items()})
    if isinstance(data, pa.Table):
        return data
    if type(data).__module__.partition(".")[0] == "pandas":
        return _table_of_pandas(data)
    if hasattr(data, "__arrow_c_stream__"):
        return pa.table(data)
    raise DatasetError(
        f"cannot be read as data: it is a {type(data).__name__}", where="data", remedy=_ACCEPTED
    )


def _table_of_pandas(frame: Any) -> "pa.Table":  # noqa: ANN401 - pandas need not be installed
    """A frame or a series as a table; an index of dates or names becomes a column."""
    import pyarrow as pa

    frame = frame.to_frame() if hasattr(frame, "to_frame") and frame.ndim == 1 else frame
    if type(frame.index).__name__ != "RangeIndex":
        name = frame.index.name or ("time" if "Datetime" in type(frame.index).__name__ else "id")
        frame = frame.rename_axis(name).reset_index()
    frame = frame.rename(columns=str)
    return pa.Table.from_pandas(frame, preserve_index=False)


def _write_table(table: "pa.Table", stem: Path) -> Path:
    from pyarrow import parquet

    path = stem.with_name(f"{stem.name}.parquet")
    parquet.write_table(table.replace_schema_metadata(None), path)
    return path

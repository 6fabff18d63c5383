"""Series from arrays: a matrix, vectors of equal length, or a time beside values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.axes import parse_axes
from studio.data.arrays.content import ArrayFile, Content, SetArrays, as_vector
from studio.data.dataset import Column, Series
from studio.data.files.arrays import array_columns, numbers_of

_TIME_NAMES = frozenset({"t", "time", "times", "timestamp", "timestamps", "date", "dates",
                         "datetime", "datetimes", "tout"})  # fmt: skip
_Y_NAMES = ("y", "target", "targets", "labels", "label")
_X_NAMES = frozenset({"x", "data", "inputs", "sequences"})
_FEWEST_OF_UNNAMED = 16
_MATRIX = 2
_FALLS_SURE, _SURE, _UNSURE = 0.6, 0.95, 0.7


def series_of_matrix(
    file: ArrayFile, key: str, array: NDArray[Any], decisions: tuple[ReadingDecision, ...] = ()
) -> Series:
    """A series from an array (time,) or (time, channels).

    Raises:
        DatasetError: It is empty, or holds no finite numbers.
    """
    where = file.place(key)
    if array.ndim == 0 or not array.size:
        raise DatasetError("is an empty array", where=where, remedy="Save an array with values")
    if array.size == 1:
        raise DatasetError(
            f"holds the single number {array.reshape(-1)[0]:g}",
            where=where,
            remedy="Choose a file with a value for each time step",
        )
    ordered = array.reshape(-1) if array.size == max(array.shape) else array
    values = numbers_of(ordered, where).reshape(len(ordered), -1)
    columns = array_columns(values, where, "target")
    return Series(file.path.stem, file.path.name, columns, values, decisions=decisions)


def joined_series(file: ArrayFile, spec: FileDataset) -> tuple[Series, set[str]] | None:
    """A series of all arrays that have one entry for each time step, and the names it uses.

    None where there is neither a time nor a number of vectors of equal length.

    Raises:
        SpecError: The time that is set is no vector.
    """
    if spec.axes is not None and "examples" in spec.axes:
        return None
    arrays = {key: array for key, array in file.arrays.items() if not isinstance(array, tuple)}
    time = _time(arrays, spec)
    steps = _steps(arrays, time)
    if steps is None or len(arrays) != len(file.arrays):
        return None
    columns = {
        key: block
        for key, array in arrays.items()
        if key != time and (block := _block(array, steps)) is not None
    }
    large = {key for key, array in arrays.items() if array.size > 1 and key != time}
    if not columns or large - columns.keys():
        return None
    if time is None and _X_NAMES & {key.lower() for key in columns} and _is_wide(columns):
        return None
    return _series(file, columns, time, spec), {*columns, *({time} if time else ())}


def _is_wide(columns: Mapping[str, NDArray[Any]]) -> bool:
    return any(block.shape[1] > 1 for block in columns.values())


def _time(arrays: Mapping[str, NDArray[Any]], spec: FileDataset) -> str | None:
    if spec.time_column is not None:
        if spec.time_column not in arrays or as_vector(arrays[spec.time_column]) is None:
            raise SpecError(
                f"there is no vector '{spec.time_column}'",
                where="time",
                remedy=f"Choose one of {', '.join(arrays)}",
            )
        return spec.time_column
    named = [key for key in arrays if key.lower() in _TIME_NAMES]
    usable = [key for key in named if as_vector(arrays[key]) is not None and arrays[key].size > 1]
    return usable[0] if usable else None


def _steps(arrays: Mapping[str, NDArray[Any]], time: str | None) -> int | None:
    if time is not None:
        return arrays[time].size
    vectors = [vector for array in arrays.values() if (vector := as_vector(array)) is not None]
    lengths = {len(vector) for vector in vectors if len(vector) > 1}
    wide = [array for array in arrays.values() if as_vector(array) is None]
    if len(lengths) != 1 or wide:
        return None
    [length] = lengths
    many = sum(len(vector) == length for vector in vectors) > 1
    return length if many and length >= _FEWEST_OF_UNNAMED else None


def _block(array: NDArray[Any], steps: int) -> NDArray[Any] | None:
    """The array as (time, channels), or None where it has no such axis or no numbers."""
    if array.ndim not in {1, _MATRIX} or array.dtype.kind not in "biuf" or steps not in array.shape:
        return None
    if array.ndim == 1:
        return array[:, np.newaxis]
    return array if array.shape[0] == steps else array.T


def _series(
    file: ArrayFile, columns: Mapping[str, NDArray[Any]], time: str | None, spec: FileDataset
) -> Series:
    target = next((key for key in columns if key.lower() in _Y_NAMES), list(columns)[-1])
    ordered = [key for key in columns if key != target] + [target]
    blocks = [numbers_of(columns[key], file.place(key)) for key in ordered]
    values = np.concatenate(blocks, axis=1)
    names = [
        key if block.shape[1] == 1 else f"{key} {index + 1}"
        for key, block in zip(ordered, blocks, strict=True)
        for index in range(block.shape[1])
    ]
    channels = _named_columns(values, names, file.path.name)
    times = None if time is None else _texts(file.arrays[time])
    stamp = (
        ()
        if time is None
        else (Column(time, "time", "date" if _is_date(file, time) else "number"),)
    )
    return Series(
        name=file.path.stem,
        source=file.path.name,
        columns=(*stamp, *channels),
        values=np.ascontiguousarray(values),
        times=times,
        decisions=tuple(_decisions(file, ordered, time, spec, values)),
    )


def _named_columns(values: NDArray[Any], names: list[str], where: str) -> tuple[Column, ...]:
    columns = array_columns(values, where, "target")
    return tuple(
        Column(name, column.role, missing=column.missing, first_missing=column.first_missing)
        for name, column in zip(names, columns, strict=True)
    )


def _decisions(
    file: ArrayFile,
    ordered: list[str],
    time: str | None,
    spec: FileDataset,
    values: NDArray[Any],
) -> list[ReadingDecision]:
    listed = ", ".join(ordered[:6]) + ", ..." * (len(ordered) > 6)  # noqa: PLR2004 - fits a line
    steps = f"{len(values):,}"
    if time is None:
        evidence = f"{listed} have {steps} values each, and no array is named X"
        return [ReadingDecision("layout", "columns", _UNSURE, evidence)]
    if spec.time_column is not None:
        return [set_by_user("time", time)]
    is_wide = values.shape[1] > len(ordered) and any(key.lower() in _X_NAMES for key in ordered)
    rises = _rises(file.arrays[time])
    evidence = f"the array {time} {'rises' if rises else 'does not rise'} from step to step"
    found = [ReadingDecision("time", time, _SURE if rises else _FALLS_SURE, evidence)]
    if is_wide:
        evidence = f"{listed} have a row for each of the {steps} entries of {time}"
        found.append(
            ReadingDecision("axes", "time,channels", _UNSURE, evidence, ("examples,time",))
        )
    return found


def _rises(content: Content) -> bool:
    vector = as_vector(content)
    if vector is None:
        return False
    return bool(np.all(vector[1:] > vector[:-1]))


def _is_date(file: ArrayFile, key: str) -> bool:
    content = file.arrays[key]
    return not isinstance(content, tuple) and content.dtype.kind in "MUS"


def _texts(content: Content) -> NDArray[np.str_]:
    vector = as_vector(content)
    assert vector is not None  # noqa: S101 - a time is a vector
    if vector.dtype.kind == "S":
        return np.char.decode(vector, "utf-8", "replace")
    if vector.dtype.kind == "M":
        texts = np.datetime_as_string(vector)
        return np.where(np.isnat(vector), "", np.char.replace(texts, "T", " ")).astype(str)
    if vector.dtype.kind == "U":
        return vector.astype(str)
    numbers = vector.astype(np.float64).tolist()
    return np.array(["" if value != value else f"{value:.15g}" for value in numbers], dtype=str)  # noqa: PLR0124 - NaN


def series_with_target(file: ArrayFile, part: SetArrays, spec: FileDataset) -> Series:
    """One series from X, (time, channels) in the order that is set, with y as its target.

    Raises:
        DatasetError: y has no number for each step.
        SpecError: The setting `axes` does not fit.
    """
    assert spec.axes is not None  # noqa: S101 - the caller has seen it
    assert not isinstance(part.x, tuple)  # noqa: S101 - likewise
    axes = parse_axes(spec.axes, (("time", "channels"), ("channels", "time")))
    x = part.x if axes[0] == "time" else part.x.T
    values = numbers_of(x, file.place(part.x_key))
    names = [f"{part.x_key} {index + 1}" for index in range(values.shape[1])]
    if part.y is not None:
        vector = as_vector(part.y)
        if vector is None or len(vector) != len(values) or vector.dtype.kind not in "biuf":
            raise DatasetError(
                f"does not hold a number for each of the {len(values):,} time steps",
                where=file.place(part.y_key),
                remedy="Save one number for each step, or set axes to examples,time",
            )
        target = numbers_of(vector, file.place(part.y_key))[:, np.newaxis]
        values, names = np.concatenate([values, target], axis=1), [*names, part.y_key]
    columns = _named_columns(values, names, file.path.name)
    decision = set_by_user("axes", ",".join(axes))
    return Series(file.path.stem, file.path.name, columns, values, decisions=(decision,))

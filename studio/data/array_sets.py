"""Named arrays as a dataset: X with y, given parts, padded or behind each other, or one series."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.data.arrays import array_columns, numbers_of, series_of_array
from studio.data.dataset import Column, Dataset, ExampleSet
from studio.data.labels import Labels, classes_of_text
from studio.data.pairs import join, join_parts
from studio.data.symbols import unlabelled

_EXAMPLE_AXES = 3
_MOST_NAMED = 12
_X_NAMES = ("x", "data", "inputs", "sequences")
_Y_NAMES = ("y", "labels", "label", "targets", "target", "classes")
_LENGTH_NAMES = ("lengths", "length", "lens")
_PARTS: Mapping[str, str] = MappingProxyType(
    {"train": "train", "training": "train", "tr": "train", "valid": "valid", "val": "valid",
     "validation": "valid", "dev": "valid", "test": "test", "te": "test"}
)  # fmt: skip
_WORDS = "|".join(_PARTS)
_BEFORE = re.compile(rf"(?P<word>{_WORDS})_(?P<base>.+)")
_BEHIND = re.compile(rf"(?P<base>.+?)_?(?P<word>{_WORDS})")


@dataclass(frozen=True, eq=False)
class _Part:
    """The arrays of one part, and how the file calls them."""

    x_key: str
    x: NDArray[Any]
    y_key: str = ""
    y: NDArray[Any] | None = None
    lengths_key: str = ""
    lengths: NDArray[Any] | None = None


def dataset_of_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> Dataset:
    """Makes the best of named arrays.

    X is (examples, time) or (examples, time, channels), padded behind `lengths` where given; or
    all sequences behind each other, (steps, channels), with `lengths` that add up to its steps.
    y holds classes (whole numbers or text) or values (examples,) or (examples, targets). Names
    may say the part: X_train, y_train, X_test, y_test, train_data, test_lengths. One array alone
    is a series.

    Raises:
        DatasetError: The arrays do not fit together.
    """
    if len(arrays) == 1:
        [(key, array)] = arrays.items()
        return series_of_array(array, path, key)
    parts = _divided(arrays)
    sets = {name: _examples(path, _part_of(path, keys, arrays)) for name, keys in parts.items()}
    if set(sets) == {"whole"}:
        return sets["whole"]
    if set(sets) == {"train", "test"}:
        return join(sets["train"], sets["test"])
    if set(sets) == {"train", "valid", "test"}:
        return join_parts(sets["train"], sets["valid"], sets["test"])
    raise _unknown(path, arrays)


def _divided(arrays: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, str]]:
    """For each part the keys of its arrays by their names without the part."""
    parts: dict[str, dict[str, str]] = {}
    for key in arrays:
        found = _BEFORE.fullmatch(key.lower()) or _BEHIND.fullmatch(key.lower())
        part = _PARTS[found["word"]] if found else "whole"
        base = found["base"] if found else key.lower()
        parts.setdefault(part, {})[base] = key
    if "train" in parts:
        parts.pop("whole", None)
    return parts


def _part_of(path: Path, keys: Mapping[str, str], arrays: Mapping[str, NDArray[Any]]) -> _Part:
    lengths = next((keys[name] for name in _LENGTH_NAMES if name in keys), "")
    y = next((keys[name] for name in _Y_NAMES if name in keys), "")
    rest = [key for key in keys.values() if key not in {lengths, y}]
    x = next((keys[name] for name in _X_NAMES if name in keys), "")
    if not x and len(rest) == 1:
        x = rest[0]
    if not x or not (y or lengths or arrays[x].ndim == _EXAMPLE_AXES):
        raise _unknown(path, arrays)
    return _Part(
        x, arrays[x], y, arrays[y] if y else None, lengths, arrays[lengths] if lengths else None
    )


def _unknown(path: Path, arrays: Mapping[str, NDArray[Any]]) -> DatasetError:
    listed = ", ".join(list(arrays)[:_MOST_NAMED]) or "none"
    return DatasetError(
        f"holds the arrays {listed}{', ...' * (len(arrays) > _MOST_NAMED)}",
        where=path.name,
        remedy="Give X and y, or X_train, y_train, X_test and y_test, or one array",
    )


def _place(path: Path, key: str) -> str:
    return f"{path.name}, array '{key}'"


def _examples(path: Path, part: _Part) -> ExampleSet:
    lengths = part.lengths
    if lengths is None or not _are_behind_each_other(part.x, lengths):
        return _padded(path, part)
    total = int(lengths.astype(np.float64).sum())
    if not len(lengths) or lengths.min() < 1 or total != len(part.x):
        raise DatasetError(
            f"adds up to {total} steps, and there are {len(part.x)}",
            where=_place(path, part.lengths_key),
            remedy="Give the steps of each sequence, at least 1",
        )
    values = numbers_of(part.x, _place(path, part.x_key)).reshape(len(part.x), -1)
    return _labelled(path, part, values, lengths.astype(np.int64))


def _are_behind_each_other(x: NDArray[Any], lengths: NDArray[Any]) -> bool:
    whole = lengths.ndim == 1 and lengths.dtype.kind in "iu"
    return whole and x.ndim in {1, 2} and len(lengths) != len(x)


def _padded(path: Path, part: _Part) -> ExampleSet:
    x, x_place = part.x, _place(path, part.x_key)
    if x.ndim not in {2, _EXAMPLE_AXES} or not x.size:
        raise DatasetError(
            f"has the shape {x.shape}",
            where=x_place,
            remedy="Give (examples, time) or (examples, time, channels)",
        )
    padded = numbers_of(x, x_place).reshape(len(x), x.shape[1], -1)
    lengths = _lengths(path, part, padded)
    values = padded[np.arange(padded.shape[1]) < lengths[:, np.newaxis]]
    return _labelled(path, part, values, lengths)


def _labelled(path: Path, part: _Part, values: Doubles, lengths: Integers) -> ExampleSet:
    labels, names = unlabelled(len(lengths))
    if part.y is not None:
        where = _place(path, part.y_key)
        if not part.y.ndim or len(part.y) != len(lengths):
            raise DatasetError(
                f"has the shape {part.y.shape} for {len(lengths)} examples",
                where=where,
                remedy="Give one label for each example",
            )
        labels, names = _labels(part.y, where)
    channels = array_columns(values, _place(path, part.x_key))
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


def _lengths(path: Path, part: _Part, padded: Doubles) -> Integers:
    examples, steps = padded.shape[:2]
    given = part.lengths
    if given is None:
        return np.full(examples, steps, dtype=np.int64)
    fits = given.shape == (examples,) and given.dtype.kind in "iu"
    if not fits or given.min() < 1 or given.max() > steps:
        raise DatasetError(
            "does not give one length for each example",
            where=_place(path, part.lengths_key),
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

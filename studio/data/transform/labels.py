"""Labels: named classes, or values."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.data.dataset import Column, ExampleSet

Labels: TypeAlias = tuple[Integers | Doubles, tuple[str, ...] | None]
"""Indices into class names (examples,), or values (examples, targets) and None."""

_CLASS_NAMES = frozenset({"label", "labels", "class", "classes", "category"})
_MOST_NUMBERED_CLASSES = 20
MISSING_CLASS = -1


def classes_of_text(texts: NDArray[np.str_]) -> Labels:
    """Classes sorted by name, numeric names by value; "" is a missing label, -1."""
    names = np.unique(texts[texts != ""])
    ordered = sorted(names.tolist(), key=_number_first)
    index = {name: at for at, name in enumerate(ordered)}
    codes = [index.get(text, MISSING_CLASS) for text in texts.tolist()]
    return np.array(codes, dtype=np.int64), tuple(ordered)


def classes_of_numbers(values: NDArray[Any]) -> Labels:
    """Classes named by integers; NaN is a missing label, -1."""
    numbers = np.asarray(values, dtype=np.float64)
    texts = ["" if np.isnan(value) else str(int(value)) for value in numbers]
    return classes_of_text(np.array(texts, dtype=str))


def are_whole(values: Doubles) -> bool:
    """Whether all values that are not missing are integers."""
    numbers = values[~np.isnan(values)]
    return bool(np.all(numbers == np.round(numbers)))


def looks_like_classes(values: Doubles, name: str) -> Labels:
    """The labels of a numeric column: classes if integers that are few or named as classes."""
    distinct = len(np.unique(values[~np.isnan(values)]))
    few = distinct <= _MOST_NUMBERED_CLASSES and distinct * 2 <= len(values)
    if are_whole(values) and (few or name.lower() in _CLASS_NAMES):
        return classes_of_numbers(values)
    return np.asarray(values, dtype=np.float64)[:, np.newaxis], None


def row_examples(
    name: str, source: str, columns: tuple[Column, ...], values: Doubles, labels: Labels
) -> ExampleSet:
    """Examples of one channel from the rows of a table; values are (examples, time)."""
    examples, steps = values.shape
    units = {column.unit for column in columns if column.role == "feature"}
    unit = units.pop() if len(units) == 1 else ""
    return ExampleSet(
        name=name,
        source=source,
        columns=columns,
        channels=(Column("value", "feature", unit=unit),),
        values=np.ascontiguousarray(values).reshape(-1, 1),
        lengths=np.full(examples, steps, dtype=np.int64),
        labels=labels[0],
        class_names=labels[1],
        row_per_example=True,
    )


def _number_first(name: str) -> tuple[int, float, str]:
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name

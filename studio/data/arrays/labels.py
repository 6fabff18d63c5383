"""What an array of labels holds: classes, one-hot classes, or values to predict."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.data.files.arrays import numbers_of
from studio.data.transform.labels import Labels, are_whole, classes_of_text, looks_like_classes

_MATRIX = 2
_MOST_CLASSES = 1000
_FEWEST_KINDS = 2
_SURE, _QUITE_SURE, _UNSURE = 1.0, 0.9, 0.6


class LabelsRead(NamedTuple):
    """Labels of examples, and the decision `task` that says what they were taken for."""

    labels: Labels
    decision: ReadingDecision


def as_labels(y: NDArray[Any], lengths: tuple[int, ...]) -> NDArray[Any]:
    """Labels with the examples along the first axis.

    Args:
        y: Labels (examples,), (examples, 1), (1, examples), (examples, targets) or its transpose.
        lengths: The lengths of the axes that may hold the examples.
    """
    if y.ndim != _MATRIX:
        return y
    rows, columns = y.shape
    if rows not in lengths and columns in lengths:
        y = y.T
    return y[:, 0] if y.shape[1] == 1 else y


def labels_of_array(y: NDArray[Any], name: str, where: str) -> LabelsRead:
    """Labels (examples,) or (examples, targets) as classes or values, like those of a table.

    Args:
        y: The labels.
        name: The name of the array.
        where: The place for messages.

    Raises:
        DatasetError: It has another shape, or holds neither numbers nor text.
    """
    if y.ndim not in {1, _MATRIX} or not y.size:
        raise DatasetError(
            f"has the shape {y.shape} and the type {y.dtype}",
            where=where,
            remedy="Use classes (examples,), or numbers (examples,) or (examples, targets)",
        )
    if y.dtype.kind in "US":
        return _text_classes(y, where)
    if y.dtype.kind == "M":
        raise DatasetError("holds dates instead of labels", where=where, remedy="Save numbers")
    numbers = numbers_of(y, where)
    if y.ndim == _MATRIX:
        return _columns(numbers)
    if y.dtype.kind == "b":
        labels = looks_like_classes(numbers, "class")
        return LabelsRead(
            labels, ReadingDecision("task", "classify", _SURE, f"{name} is true or false")
        )
    return _column(numbers, name)


def _text_classes(y: NDArray[Any], where: str) -> LabelsRead:
    if y.ndim != 1:
        raise DatasetError(
            f"holds text of the shape {y.shape}", where=where, remedy="Use one class per example"
        )
    texts = np.char.decode(y, "utf-8", "replace") if y.dtype.kind == "S" else y.astype(str)
    labels = classes_of_text(np.char.strip(texts))
    return LabelsRead(labels, ReadingDecision("task", "classify", _SURE, "the labels are text"))


def decision_of_numbers(numbers: Doubles, name: str, labels: Labels) -> ReadingDecision:
    """The decision `task` for a single column of numeric labels, (examples,)."""
    distinct = len(np.unique(numbers[~np.isnan(numbers)]))
    if labels[1] is not None:
        evidence = f"{name} holds {distinct} distinct whole numbers in {len(numbers):,} examples"
        return ReadingDecision("task", "classify", _QUITE_SURE, evidence, ("regress",))
    if not are_whole(numbers):
        return ReadingDecision("task", "regress", _SURE, f"{name} holds fractions")
    evidence = f"{name} holds {distinct:,} distinct whole numbers in {len(numbers):,} examples"
    repeats = len(numbers) >= _FEWEST_KINDS * distinct and distinct <= _MOST_CLASSES
    return ReadingDecision(
        "task", "regress", _UNSURE if repeats else _QUITE_SURE, evidence, ("classify",)
    )


def _column(numbers: Doubles, name: str) -> LabelsRead:
    labels = looks_like_classes(numbers, name)
    return LabelsRead(labels, decision_of_numbers(numbers, name, labels))


def _columns(numbers: Doubles) -> LabelsRead:
    """Several columns: one-hot classes, numbered from 0, or targets."""
    is_binary = bool(np.isin(numbers, (0.0, 1.0)).all())
    count = numbers.shape[1]
    if is_binary and bool((numbers.sum(axis=1) == 1).all()):
        codes = numbers.argmax(axis=1).astype(np.int64)
        labels: Labels = codes, tuple(str(index) for index in range(count))
        evidence = f"each row of {count} columns has a single 1, so they are one-hot classes"
        return LabelsRead(labels, ReadingDecision("task", "classify", _QUITE_SURE, evidence))
    if is_binary:
        evidence = (
            f"{count} columns of 0 and 1, several of which may be 1: each is a number to predict"
        )
        return LabelsRead((numbers, None), ReadingDecision("task", "regress", _UNSURE, evidence))
    evidence = f"{count} columns of numbers"
    return LabelsRead((numbers, None), ReadingDecision("task", "regress", _QUITE_SURE, evidence))

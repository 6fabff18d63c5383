"""Labels of the sets of a file, which are classes or values in all of them alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.data.arrays.content import ArrayFile, SetArrays, as_vector
from studio.data.arrays.labels import as_labels, labels_of_array
from studio.data.files.arrays import numbers_of
from studio.data.transform.labels import Labels, are_whole, classes_of_text, looks_like_classes

_MATRIX = 2


@dataclass(frozen=True, eq=False)
class ExampleLabels:
    """A label for each example, and the decision that says what they are."""

    labels: Labels
    decision: ReadingDecision


@dataclass(frozen=True, eq=False)
class StepLabels:
    """A class for each step.

    Attributes:
        codes: For each sequence the indices into names, (steps,) or padded (examples, steps).
        names: Names of the classes.
        decision: The decision that says what they are.
    """

    codes: tuple[Integers, ...]
    names: tuple[str, ...]
    decision: ReadingDecision


PartLabels: TypeAlias = ExampleLabels | StepLabels


def labels_of_parts(file: ArrayFile, parts: Mapping[str, SetArrays]) -> dict[str, PartLabels]:
    """The labels of each set that has some; what they are is decided on all sets together.

    Raises:
        DatasetError: There are not as many labels as examples, or they are neither classes nor
            numbers.
    """
    given = {name: part for name, part in parts.items() if part.y is not None}
    if not given:
        return {}
    if any(_are_of_steps(part) for part in given.values()):
        return _step_labels(file, given)
    arrays = {name: _checked(file, part) for name, part in given.items()}
    first = next(iter(given.values()))
    kinds = {(each.dtype.kind in "biuf", *each.shape[1:]) for each in arrays.values()}
    if len(kinds) > 1:
        return {
            name: ExampleLabels(
                *labels_of_array(array, given[name].y_key, _place(file, given[name]))
            )
            for name, array in arrays.items()
        }
    found = labels_of_array(np.concatenate(list(arrays.values())), first.y_key, _place(file, first))
    read: dict[str, PartLabels] = {}
    start = 0
    for name, array in arrays.items():
        piece = found.labels[0][start : start + len(array)]
        read[name] = ExampleLabels((piece, found.labels[1]), found.decision)
        start += len(array)
    return read


def _place(file: ArrayFile, part: SetArrays) -> str:
    return file.place(part.y_key)


def _checked(file: ArrayFile, part: SetArrays) -> NDArray[Any]:
    """Labels with an entry for each example along their first axis."""
    assert not isinstance(part.y, tuple)  # noqa: S101 - lists are labels of steps
    assert part.y is not None  # noqa: S101 - only parts with labels come here
    y = as_labels(part.y, part.counts)
    if not y.ndim or len(y) not in part.counts:
        raise DatasetError(
            f"has the shape {part.y.shape} for {part.counts[0]} examples",
            where=_place(file, part),
            remedy="Use one label for each example",
        )
    return y


def _are_of_steps(part: SetArrays) -> bool:
    """Whether there is a class for each step of each sequence."""
    x, y = part.x, part.y
    if isinstance(y, tuple):
        return True
    if y is None or isinstance(x, tuple) or y.ndim != _MATRIX or min(y.shape) <= 1:
        return False
    if y.shape[0] not in x.shape or y.shape[1] not in x.shape or y.dtype.kind not in "biuf":
        return False
    numbers = y.astype(np.float64).reshape(-1)
    is_one_hot = bool((y.sum(axis=1) == 1).all()) and set(np.unique(y).tolist()) == {0, 1}
    fits = x.ndim > _MATRIX or x.shape == y.shape
    return fits and not is_one_hot and looks_like_classes(numbers, "y")[1] is not None


def _step_labels(file: ArrayFile, parts: Mapping[str, SetArrays]) -> dict[str, PartLabels]:
    sequences = {name: _per_sequence(file, part) for name, part in parts.items()}
    everything = np.concatenate([each for among in sequences.values() for each in among])
    first = next(iter(parts.values()))
    codes, names = _classes(everything, _place(file, first))
    evidence = f"{first.y_key} has a class for each step"
    decision = ReadingDecision("task", "tag", 0.9, evidence)
    read: dict[str, PartLabels] = {}
    start = 0
    for name, among in sequences.items():
        pieces = []
        for each in among:
            pieces.append(codes[start : start + len(each)])
            start += len(each)
        read[name] = StepLabels(tuple(pieces), names, decision)
    return read


def _per_sequence(file: ArrayFile, part: SetArrays) -> list[NDArray[Any]]:
    if not isinstance(part.y, tuple):
        return list(np.asarray(part.y))
    if len(part.y) != part.counts[0]:
        raise DatasetError(
            f"has {len(part.y)} entries for {part.counts[0]} examples",
            where=_place(file, part),
            remedy="Use one entry for each example",
        )
    vectors = [as_vector(each) for each in part.y]
    for number, vector in enumerate(vectors, start=1):
        if vector is None:
            raise DatasetError(
                f"has the shape {part.y[number - 1].shape} instead of a label for each step",
                where=f"{_place(file, part)}, cell {number}",
                remedy="Use one label for each step, or one label for each example",
            )
    return [vector for vector in vectors if vector is not None]


def _classes(steps: NDArray[Any], where: str) -> tuple[Integers, tuple[str, ...]]:
    if steps.dtype.kind in "US":
        labels = classes_of_text(steps.astype(str))
    else:
        numbers = numbers_of(steps, where)
        if not are_whole(numbers):
            raise DatasetError(
                "holds fractions at each step, which are neither classes nor one value for each "
                "example",
                where=where,
                remedy="Save a value for each example, or whole numbers as the classes of steps",
            )
        labels = looks_like_classes(numbers, "class")
    codes, names = labels
    return codes.astype(np.int64), names or ()

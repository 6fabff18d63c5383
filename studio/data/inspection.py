"""What a dataset is, as plain values for people and for JSON."""

from typing import Any

import numpy as np

from studio.data.dataset import Column, Dataset, ExampleSet, Series, is_coded
from studio.data.duplicates import duplicate_problems
from studio.data.missing_steps import missing_steps
from studio.data.tasks import natural_task

_FEWEST_OF_A_CLASS = 5


def inspect(dataset: Dataset) -> dict[str, Any]:
    """Describes a dataset; every value is JSON-able.

    Returns:
        name, kind ("series", "text" for one long text, or "examples"), task, examples (their
        number, or that of the time steps of a series), parts (examples of a given division, else
        empty), length (min and max, steps), channels (their number), symbols (how many different
        ones a text has, else 0), classes (examples by name, or steps where each has a class),
        missing (cells), columns (name, role, kind, unit, missing), notes, problems.
    """
    return {
        "name": dataset.name,
        "kind": _kind(dataset),
        "task": natural_task(dataset),
        "examples": len(dataset),
        "parts": {} if isinstance(dataset, Series) else _given_parts(dataset),
        "length": _length(dataset),
        "channels": len(dataset.channels),
        "symbols": len(dataset.symbols or ()),
        "classes": {} if isinstance(dataset, Series) else _classes(dataset),
        "missing": sum(column.missing for column in dataset.columns if column.role != "ignored"),
        "columns": [_column(column) for column in dataset.columns],
        "notes": list(dataset.notes),
        "problems": _problems(dataset),
    }


def _kind(dataset: Dataset) -> str:
    if isinstance(dataset, ExampleSet):
        return "examples"
    return "series" if dataset.symbols is None else "text"


def _length(dataset: Dataset) -> dict[str, int]:
    given = dataset.lengths
    lengths = np.array([len(dataset)]) if given is None else given
    return {"min": int(lengths.min()), "max": int(lengths.max())}


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": column.role,
        "kind": column.kind,
        "unit": column.unit,
        "missing": column.missing,
    }


def _given_parts(dataset: ExampleSet) -> dict[str, int]:
    if dataset.in_test is None:
        return {}
    test = int(dataset.in_test.sum())
    if dataset.in_validation is None:
        return {"train": len(dataset) - test, "test": test}
    validation = int(dataset.in_validation.sum())
    return {"train": len(dataset) - test - validation, "validation": validation, "test": test}


def _classes(dataset: ExampleSet) -> dict[str, int]:
    names, codes = dataset.class_names, dataset.labels
    if dataset.tags is not None:
        names, codes = dataset.tags.names, dataset.tags.codes
    if names is None:
        return {}
    counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(names))
    pairs = zip(names, counts.tolist(), strict=True)
    return {name: count for name, count in pairs if count}


def _problems(dataset: Dataset) -> list[str]:
    problems = list(dataset.problems)
    for column in dataset.columns:
        if column.missing and column.kind != "empty":
            first = f", first at {column.first_missing}" if column.first_missing else ""
            count = f"{column.missing} missing value{'s' if column.missing > 1 else ''}"
            problems.append(f"column '{column.name}': {count}{first}")
    lost = missing_steps(dataset)
    if lost is not None:
        problems.append(str(lost))
    constants = [] if is_coded(dataset) else _constant(dataset)
    for column, constant in zip(dataset.channels, constants, strict=False):
        if constant:
            problems.append(f"column '{column.name}': never changes and tells nothing")
    if isinstance(dataset, ExampleSet):
        problems.extend(_class_problems(dataset))
        problems.extend(duplicate_problems(dataset))
    return problems


def _constant(dataset: Dataset) -> list[bool]:
    lowest, highest = np.fmin.reduce(dataset.values), np.fmax.reduce(dataset.values)
    return [not low < high for low, high in zip(lowest, highest, strict=True)]


def _class_problems(dataset: ExampleSet) -> list[str]:
    counts = _classes(dataset)
    if dataset.tags is not None:
        return []
    if dataset.class_names is not None and len(counts) < 2:  # noqa: PLR2004 - one is no choice
        return ["there is one class only"]
    return [
        f"the class '{name}' has only {count} example{'s' if count > 1 else ''}"
        for name, count in counts.items()
        if count < _FEWEST_OF_A_CLASS
    ]

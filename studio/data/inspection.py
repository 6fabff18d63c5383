"""A description of a dataset, as plain values for people and for JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from studio.core.decisions import ReadingDecision
from studio.core.problems import (
    ConstantColumn,
    MissingValuesFound,
    Problem,
    SingleClass,
    SmallClass,
)
from studio.data.dataset import Column, Dataset, ExampleSet, Series, is_coded
from studio.data.splitting.duplicates import duplicate_problem
from studio.data.tasks.resolve_task import default_task
from studio.data.transform.irregular_steps import missing_steps

_FEWEST_OF_A_CLASS = 5


def inspect(dataset: Dataset, problems: Sequence[Problem] | None = None) -> dict[str, Any]:
    """Describes a dataset; every value is JSON-able.

    Args:
        dataset: The dataset.
        problems: Its problems if they are already known, else they are searched for.

    Returns:
        name, kind ("series", "text" for one long text, or "examples"), task, examples (count, or
        time steps of a series), parts (examples in each set of a given split, else empty), length
        (min and max, in steps), channels (count), symbols (distinct symbols of a text, else 0),
        classes (examples by name, or time steps where each has a class), missing (cells), columns
        (name, role, kind, unit, missing), notes, problems (kind, text, option), reading (decision,
        value, sure from 0 to 1, evidence, alternatives, option).
    """
    problems = find_problems(dataset) if problems is None else problems
    return {
        "name": dataset.name,
        "kind": _kind(dataset),
        "task": default_task(dataset),
        "examples": len(dataset),
        "parts": {} if isinstance(dataset, Series) else _given_parts(dataset),
        "length": _length(dataset),
        "channels": len(dataset.channels),
        "symbols": len(dataset.symbols or ()),
        "classes": _classes(dataset),
        "missing": sum(column.missing for column in dataset.columns if column.role != "ignored"),
        "columns": [_column(column) for column in dataset.columns],
        "notes": [str(note) for note in dataset.notes],
        "problems": [_problem(problem) for problem in problems],
        "reading": [_decision(decision) for decision in dataset.decisions],
    }


def _kind(dataset: Dataset) -> str:
    if isinstance(dataset, ExampleSet):
        return "examples"
    return "series" if dataset.symbols is None else "text"


def _length(dataset: Dataset) -> dict[str, int]:
    lengths = np.array([len(dataset)]) if dataset.lengths is None else dataset.lengths
    return {"min": int(lengths.min()), "max": int(lengths.max())}


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": column.role,
        "kind": column.kind,
        "unit": column.unit,
        "missing": column.missing,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"kind": type(problem).__name__, "text": str(problem), "option": problem.option}


def _decision(decision: ReadingDecision) -> dict[str, Any]:
    return {
        "decision": decision.name,
        "value": decision.value,
        "sure": decision.sure,
        "evidence": decision.evidence,
        "alternatives": list(decision.alternatives),
        "option": decision.option(),
    }


def _given_parts(dataset: ExampleSet) -> dict[str, int]:
    if dataset.in_test is None:
        return {}
    test = int(dataset.in_test.sum())
    if dataset.in_validation is None:
        return {"train": len(dataset) - test, "test": test}
    validation = int(dataset.in_validation.sum())
    return {"train": len(dataset) - test - validation, "validation": validation, "test": test}


def _classes(dataset: Dataset) -> dict[str, int]:
    if dataset.tags is not None:
        names, codes = dataset.tags.names, dataset.tags.codes
    elif isinstance(dataset, Series) or dataset.class_names is None:
        return {}
    else:
        names, codes = dataset.class_names, dataset.labels.astype(np.int64)
    counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(names))
    pairs = zip(names, counts.tolist(), strict=True)
    return {name: count for name, count in pairs if count}


def find_problems(dataset: Dataset) -> tuple[Problem, ...]:
    """Problems found while reading a dataset, and those of its values, classes and examples."""
    return tuple(_problems(dataset))


def _problems(dataset: Dataset) -> Iterator[Problem]:
    yield from dataset.problems
    for column in dataset.columns:
        if column.missing and column.kind != "empty":
            yield MissingValuesFound(column.name, column.missing, column.first_missing)
    if (steps := missing_steps(dataset)) is not None:
        yield steps
    if not is_coded(dataset):
        yield from map(ConstantColumn, _constant_columns(dataset))
    if isinstance(dataset, ExampleSet):
        yield from _class_problems(dataset)
        if (duplicates := duplicate_problem(dataset)) is not None:
            yield duplicates


def _constant_columns(dataset: Dataset) -> Iterator[str]:
    lowest, highest = np.fmin.reduce(dataset.values), np.fmax.reduce(dataset.values)
    for column, low, high in zip(dataset.channels, lowest, highest, strict=False):
        if not low < high:
            yield column.name


def _class_problems(dataset: ExampleSet) -> Iterator[Problem]:
    if dataset.tags is not None:
        return
    counts = _classes(dataset)
    if dataset.class_names is not None and len(counts) < 2:  # noqa: PLR2004 - one is no choice
        yield SingleClass()
        return
    for name, count in counts.items():
        if count < _FEWEST_OF_A_CLASS:
            yield SmallClass(name, count)

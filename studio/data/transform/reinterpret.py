"""Reads the rows of a table as time steps or as examples, as the task requires."""

from dataclasses import replace

import numpy as np

from studio.core.errors import SpecError
from studio.core.notes import GivenTestSetUnused
from studio.core.specs.comparison_spec import TaskSpec
from studio.data.dataset import Column, Dataset, ExampleSet, Role, Series, find_column
from studio.data.transform.labels import (
    Labels,
    are_whole,
    classes_of_numbers,
    looks_like_classes,
    row_examples,
)

_NUMBER_TASKS = {"classify", "regress"}


def reinterpret(dataset: Dataset, task: TaskSpec) -> Dataset:
    """The dataset in the form that the task requires.

    Raises:
        SpecError: The data does not have that form; the message says why.
    """
    if isinstance(dataset, ExampleSet):
        return _recast_examples(dataset, task)
    return _row_per_example(dataset, task) if task.kind in _NUMBER_TASKS else dataset


def _recast_examples(dataset: ExampleSet, task: TaskSpec) -> Dataset:
    if not dataset.targets and task.kind in {None, "forecast"} and dataset.symbols is None:
        return _concatenate(dataset)
    if task.kind == "forecast":
        return row_per_step(dataset)
    if not dataset.targets and task.kind in _NUMBER_TASKS:
        raise SpecError(
            "no column holds a label for each example",
            where="task",
            remedy="Choose another task, or set the label column",
        )
    if task.target and dataset.row_per_example and not names_its_targets(dataset, task.target):
        return _row_per_example(row_per_step(dataset), task)
    if task.kind == "regress" and dataset.class_names is not None:
        return _with_values(dataset, dataset.class_names)
    if task.kind == "classify" and dataset.class_names is None:
        return _with_classes(dataset)
    return dataset


def _concatenate(dataset: ExampleSet) -> Series:
    """Sequences without labels as several series."""
    last = dataset.channels[-1].name
    columns = tuple(
        replace(column, role="target" if column.name == last else column.role)
        for column in dataset.columns
    )
    return Series(
        name=dataset.name,
        source=dataset.source,
        columns=columns,
        values=dataset.values,
        lengths=dataset.lengths,
        statics=dataset.statics,
        series_names=_names_of(dataset),
        notes=(*dataset.notes, *_unused_test_set(dataset)),
        problems=dataset.problems,
        decisions=dataset.decisions,
    )


def _names_of(dataset: ExampleSet) -> tuple[str, ...] | None:
    """The ids of the sequences, or None where no column has another value in each."""
    for names in dataset.groups.values():
        if len(set(names.tolist())) == len(dataset):
            return tuple(names.tolist())
    return None


def _unused_test_set(dataset: ExampleSet) -> tuple[GivenTestSetUnused, ...]:
    return () if dataset.in_test is None else (GivenTestSetUnused(),)


def names_its_targets(dataset: ExampleSet, names: tuple[str, ...]) -> bool:
    """Whether these are the columns that the examples are labelled by."""
    named = {find_column(dataset.columns, name, "target").name for name in names}
    return named == {column.name for column in dataset.targets}


def row_per_step(dataset: ExampleSet) -> Series:
    """A table whose rows are examples as one series; classes that are no numbers are not read.

    Raises:
        SpecError: The examples are no rows of a table.
    """
    if not dataset.row_per_example:
        raise SpecError(
            "forecasts need a series, but these are examples with labels",
            where="task",
            remedy="Choose classify or regress, or use a series",
        )
    columns, values = [], []
    steps = iter(dataset.values.reshape(len(dataset), -1).T)
    for column in dataset.columns:
        numbers = next(steps) if column.role == "feature" else None
        if column.role in {"label", "target"}:
            numbers = _label_numbers(dataset)
        role: Role = "ignored" if numbers is None else "feature"
        columns.append(replace(column, role=role))
        if numbers is not None:
            values.append(numbers)
    last = max(index for index, column in enumerate(columns) if column.role == "feature")
    columns[last] = replace(columns[last], role="target")
    return Series(
        name=dataset.name,
        source=dataset.source,
        columns=tuple(columns),
        values=np.stack(values, axis=1),
        notes=_unused_test_set(dataset),
        problems=dataset.problems,
        decisions=dataset.decisions,
    )


def _label_numbers(dataset: ExampleSet) -> np.ndarray | None:
    if dataset.class_names is None:
        return dataset.labels[:, 0]
    try:
        numbers = [float(name) for name in dataset.class_names]
    except ValueError:
        return None
    values = np.array([*numbers, np.nan])[dataset.labels.astype(np.int64)]
    return np.asarray(values, dtype=np.float64)


def _row_per_example(series: Series, task: TaskSpec) -> ExampleSet:
    if not task.target:
        raise SpecError(
            "this is one long series, and no column is set as the label",
            where="target",
            remedy="Choose the column to predict, or the task forecast",
        )
    names = {find_column(series.channels, name, "target").name for name in task.target}
    numeric = series.channels
    chosen = np.array([column.name in names for column in numeric])
    if chosen.all():
        raise SpecError(
            "no column is left as an input",
            where="target",
            remedy="Choose fewer columns to predict",
        )
    labels = _labels_of(series.values[:, chosen], task, sorted(names))
    role: Role = "target" if labels[1] is None else "label"
    columns = tuple(
        replace(column, role=role if column.name in names else "feature")
        if column in numeric
        else replace(column, role="ignored")
        for column in series.columns
    )
    examples = row_examples(series.name, series.source, columns, series.values[:, ~chosen], labels)
    return replace(examples, problems=series.problems, decisions=series.decisions)


def _labels_of(values: np.ndarray, task: TaskSpec, names: list[str]) -> Labels:
    if task.kind == "regress" or values.shape[1] > 1:
        return values, None
    if task.kind == "classify":
        _refuse_fractions(values, names[0])
        return classes_of_numbers(values[:, 0])
    return looks_like_classes(values[:, 0], names[0])


def _with_values(dataset: ExampleSet, class_names: tuple[str, ...]) -> ExampleSet:
    numbers = _label_numbers(dataset)
    if numbers is None:
        listed = ", ".join(class_names[:5])
        raise SpecError(
            f"the labels are classes such as {listed}, not numbers",
            where="task",
            remedy="Choose the task classify",
        )
    return replace(
        dataset,
        columns=_relabelled(dataset, "target"),
        labels=numbers[:, np.newaxis],
        class_names=None,
    )


def _with_classes(dataset: ExampleSet) -> ExampleSet:
    if len(dataset.targets) > 1:
        raise SpecError(
            f"there are {len(dataset.targets)} columns to predict, not one class",
            where="task",
            remedy="Choose the task regress",
        )
    values = np.asarray(dataset.labels[:, 0], dtype=np.float64)
    _refuse_fractions(values, dataset.targets[0].name)
    labels, names = classes_of_numbers(values)
    return replace(dataset, columns=_relabelled(dataset, "label"), labels=labels, class_names=names)


def _relabelled(dataset: ExampleSet, role: Role) -> tuple[Column, ...]:
    return tuple(
        replace(column, role=role) if column in dataset.targets else column
        for column in dataset.columns
    )


def _refuse_fractions(values: np.ndarray, name: str) -> None:
    if not are_whole(values):
        raise SpecError(
            f"the column '{name}' holds fractions, which are not classes",
            where="target",
            remedy="Choose the task regress or forecast",
        )

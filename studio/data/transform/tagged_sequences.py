"""Reads data as sequences with a class for each step."""

from dataclasses import replace

import numpy as np

from studio.core.errors import SpecError
from studio.core.notes import RowsAsExamples
from studio.core.specs.comparison_spec import TaskSpec
from studio.data.dataset import Column, ExampleSet, Series, Tags, find_column
from studio.data.transform.labels import are_whole, classes_of_numbers
from studio.data.transform.symbols import unlabelled


def sequences_of(series: Series) -> ExampleSet:
    """Each of several series as a sequence without a label, or the only one."""
    lengths = np.array([len(series)]) if series.lengths is None else series.lengths
    labels, names = unlabelled(len(lengths))
    columns = tuple(
        replace(column, role="feature") if column.role == "target" else column
        for column in series.columns
    )
    return ExampleSet(
        name=series.name,
        source=series.source,
        columns=columns,
        channels=tuple(column for column in columns if column.role == "feature"),
        values=series.values,
        lengths=lengths,
        labels=labels,
        class_names=names,
        groups=series.groups,
        tags=series.tags,
        notes=series.notes,
        problems=series.problems,
        decisions=series.decisions,
    )


def tagged_series(series: Series, task: TaskSpec) -> ExampleSet:
    """A series whose rows have a class, in a column of its own or in the target that is named.

    Raises:
        SpecError: No column holds classes, or no column is left as an input.
    """
    own = next((column for column in series.columns if column.role == "label"), None)
    if series.tags is not None and (not task.target or _names(series, task) == [own]):
        return sequences_of(series)
    if not task.target:
        raise SpecError(
            "no column holds a class for each time step",
            where="target",
            remedy="Choose the column of classes as the target",
        )
    return sequences_of(_with_tags_from(series, _names(series, task)))


def tagged_rows(dataset: ExampleSet) -> ExampleSet:
    """A table of rows with a class each as one series whose steps have classes.

    A given test set is a series of its own.
    """
    lengths = [len(dataset)]
    given = dataset.in_test
    if given is not None:
        lengths = [int((~given).sum()), int(given.sum())]
    assert dataset.class_names is not None  # noqa: S101 - asked by the caller
    labels, names = unlabelled(len(lengths))
    return ExampleSet(
        name=dataset.name,
        source=dataset.source,
        columns=dataset.columns,
        channels=dataset.features,
        values=np.ascontiguousarray(dataset.values.reshape(len(dataset), -1)),
        lengths=np.array(lengths, dtype=np.int64),
        labels=labels,
        class_names=names,
        in_test=None if given is None else np.array([False, True]),
        tags=Tags(dataset.labels.astype(np.int64), dataset.class_names),
        notes=tuple(note for note in dataset.notes if not isinstance(note, RowsAsExamples)),
        problems=dataset.problems,
        decisions=dataset.decisions,
    )


def _names(series: Series, task: TaskSpec) -> list[Column]:
    return [find_column(series.columns, name, "target") for name in task.target or ()]


def _with_tags_from(series: Series, targets: list[Column]) -> Series:
    """The series with the classes of one of its numeric columns, which is no input any more."""
    if len(targets) > 1:
        raise SpecError(
            f"there are {len(targets)} columns to predict, not one class",
            where="target",
            remedy="Choose one of them",
        )
    label = targets[0]
    if label not in series.channels:
        raise SpecError(
            f"the column '{label.name}' holds no classes ({label.kind}, {label.role})",
            where="target",
            remedy="Choose a column of few whole numbers, or set the label column",
        )
    place = series.channels.index(label)
    values = series.values[:, place]
    if not are_whole(values):
        raise SpecError(
            f"the column '{label.name}' holds fractions, which are not classes",
            where="target",
            remedy="Choose the task regress or forecast",
        )
    if len(series.channels) == 1:
        raise SpecError(
            "no column is left as an input",
            where="target",
            remedy="Use data with a column beside the classes",
        )
    codes, names = classes_of_numbers(values)
    columns = tuple(_role_beside(column, label) for column in series.columns)
    tags = Tags(codes.astype(np.int64), names or ())
    kept = np.delete(series.values, place, axis=1)
    return replace(series, columns=columns, values=kept, tags=tags)


def _role_beside(column: Column, label: Column) -> Column:
    """A column beside the one whose classes are predicted."""
    if column == label:
        return replace(column, role="label")
    return replace(column, role="ignored") if column.role == "label" else column

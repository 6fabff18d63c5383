"""What the page Data shows of a dataset, computed in the loader thread."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studio.core.arrays import Doubles
from studio.core.problems import MissingSteps, Problem
from studio.data import Dataset, Series, find_problems, inspect
from studio.gui.pages.data.view.dataset_text import length_ranges, sample_of_each_class, thinned
from studio.gui.view.texts import one_line, symbols_text, whole_lines

_POINTS = 4000
_SAMPLES = 3
_FEW_CLASSES = 4
_LONGEST_TEXT = 160
_CORPUS_BEGINNING, _CORPUS_LINES = 1200, 14
_MOST_CLASSES = 24
_MOST_CHANNELS = 64


@dataclass(frozen=True, eq=False)
class Sample:
    """A few sequences of one class, or one sequence with its numbers."""

    title: str
    sequences: tuple[Doubles, ...]


@dataclass(frozen=True, eq=False)
class DatasetSummary:
    """What is known of a dataset before any task.

    Attributes:
        dataset: The dataset.
        schema: As `inspect` returns it.
        problems: What is wrong with it.
        is_table: Whether any column of numbers can be the one to predict.
        steps: Of the thinned series, (points,).
        values: The thinned series, (points, channels).
        samples: Of a set of examples.
        lengths: Number of examples by length.
        texts: Of a text: class and text of a few examples, or the start of a corpus.
    """

    dataset: Dataset
    schema: dict[str, Any]
    problems: tuple[Problem, ...]
    is_table: bool
    steps: Doubles
    values: Doubles
    samples: tuple[Sample, ...] = field(default=())
    lengths: tuple[tuple[str, int], ...] = field(default=())
    texts: tuple[tuple[str, str], ...] = field(default=())

    @property
    def step(self) -> str:
        """The step to resample a series with missing steps to, or ""."""
        steps = (problem.step for problem in self.problems if isinstance(problem, MissingSteps))
        return next(steps, "")


def summarise_dataset(dataset: Dataset) -> DatasetSummary:
    """Computes the summary; takes a moment for a large dataset."""
    problems = find_problems(dataset)
    schema = inspect(dataset, problems)
    if dataset.symbols is not None:
        return _facts_of_text(dataset, dataset.symbols, schema, problems)
    if isinstance(dataset, Series):
        steps, values = thinned(dataset.values[:, :_MOST_CHANNELS], _POINTS)
        return DatasetSummary(dataset, schema, problems, is_table=True, steps=steps, values=values)
    nothing = np.zeros(0)
    return DatasetSummary(
        dataset,
        schema,
        problems,
        is_table=dataset.row_per_example,
        steps=nothing,
        values=nothing,
        samples=tuple(_samples(dataset)),
        lengths=tuple(length_ranges(dataset.lengths)),
    )


def _facts_of_text(
    dataset: Dataset,
    symbols: tuple[str, ...],
    schema: dict[str, Any],
    problems: tuple[Problem, ...],
) -> DatasetSummary:
    nothing = np.zeros(0)
    joined = dataset.tokens == "characters"
    if isinstance(dataset, Series):
        text = symbols_text(dataset.values[:_CORPUS_BEGINNING, 0], symbols, joined=joined)
        texts: tuple[tuple[str, str], ...] = (("", whole_lines(text, _CORPUS_LINES)),)
        lengths: tuple[tuple[str, int], ...] = ()
    else:
        samples = [(sample.title, sample.sequences) for sample in _samples(dataset)]
        texts = tuple(
            (name, one_line(symbols_text(sequence[:, 0], symbols, joined=joined), _LONGEST_TEXT))
            for name, sequences in samples
            for sequence in sequences[: 1 if len(samples) > _FEW_CLASSES else _SAMPLES]
        )
        lengths = tuple(length_ranges(dataset.lengths))
    return DatasetSummary(
        dataset,
        schema,
        problems,
        is_table=False,
        steps=nothing,
        values=nothing,
        lengths=lengths,
        texts=texts,
    )


def _samples(dataset: Dataset) -> list[Sample]:
    assert not isinstance(dataset, Series)  # noqa: S101 - see summarise_dataset
    if dataset.class_names is None or dataset.labels.ndim > 1:
        picks = np.linspace(0, len(dataset) - 1, min(12, len(dataset))).astype(int)
        names = ", ".join(column.name for column in dataset.targets[:2])
        return [
            Sample(_title(names, dataset.labels[index], index), (dataset.sequence(index),))
            for index in picks.tolist()
        ]
    classes = sample_of_each_class(
        np.asarray(dataset.labels, dtype=np.int64), dataset.class_names, _SAMPLES
    )
    return [
        Sample(name, tuple(dataset.sequence(index) for index in picks))
        for name, _, picks in classes[:_MOST_CLASSES]
    ]


def _title(names: str, values: Doubles, index: int) -> str:
    return f"{names} {_numbers(values)}" if len(values) else f"example {index + 1}"


def _numbers(values: Doubles) -> str:
    return ", ".join(f"{value:.3g}" for value in values[:2])

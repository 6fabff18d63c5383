"""What the page Data shows of a dataset, worked out in the loader thread."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studio.core.arrays import Doubles
from studio.data import Dataset, Series, inspect
from studio.data.missing_steps import missing_steps
from studio.gui.viewstate.dataset import length_ranges, sample_of_each_class, thinned
from studio.gui.viewstate.texts import one_line, whole_lines, words_of

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
class Facts:
    """What is known of a dataset before any task.

    Attributes:
        dataset: The dataset.
        schema: What `inspect` says.
        is_table: Whether any column of numbers can be the one to predict.
        steps: Of the thinned series, (points,).
        values: The thinned series, (points, channels).
        samples: Of a set of examples.
        lengths: How many examples have which length.
        texts: Of a text: class and text of a few examples, or a corpus's beginning without one.
        step: What to resample a series to that lacks steps, or "".
    """

    dataset: Dataset
    schema: dict[str, Any]
    is_table: bool
    steps: Doubles
    values: Doubles
    samples: tuple[Sample, ...] = field(default=())
    lengths: tuple[tuple[str, int], ...] = field(default=())
    texts: tuple[tuple[str, str], ...] = field(default=())
    step: str = ""


def facts_of(dataset: Dataset) -> Facts:
    """Works out everything; takes a moment for a large dataset."""
    schema = inspect(dataset)
    if dataset.symbols is not None:
        return _facts_of_text(dataset, dataset.symbols, schema)
    if isinstance(dataset, Series):
        steps, values = thinned(dataset.values[:, :_MOST_CHANNELS], _POINTS)
        lost = missing_steps(dataset)
        step = lost.step if lost is not None else ""
        return Facts(dataset, schema, is_table=True, steps=steps, values=values, step=step)
    nothing = np.zeros(0)
    return Facts(
        dataset,
        schema,
        is_table=dataset.row_per_example,
        steps=nothing,
        values=nothing,
        samples=tuple(_samples(dataset)),
        lengths=tuple(length_ranges(dataset.lengths)),
    )


def _facts_of_text(dataset: Dataset, symbols: tuple[str, ...], schema: dict[str, Any]) -> Facts:
    nothing = np.zeros(0)
    joined = dataset.tokens == "characters"
    if isinstance(dataset, Series):
        text = words_of(dataset.values[:_CORPUS_BEGINNING, 0], symbols, joined=joined)
        texts: tuple[tuple[str, str], ...] = (("", whole_lines(text, _CORPUS_LINES)),)
        lengths: tuple[tuple[str, int], ...] = ()
    else:
        found = [(sample.title, sample.sequences) for sample in _samples(dataset)]
        texts = tuple(
            (name, one_line(words_of(each[:, 0], symbols, joined=joined), _LONGEST_TEXT))
            for name, sequences in found
            for each in sequences[: 1 if len(found) > _FEW_CLASSES else _SAMPLES]
        )
        lengths = tuple(length_ranges(dataset.lengths))
    return Facts(
        dataset, schema, is_table=False, steps=nothing, values=nothing, lengths=lengths, texts=texts
    )


def _samples(dataset: Dataset) -> list[Sample]:
    assert not isinstance(dataset, Series)  # noqa: S101 - see facts_of
    if dataset.class_names is None or dataset.labels.ndim > 1:
        picks = np.linspace(0, len(dataset) - 1, min(12, len(dataset))).astype(int)
        names = ", ".join(column.name for column in dataset.targets[:2])
        return [
            Sample(_title(names, dataset.labels[at], at), (dataset.sequence(at),))
            for at in picks.tolist()
        ]
    classes = sample_of_each_class(
        np.asarray(dataset.labels, dtype=np.int64), dataset.class_names, _SAMPLES
    )
    return [
        Sample(name, tuple(dataset.sequence(at) for at in picks))
        for name, _, picks in classes[:_MOST_CLASSES]
    ]


def _title(names: str, values: Doubles, at: int) -> str:
    return f"{names} {_numbers(values)}" if len(values) else f"example {at + 1}"


def _numbers(values: Doubles) -> str:
    return ", ".join(f"{value:.3g}" for value in values[:2])

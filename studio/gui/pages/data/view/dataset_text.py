"""What the page Data says about a dataset and its training, validation and test set."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.notes import DataNote
from studio.core.prepared.examples import Examples, PreparedTask
from studio.gui.view.number_format import count_of, format_whole

_MOST_RANGES = 10
_PREDICTED = {
    "tag": "its class is predicted",
    "next-token": "the next symbol is predicted",
    "next-step": "the keys of the next step are predicted",
    "track": "a number is predicted",
}


def kind_text(schema: Mapping[str, Any]) -> str:
    """Such as "one series of 3 650 steps, 1 column of numbers"."""
    length = schema["length"]
    if schema["kind"] == "series":
        columns = count_of(schema["channels"], "column")
        return f"One series of {count_of(length['max'], 'step')}, {columns} of numbers"
    if schema["kind"] == "text":
        size = count_of(schema["symbols"], "distinct symbol")
        return f"One text of {format_whole(length['max'])} symbols, {size}"
    low, high = length["min"], length["max"]
    steps = (
        count_of(high, "step")
        if low == high
        else f"{format_whole(low)} to {format_whole(high)} steps"
    )
    parts = schema["parts"]
    counts = (
        f" ({format_whole(parts['train'])} training, {format_whole(parts['test'])} test)"
        if parts
        else ""
    )
    held = (
        count_of(schema["symbols"], "distinct symbol")
        if schema["symbols"]
        else f"{count_of(schema['channels'], 'value')} per step"
    )
    count = count_of(schema["examples"], "example")
    return f"{count}{counts} of {steps}, {held}"


def parts_text(task: PreparedTask) -> str:
    """What an example of the task is."""
    preprocessing = task.preprocessing
    if preprocessing.per_step:
        return f"Each example is a sequence; {_PREDICTED[preprocessing.kind]} at every step."
    if preprocessing.window is not None:
        reads = f"reads {count_of(preprocessing.window, 'step')}"
        ahead = (
            f"forecasts the next {preprocessing.horizon}"
            if preprocessing.horizon > 1
            else "forecasts the next one"
        )
        return f"Each example {reads} and {ahead}."
    if preprocessing.class_names is not None:
        return f"Each example is a sequence from one of {len(preprocessing.class_names)} classes."
    count = count_of(preprocessing.value_size, "number")
    return f"Each example is a sequence with {count} to predict."


def part_counts(task: PreparedTask) -> dict[str, int]:
    return {name: len(part) for name, part in task.parts.items()}


def part_spans(task: PreparedTask) -> dict[str, tuple[int, int]]:
    """The time steps that each set of a series predicts, first and one past the last."""
    horizon = task.preprocessing.horizon

    def steps(part: Examples) -> int:
        return part.length_of(len(part) - 1) if part.per_step else horizon

    return {
        name: (int(part.positions[0]), int(part.positions[-1]) + steps(part))
        for name, part in task.parts.items()
        if len(part)
    }


def thinned(values: Doubles, most: int) -> tuple[Doubles, Doubles]:
    """A long series with about `most` points that keep its lows and highs.

    Args:
        values: (time, channels).
        most: Points to keep.

    Returns:
        Time steps (points,), and values (points, channels).
    """
    count = len(values)
    if count <= most:
        return np.arange(count, dtype=np.float64), values
    size = -(-2 * count // most)
    starts = np.arange(0, count, size)
    edges = [extreme.reduceat(values, starts, axis=0) for extreme in (np.fmin, np.fmax)]
    steps = np.stack([starts, np.minimum(starts + size / 2, count - 1)], axis=1)
    both = np.stack(edges, axis=1)
    return steps.reshape(-1).astype(np.float64), both.reshape(-1, values.shape[1])


def length_ranges(lengths: Integers) -> list[tuple[str, int]]:
    """How many examples have which length, in at most ten ranges."""
    low, high = int(lengths.min()), int(lengths.max())
    width = max(1, -(-(high - low + 1) // _MOST_RANGES))
    edges = list(range(low, high + width + 1, width))
    ranges = []
    for start, end in pairwise(edges):
        inside = int(((lengths >= start) & (lengths < end)).sum())
        last = min(end - 1, high)
        name = (
            format_whole(start)
            if start == last
            else f"{format_whole(start)} to {format_whole(last)}"
        )
        ranges.append((name, inside))
    return ranges


def sample_of_each_class(
    labels: Integers, classes: Sequence[str], most: int
) -> list[tuple[str, int, list[int]]]:
    """For each class its name, its size and a few examples, spread over the file."""
    samples = []
    for index, name in enumerate(classes):
        members = np.flatnonzero(labels == index)
        if len(members):
            picks = members[np.linspace(0, len(members) - 1, min(most, len(members))).astype(int)]
            samples.append((name, len(members), picks.tolist()))
    return samples


def sentence(note: DataNote | str) -> str:
    """A note with a capital letter and a full stop."""
    text = str(note)
    return f"{text[:1].upper()}{text[1:]}."

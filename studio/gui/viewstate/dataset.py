"""What the page Data says about a dataset and its parts."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.examples import PreparedTask
from studio.gui.viewstate.figures import counted, whole

_MOST_RANGES = 10
_ANSWERED = {
    "tag": "its class is told",
    "next-token": "the symbol that follows is told",
    "next-step": "the keys of the next step are told",
}


def kind_in_words(schema: Mapping[str, Any]) -> str:
    """Such as "one series of 3 650 steps, 1 column of numbers"."""
    length = schema["length"]
    if schema["kind"] == "series":
        columns = counted(schema["channels"], "column")
        return f"One series of {counted(length['max'], 'step')}, {columns} of numbers"
    if schema["kind"] == "text":
        size = counted(schema["symbols"], "different symbol")
        return f"One text of {whole(length['max'])} symbols, {size}"
    low, high = length["min"], length["max"]
    steps = counted(high, "step") if low == high else f"{whole(low)} to {whole(high)} steps"
    parts = schema["parts"]
    given = f" ({whole(parts['train'])} to train, {whole(parts['test'])} to test)" if parts else ""
    held = (
        counted(schema["symbols"], "different symbol")
        if schema["symbols"]
        else f"{counted(schema['channels'], 'value')} at each step"
    )
    count = counted(schema["examples"], "example")
    return f"{count}{given} of {steps}, {held}"


def parts_in_words(task: PreparedTask) -> str:
    """What an example of the task is."""
    preparation = task.preparation
    if preparation.stepwise:
        return f"Each example is a sequence; {_ANSWERED[preparation.kind]} at every step."
    if preparation.window is not None:
        reads = f"reads {counted(preparation.window, 'step')}"
        ahead = (
            f"forecasts the next {preparation.horizon}"
            if preparation.horizon > 1
            else ("forecasts the next one")
        )
        return f"Each example {reads} and {ahead}."
    if preparation.class_names is not None:
        return f"Each example is one sequence; its class is one of {len(preparation.class_names)}."
    return (
        f"Each example is one sequence; {counted(preparation.output_size, 'number')} to estimate."
    )


def part_counts(task: PreparedTask) -> dict[str, int]:
    """Examples by part."""
    return {name: len(part) for name, part in task.parts.items()}


def part_spans(task: PreparedTask) -> dict[str, tuple[int, int]]:
    """The time steps that each part of a series predicts, first and one behind the last."""
    horizon = task.preparation.horizon
    return {
        name: (int(part.positions[0]), int(part.positions[-1]) + horizon)
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
    found = []
    for start, end in pairwise(edges):
        inside = int(((lengths >= start) & (lengths < end)).sum())
        last = min(end - 1, high)
        name = whole(start) if start == last else f"{whole(start)} to {whole(last)}"
        found.append((name, inside))
    return found


def sample_of_each_class(
    labels: Integers, classes: Sequence[str], most: int
) -> list[tuple[str, int, list[int]]]:
    """For each class its name, its size and a few examples, spread over the file."""
    found = []
    for at, name in enumerate(classes):
        members = np.flatnonzero(labels == at)
        if len(members):
            picks = members[np.linspace(0, len(members) - 1, min(most, len(members))).astype(int)]
            found.append((name, len(members), picks.tolist()))
    return found


def sentence(text: str, source: str) -> str:
    """A note as a sentence; a file's name at its start stays as it is written.

    Args:
        text: The note.
        source: The name of the file or folder that the data came from.
    """
    first = text.partition(" ")[0]
    is_name = "." in first or "/" in first or text.startswith(f"{source} ")
    begun = text if is_name else f"{text[:1].upper()}{text[1:]}"
    return begun if begun.endswith(".") else f"{begun}."

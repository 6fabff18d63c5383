"""Series with a class for each step, made by hand."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Dataset, Series, prepare
from studio.data.dataset import Tags

NAMES = ("lie", "run", "walk")
COLUMNS = (
    Column("time", "time", "date"),
    Column("ax", "feature"),
    Column("ay", "target"),
    Column("activity", "label", "text"),
)


def tagged(lengths: Sequence[int] = (400,), seed: int = 0, longest_bout: int = 30) -> Series:
    """Series whose activity changes after bouts of random length.

    The first channel counts the rows, so that a window shows where it was cut.
    """
    rng = np.random.default_rng(seed)
    total = sum(lengths)
    bouts = rng.integers(1, longest_bout, total)
    codes = np.repeat(np.arange(total) % len(NAMES), bouts)[:total]
    values = np.stack([np.arange(total, dtype=np.float64), rng.normal(codes, 1)], axis=1)
    times = np.array([f"2024-01-01 00:00:{row:06d}" for row in range(total)], dtype=str)
    return Series(
        "toy", "toy.csv", COLUMNS, values, times,
        None if len(lengths) == 1 else np.array(lengths), tags=Tags(codes, NAMES),
    )  # fmt: skip


def prepared(dataset: Dataset, **task: object) -> PreparedTask:
    return prepare(dataset, TaskSpec.model_validate({"scaling": "none", **task}))[0]


def rows_read(part: Examples) -> list[list[int]]:
    """The rows that each example reads, from the channel that counts them."""
    return [part.sequence(index)[:, 0].astype(int).tolist() for index in range(len(part))]


def series_of(row: int, lengths: Sequence[int]) -> int:
    return int(np.searchsorted(np.cumsum(lengths), row, side="right"))


def commonest(codes: Sequence[int]) -> int:
    """The commonest class, of equally common ones the first."""
    counts = Counter(codes)
    return min(counts, key=lambda code: (-counts[code], code))

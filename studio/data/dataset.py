"""A dataset as read or generated, before anything is split, windowed or scaled."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision
from studio.core.errors import SpecError
from studio.core.notes import DataNote
from studio.core.problems import Problem
from studio.core.specs.dataset_spec import Tokens

Role = Literal["feature", "target", "time", "label", "id", "group", "static", "ignored"]
ColumnKind = Literal["number", "text", "date", "empty"]
Statics: TypeAlias = Doubles | NDArray[np.str_]
"""Numbers, NaN where missing, or categories, "" where missing."""


@dataclass(frozen=True)
class Column:
    """A column of a table, a channel of a sequence, or what is predicted.

    Attributes:
        name: Its name, without the unit.
        role: "feature" is an input of the networks, "target" a number to predict (in a series its
            past is an input too), "label" a class to predict, "time" a date or time, "id"
            identifies the sequences of a long table, "group" says whom an example belongs to (a
            speaker, a subject), "static" is an input that does not change within a sequence,
            "ignored" is not used.
        kind: What its cells hold.
        unit: The unit in its header, or "".
        missing: Number of missing cells.
        first_missing: Where the first missing cell is, such as "x.csv, line 12", or "".
    """

    name: str
    role: Role
    kind: ColumnKind = "number"
    unit: str = ""
    missing: int = 0
    first_missing: str = ""


@dataclass(frozen=True, eq=False)
class Tags:
    """A class for each step.

    Attributes:
        codes: Indices into names, -1 where missing, (steps,).
        names: Names of the classes.
    """

    codes: Integers
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Series:
    """One long series of one or more channels, or several of them concatenated.

    Where its rows have a class, `tags` holds it, and the column with the classes has the role
    "label" and is no channel.

    Attributes:
        name: The dataset's name.
        source: What it came from, as shown in messages.
        columns: All columns in the order of the file.
        values: The channels in the order of `channels`, (time, channels), in their own units,
            NaN where missing.
        times: The time stamps as written, (time,), or None.
        lengths: Steps of each series where there are several, (series,), or None.
        symbols: Of a text what the codes in values stand for, otherwise None.
        tokens: What the text was cut into, or None.
        tags: The class of each step, or None.
        groups: The group of each series, (series,), by column name.
        statics: What does not change within a series, (series,), by column name.
        series_names: The names of several series, or None where they have none.
        notes: What was done to it when it was read.
        problems: What is wrong with it, as far as reading shows.
        decisions: How it was read, and what would read it otherwise.
    """

    name: str
    source: str
    columns: tuple[Column, ...]
    values: Doubles
    times: NDArray[np.str_] | None = None
    lengths: Integers | None = None
    symbols: tuple[str, ...] | None = None
    tokens: Tokens | None = None
    tags: Tags | None = None
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=lambda: MappingProxyType({}))
    statics: Mapping[str, Statics] = field(default_factory=lambda: MappingProxyType({}))
    series_names: tuple[str, ...] | None = None
    notes: tuple[DataNote, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())
    decisions: tuple[ReadingDecision, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def channels(self) -> tuple[Column, ...]:
        """The numeric columns that are features or targets."""
        return tuple(column for column in self.columns if column.role in {"feature", "target"})


@dataclass(frozen=True, eq=False)
class ExampleSet:
    """Many sequences, each with a class, with numbers to predict, or with neither.

    Attributes:
        name: The dataset's name.
        source: What it came from, as shown in messages.
        columns: The columns of the file, or the channels and what is predicted.
        channels: The values of each time step.
        values: All sequences concatenated, or series that they are cut from, (steps, channels),
            NaN where missing; for a text indices into symbols, (steps, 1).
        lengths: Steps of each example, (examples,).
        labels: Classes as indices into class_names, (examples,) int64, or values
            (examples, targets) float64; no targets where the next step itself is predicted.
        class_names: Names of the classes, or None for values.
        in_test: Whether each example is in the given test set, (examples,), or None where no
            split is given.
        in_validation: The same for a given validation set.
        symbols: Of a text what the codes in values stand for, otherwise None.
        tokens: What the text was cut into, or None.
        one_hot: Whether the channels are the letters of an alphabet, one-hot encoded.
        groups: The group of each example, (examples,), by column name.
        statics: What does not change within an example, (examples,), by column name.
        tags: The class of each step where it changes within sequences; then there are no labels.
        row_per_example: Whether it is a table whose columns are the time steps.
        first_rows: The first row of each example in values, (examples,), where examples were cut
            from series and may overlap; None where they follow each other.
        notes: What was done to it when it was read.
        problems: What is wrong with it, as far as reading shows.
        decisions: How it was read, and what would read it otherwise.
    """

    name: str
    source: str
    columns: tuple[Column, ...]
    channels: tuple[Column, ...]
    values: Doubles
    lengths: Integers
    labels: Integers | Doubles
    class_names: tuple[str, ...] | None
    in_test: NDArray[np.bool_] | None = None
    in_validation: NDArray[np.bool_] | None = None
    symbols: tuple[str, ...] | None = None
    tokens: Tokens | None = None
    one_hot: bool = False
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=lambda: MappingProxyType({}))
    statics: Mapping[str, Statics] = field(default_factory=lambda: MappingProxyType({}))
    tags: Tags | None = None
    row_per_example: bool = False
    first_rows: Integers | None = None
    notes: tuple[DataNote, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())
    decisions: tuple[ReadingDecision, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def starts(self) -> Integers:
        """The first row of each example in values, (examples,)."""
        if self.first_rows is not None:
            return self.first_rows
        return np.asarray(np.cumsum(self.lengths) - self.lengths, dtype=np.int64)

    @property
    def positions(self) -> Integers:
        """Where each example comes from, (examples,): its index, or its first row of a series."""
        if self.first_rows is not None:
            return self.first_rows
        return np.arange(len(self), dtype=np.int64)

    @cached_property
    def targets(self) -> tuple[Column, ...]:
        """The class column, or the columns of values to predict."""
        return tuple(column for column in self.columns if column.role in {"label", "target"})

    @cached_property
    def kinds(self) -> Integers:
        """A number for each example, the same for equal sequences, (examples,)."""
        seen: dict[bytes, int] = {}
        values = np.ascontiguousarray(self.values)
        kinds = np.empty(len(self), dtype=np.int64)
        for index, (start, length) in enumerate(zip(self.starts, self.lengths, strict=True)):
            fixed = [str(values[index]) for values in self.statics.values()]
            content = values[start : start + length].tobytes() + "\n".join(fixed).encode()
            digest = hashlib.blake2b(content, digest_size=16).digest()
            kinds[index] = seen.setdefault(digest, len(seen))
        return kinds

    @property
    def features(self) -> tuple[Column, ...]:
        """The inputs: the channels, or in a table the columns that are the time steps."""
        return tuple(column for column in self.columns if column.role == "feature")

    def sequence(self, index: int) -> Doubles:
        """One example, (time, channels), in its own units."""
        start = self.starts[index]
        return self.values[start : start + self.lengths[index]]

    def with_notes(self, notes: Iterable[DataNote]) -> "ExampleSet":
        """A copy with these notes first, each once."""
        return replace(self, notes=tuple(dict.fromkeys((*notes, *self.notes))))

    def with_groups(self, columns: Mapping[str, NDArray[np.str_]]) -> "ExampleSet":
        """A copy with further columns of groups."""
        added = tuple(Column(name, "group", "text") for name in columns)
        groups = MappingProxyType({**self.groups, **columns})
        return replace(self, columns=(*self.columns, *added), groups=groups)


Dataset: TypeAlias = Series | ExampleSet


def is_coded(dataset: Dataset) -> bool:
    """Whether its numbers are symbols rather than measurements, so that they are not scaled."""
    return dataset.symbols is not None or (isinstance(dataset, ExampleSet) and dataset.one_hot)


def find_column(columns: tuple[Column, ...], name: str, where: str) -> Column:
    """The column with this name, given with or without its unit.

    Raises:
        SpecError: There is no such column; the message lists the columns that exist.
    """
    for column in columns:
        if name in {
            column.name,
            f"{column.name} [{column.unit}]",
            f"{column.name} ({column.unit})",
        }:
            return column
    listed = ", ".join(column.name for column in columns[:20])
    more = ", ..." if len(columns) > 20 else ""  # noqa: PLR2004 - as many as fit a line
    raise SpecError(
        f"the data has no column '{name}'", where=where, remedy=f"Choose one of {listed}{more}"
    )

"""What a file or a generator gives, before anything is split, windowed or scaled."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.datasets import Tokens
from studio.core.errors import SpecError

Role = Literal["feature", "target", "time", "label", "id", "group", "ignored"]
ColumnKind = Literal["number", "text", "date", "empty"]


@dataclass(frozen=True)
class Column:
    """A column of a table, a channel of a sequence, or what is to be predicted.

    Attributes:
        name: Its name, without the unit.
        role: "feature" is read by the networks, "target" is a number to predict (in a series its
            past is read too), "label" is a class to predict, "time" tells when, "id" tells the
            sequences of a long table apart, "group" says whose an example is (a speaker, a
            subject), "ignored" is not used.
        kind: What its cells hold.
        unit: The unit that its header names, or "".
        missing: How many of its cells are missing.
        first_missing: Where the first of them is, such as "x.csv, line 12", or "".
    """

    name: str
    role: Role
    kind: ColumnKind = "number"
    unit: str = ""
    missing: int = 0
    first_missing: str = ""


@dataclass(frozen=True, eq=False)
class Series:
    """One long series of one or more channels, or several of them behind each other.

    Attributes:
        name: The dataset's name.
        source: What it came from, as shown in messages.
        columns: All columns in the order of the file.
        values: The channels in the order of `channels`, (time, channels), in their own units,
            NaN where missing.
        times: The time stamps as they are written, (time,), or None.
        lengths: Steps of each series where there are several, (series,), or None.
        symbols: What the whole numbers in values stand for where it is a text, or None.
        tokens: What the text was cut into, or None.
        notes: Sentences on how it was read.
        problems: Sentences on what is wrong with it.
    """

    name: str
    source: str
    columns: tuple[Column, ...]
    values: Doubles
    times: NDArray[np.str_] | None = None
    lengths: Integers | None = None
    symbols: tuple[str, ...] | None = None
    tokens: Tokens | None = None
    notes: tuple[str, ...] = field(default=())
    problems: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def channels(self) -> tuple[Column, ...]:
        """The columns of numbers."""
        return tuple(column for column in self.columns if column.role in {"feature", "target"})


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
class ExampleSet:
    """Many sequences, each with a class or with numbers to predict, or with neither.

    Attributes:
        name: The dataset's name.
        source: What it came from, as shown in messages.
        columns: What the file holds: columns, or channels and what is to be predicted.
        channels: What each step of a sequence holds.
        values: All sequences one after the other, (steps, channels), NaN where missing; for a
            text indices into symbols, (steps, 1).
        lengths: Steps of each example, (examples,).
        labels: Classes as indices into class_names, (examples,) int64, or values
            (examples, targets) float64; no targets where the next step itself is predicted.
        class_names: Names of the classes, or None for values.
        in_test: Whether each example belongs to a given test part, (examples,), or None where
            no division is given.
        in_validation: The same of a given validation part.
        symbols: What the whole numbers in values stand for where it is a text, or None.
        tokens: What the text was cut into, or None.
        one_hot: Whether the channels are the shares of the symbols of an alphabet.
        groups: Whose each example is, (examples,), by the name of the column that says so.
        tags: The class of each step where it changes within sequences; there are no labels then.
        row_per_example: Whether it is a table whose columns are the steps.
        notes: Sentences on how it was read.
        problems: Sentences on what is wrong with it.
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
    tags: Tags | None = None
    row_per_example: bool = False
    notes: tuple[str, ...] = field(default=())
    problems: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def starts(self) -> Integers:
        """The first row of each example in values, (examples,)."""
        return np.asarray(np.cumsum(self.lengths) - self.lengths, dtype=np.int64)

    @cached_property
    def targets(self) -> tuple[Column, ...]:
        """What is to be predicted: the class column or the columns of values."""
        return tuple(column for column in self.columns if column.role in {"label", "target"})

    @cached_property
    def kinds(self) -> Integers:
        """A number for each example that equal sequences share, (examples,)."""
        seen: dict[bytes, int] = {}
        values = np.ascontiguousarray(self.values)
        kinds = np.empty(len(self), dtype=np.int64)
        for at, (start, length) in enumerate(zip(self.starts, self.lengths, strict=True)):
            content = values[start : start + length].tobytes()
            digest = hashlib.blake2b(content, digest_size=16).digest()
            kinds[at] = seen.setdefault(digest, len(seen))
        return kinds

    @property
    def features(self) -> tuple[Column, ...]:
        """What the networks read: the channels, or in a table the columns that are the steps."""
        return tuple(column for column in self.columns if column.role == "feature")

    def sequence(self, index: int) -> Doubles:
        """One example, (time, channels), in its own units."""
        start = self.starts[index]
        return self.values[start : start + self.lengths[index]]

    def with_notes(self, notes: Iterable[str]) -> "ExampleSet":
        """The same examples with further notes in front, each once."""
        return replace(self, notes=tuple(dict.fromkeys((*notes, *self.notes))))

    def with_groups(self, columns: Mapping[str, NDArray[np.str_]]) -> "ExampleSet":
        """The same examples with further columns that say whose each is."""
        added = tuple(Column(name, "group", "text") for name in columns)
        groups = MappingProxyType({**self.groups, **columns})
        return replace(self, columns=(*self.columns, *added), groups=groups)


Dataset: TypeAlias = Series | ExampleSet


def is_coded(dataset: Dataset) -> bool:
    """Whether its numbers are symbols, not measured values, so that scaling has no meaning."""
    return dataset.symbols is not None or (isinstance(dataset, ExampleSet) and dataset.one_hot)


def find_column(columns: tuple[Column, ...], name: str, where: str) -> Column:
    """The column of a name, with or without its unit.

    Raises:
        SpecError: There is no such column; the message lists those there are.
    """
    for column in columns:
        if name in {
            column.name,
            f"{column.name} [{column.unit}]",
            f"{column.name} ({column.unit})",
        }:
            return column
    listed = ", ".join(column.name for column in columns[:20])
    more = ", ..." if len(columns) > 20 else ""  # noqa: PLR2004 - a line has room for so many
    raise SpecError(
        f"the data has no column '{name}'", where=where, remedy=f"Choose among {listed}{more}"
    )

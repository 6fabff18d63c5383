"""The arrays of a file, whatever format they came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Content: TypeAlias = NDArray[Any] | tuple[NDArray[Any], ...]
"""An array, or a list of arrays whose lengths may differ."""


@dataclass(frozen=True, eq=False)
class ArrayFile:
    """What a file of arrays holds.

    Attributes:
        path: The file.
        arrays: Its arrays by name.
        others: What cannot be read, by name: "a struct", "an object of MATLAB".
    """

    path: Path
    arrays: Mapping[str, Content]
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def place(self, key: str) -> str:
        """The place of an array, for messages."""
        return f"{self.path.name}, array '{key}'" if key else self.path.name


@dataclass(frozen=True, eq=False)
class SetArrays:
    """The arrays of one set, and their names in the file.

    Attributes:
        x: Sequences: an array or a list.
        y: Labels, or None.
        lengths: Steps of each sequence, or None.
        groups: The group of each example, by name.
    """

    x_key: str
    x: Content
    y_key: str = ""
    y: Content | None = None
    lengths_key: str = ""
    lengths: NDArray[Any] | None = None
    groups: Mapping[str, Content] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def keys(self) -> set[str]:
        """The names of all its arrays."""
        return {key for key in (self.x_key, self.y_key, self.lengths_key, *self.groups) if key}

    @property
    def is_concatenated(self) -> bool:
        """Whether x holds all sequences one after the other."""
        if self.lengths is None or isinstance(self.x, tuple):
            return False
        are_counts = self.lengths.ndim == 1 and self.lengths.dtype.kind in "iu"
        return are_counts and self.x.ndim in {1, 2} and len(self.lengths) != len(self.x)

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers of examples that there can be."""
        if isinstance(self.x, tuple):
            return (len(self.x),)
        if self.is_concatenated and self.lengths is not None:
            return (len(self.lengths),)
        return self.x.shape


def shape_of(content: Content) -> str:
    """The shape of an array, or the number of sequences, for messages."""
    if isinstance(content, tuple):
        return f"{len(content):,} sequences"
    return str(content.shape).replace(",)", ")")


def as_vector(content: Content) -> NDArray[Any] | None:
    """An array of one axis, or of two of which one has one entry; None for any other."""
    if isinstance(content, tuple) or not content.size or content.size != max(content.shape or (0,)):
        return None
    return np.asarray(content).reshape(-1)


def sequences_or_labels(cells: list[NDArray[Any]]) -> Content:
    """Cells of numbers: an array where each holds one, otherwise a list of sequences."""
    if all(cell.size == 1 for cell in cells):
        return np.array([float(cell.reshape(-1)[0]) for cell in cells])
    return tuple(cells)

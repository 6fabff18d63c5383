"""Whether a table is one long series, or a row for each example."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core.arrays import Doubles
from studio.core.errors import DatasetError
from studio.data.dataset import Column, Dataset, ExampleSet, Role, Series
from studio.data.labels import classes_of_text, looks_like_classes, row_examples
from studio.data.tables.columns import Cells
from studio.data.tables.dialect import LABEL_NAMES

_UNIT = re.compile(r"(?P<name>.*\S)\s*(\[(?P<square>[^\[\]]{1,16})\]|\((?P<round>[^()]{1,8})\))")
_TIME_NAMES = frozenset(
    {"time", "date", "datetime", "timestamp", "year", "month", "day", "hour", "t", "index", "step",
     "id", "no", "row", "unnamed: 0", "column 1"}
)  # fmt: skip
_FEWEST_STEPS = 2


def split_unit(header: str) -> tuple[str, str]:
    """The name and the unit of a header such as "Temp [°C]"."""
    found = _UNIT.fullmatch(header)
    unit = (found["square"] or found["round"]).strip() if found else ""
    if found is None or not re.search(r"[^\W\d_]|[%°]", unit):
        return header, ""
    return found["name"], unit


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one file."""

    path: Path
    cells: tuple[Cells, ...]
    has_header: bool
    first_is_label: bool = False

    def dataset(self) -> Dataset:
        """Reads it as a series, or as examples where a column holds labels.

        Raises:
            DatasetError: No column holds numbers.
        """
        if not any(cells.kind == "number" for cells in self.cells):
            empty = all(cells.kind == "empty" for cells in self.cells)
            raise DatasetError(
                "has missing values only" if empty else "has no column of numbers",
                where=self.path.name,
                remedy="Give a table with at least one column of numbers",
            )
        label = self._label()
        return self._series() if label is None else self._examples(label)

    def _label(self) -> int | None:
        if any(cells.kind == "date" for cells in self.cells):
            return None
        steps = sum(cells.kind == "number" for cells in self.cells)
        last = len(self.cells) - 1
        for at in (last, 0):
            cells = self.cells[at]
            named = cells.name.lower() in LABEL_NAMES or (at == 0 and self.first_is_label)
            if cells.kind == "number" and named and steps > _FEWEST_STEPS:
                return at
            if cells.kind == "text" and named and steps >= _FEWEST_STEPS:
                return at
        if steps < _FEWEST_STEPS:
            return None
        repeated = [at for at in range(last + 1) if self._is_repeated_text(at)]
        return repeated[-1] if repeated else None

    def _is_repeated_text(self, at: int) -> bool:
        cells = self.cells[at]
        return cells.kind == "text" and len(np.unique(cells.values)) * 2 <= len(cells.values)

    def _series(self) -> Series:
        time = self._time()
        numeric = [
            at for at, cells in enumerate(self.cells) if cells.kind == "number" and at != time
        ]
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        roles[numeric[-1]] = "target"
        if time is not None:
            roles[time] = "time"
        values = np.stack([self.cells[at].values for at in numeric], axis=1).astype(np.float64)
        times = None if time is None else _as_text(self.cells[time])
        return Series(
            name=self.path.stem,
            source=self.path.name,
            columns=self._columns(roles),
            values=np.ascontiguousarray(values),
            times=times,
            notes=self._ignored(roles),
            problems=() if time is None else _disorder(self.cells[time]),
        )

    def _examples(self, label: int) -> ExampleSet:
        cells = self.cells[label]
        numeric = [
            at for at, other in enumerate(self.cells) if other.kind == "number" and at != label
        ]
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        values = np.stack([self.cells[at].values for at in numeric], axis=1).astype(np.float64)
        found: tuple[np.ndarray, tuple[str, ...] | None]
        if cells.kind == "text":
            found = classes_of_text(np.asarray(cells.values, dtype=str))
        else:
            found = looks_like_classes(np.asarray(cells.values), cells.name)
        roles[label] = "target" if found[1] is None else "label"
        note = (
            f"each row is read as an example because of the column '{cells.name}'; "
            "choose the task forecast to read the table as one series"
        )
        columns = self._columns(roles)
        return replace(
            row_examples(self.path.stem, self.path.name, columns, values, found),
            notes=(note, *self._ignored(roles)),
        )

    def _time(self) -> int | None:
        for at, cells in enumerate(self.cells):
            if cells.kind == "date":
                return at
        first = self.cells[0]
        others = sum(cells.kind == "number" for cells in self.cells) > 1
        named = self.has_header and first.name.lower() in _TIME_NAMES
        if others and named and first.kind == "number" and _counts_up(np.asarray(first.values)):
            return 0
        return None

    def _columns(self, roles: dict[int, Role]) -> tuple[Column, ...]:
        split = [split_unit(cells.name) for cells in self.cells]
        bare = [name for name, _ in split]
        if len(set(bare)) != len(bare):
            split = [(cells.name, unit) for cells, (_, unit) in zip(self.cells, split, strict=True)]
        return tuple(
            Column(
                name, roles.get(at, "ignored"), cells.kind, unit, cells.missing, cells.first_missing
            )
            for at, (cells, (name, unit)) in enumerate(zip(self.cells, split, strict=True))
        )

    def _ignored(self, roles: dict[int, Role]) -> tuple[str, ...]:
        reasons = {
            "text": "it holds text",
            "date": "it holds further dates",
            "empty": "it is empty",
        }
        return tuple(
            f"the column '{cells.name}' is not used because {reasons[cells.kind]}"
            for at, cells in enumerate(self.cells)
            if at not in roles and cells.kind in reasons
        )


def _as_text(cells: Cells) -> np.ndarray:
    if cells.kind == "date":
        return np.asarray(cells.values, dtype=str)
    return np.array([f"{value:g}" for value in cells.values], dtype=str)


def _counts_up(values: Doubles) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0) and np.all(values == np.round(values)))


def _disorder(cells: Cells) -> tuple[str, ...]:
    """A sentence where ISO dates of equal width go backwards."""
    if cells.kind != "date" or not re.match(r"\d{4}", str(cells.values[0])):
        return ()
    texts = np.asarray(cells.values, dtype=str)
    if len(np.unique(np.char.str_len(texts))) != 1:
        return ()
    back = np.flatnonzero(texts[1:] < texts[:-1])
    if not len(back):
        return ()
    first = texts[back[0] + 1]
    return (f"the dates in '{cells.name}' are not in rising order, first at {first}",)

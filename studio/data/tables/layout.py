"""Whether a table is one long series, or a row for each example."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core.arrays import Doubles
from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.cache import Cache
from studio.data.dataset import Column, Dataset, ExampleSet, Role, Series
from studio.data.labels import classes_of_text, looks_like_classes, row_examples
from studio.data.names import LABEL_NAMES, TIME_NAMES
from studio.data.recordings import listing_of_table, read_recordings
from studio.data.tables.columns import Cells
from studio.data.tables.long import long_dataset
from studio.data.tables.roles import Roles, as_text, find_roles, no_numbers
from studio.data.tables.texts import text_dataset

_UNIT = re.compile(r"(?P<name>.*\S)\s*(\[(?P<square>[^\[\]]{1,16})\]|\((?P<round>[^()]{1,8})\))")
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
    spec: FileDataset
    first_is_label: bool = False
    cache: Cache | None = None

    def dataset(self) -> Dataset:
        """Reads it as recordings, as texts, as a long table, as examples in rows, or as a series.

        Raises:
            DatasetError: No column holds numbers or labelled texts.
            SpecError: A column that the settings name is not there.
        """
        roles = find_roles(self.cells, self.spec)
        listing = listing_of_table(self.path, self.cells, roles)
        if listing is not None:
            return read_recordings(listing, self.spec, self.cache)
        found = text_dataset(self.path, self.cells, roles, self.spec)
        return found or long_dataset(self.path, self.cells, roles) or self._wide(roles)

    def _wide(self, roles: Roles) -> Dataset:
        if not any(cells.kind == "number" for cells in self.cells):
            empty = all(cells.kind == "empty" for cells in self.cells)
            raise DatasetError(
                "has missing values only" if empty else "has no column of numbers",
                where=self.path.name,
                remedy="Give a table with a column of numbers, or with texts and their labels",
            )
        label = self._label(roles)
        return self._series(roles) if label is None else self._examples(label, roles)

    def _label(self, roles: Roles) -> int | None:
        if roles.given_label is not None:
            return roles.given_label
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

    def _series(self, given: Roles) -> Series:
        time = self._time() if given.given_time is None else given.given_time
        numeric = [
            at for at, cells in enumerate(self.cells) if cells.kind == "number" and at != time
        ]
        if not numeric:
            raise no_numbers(self.path, "the time")
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        roles[numeric[-1]] = "target"
        if time is not None:
            roles[time] = "time"
        values = np.stack([self.cells[at].values for at in numeric], axis=1).astype(np.float64)
        times = None if time is None else as_text(self.cells[time])
        return Series(
            name=self.path.stem,
            source=self.path.name,
            columns=self._columns(roles),
            values=np.ascontiguousarray(values),
            times=times,
            notes=self._ignored(roles),
            problems=() if time is None else _disorder(self.cells[time]),
        )

    def _examples(self, label: int, given: Roles) -> ExampleSet:
        cells = self.cells[label]
        group = given.group if given.group != label else None
        numeric = [
            at
            for at, other in enumerate(self.cells)
            if other.kind == "number" and at not in {label, group, given.given_id, given.given_time}
        ]
        if not numeric:
            raise no_numbers(self.path, "label, id, time and group")
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        values = np.stack([self.cells[at].values for at in numeric], axis=1).astype(np.float64)
        found: tuple[np.ndarray, tuple[str, ...] | None]
        if cells.kind in {"text", "date"}:
            found = classes_of_text(np.asarray(cells.values, dtype=str))
        else:
            name = "class" if self.first_is_label and label == 0 else cells.name
            found = looks_like_classes(np.asarray(cells.values), name)
        roles[label] = "target" if found[1] is None else "label"
        groups = {} if group is None else {self.cells[group].name: as_text(self.cells[group])}
        if group is not None:
            roles[group] = "group"
        if given.given_id is not None:
            roles[given.given_id] = "id"
        if given.given_time is not None and given.given_time != label:
            roles[given.given_time] = "time"
        note = (
            f"each row is read as an example because of the column '{cells.name}'; "
            "choose the task forecast to read the table as one series"
        )
        columns = self._columns(roles)
        return replace(
            row_examples(self.path.stem, self.path.name, columns, values, found),
            groups=groups,
            notes=(note, *self._ignored(roles)),
        )

    def _time(self) -> int | None:
        for at, cells in enumerate(self.cells):
            if cells.kind == "date":
                return at
        first = self.cells[0]
        others = sum(cells.kind == "number" for cells in self.cells) > 1
        named = self.has_header and first.name.lower() in TIME_NAMES
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

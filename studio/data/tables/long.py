"""Long tables: an id column, a time column and values, so that lengths may differ."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError, SpecError
from studio.core.moments import instants
from studio.data.dataset import Column, Dataset, ExampleSet, Role, Series, Tags
from studio.data.labels import Labels, are_whole, classes_of_text, looks_like_classes
from studio.data.names import GROUP_NAMES, ID_NAMES, LABEL_NAMES, TAG_NAMES, TIME_NAMES
from studio.data.symbols import unlabelled
from studio.data.tables.columns import Cells
from studio.data.tables.roles import Roles, as_text, no_numbers


def long_dataset(path: Path, cells: tuple[Cells, ...], given: Roles) -> Dataset | None:
    """The sequences of a long table, or None where it is no such table.

    With a label that is constant within each sequence they are examples, with one that changes
    they are sequences of tagged steps, else series to forecast.

    Raises:
        DatasetError: A sequence has no id, or no column of numbers is left.
    """
    found = _id_column(cells, given)
    return None if found is None else _Long(path, cells, given, found).dataset()


def _id_column(cells: tuple[Cells, ...], given: Roles) -> int | None:
    if given.given_id is not None:
        return given.given_id
    for names in (ID_NAMES, GROUP_NAMES):
        for at, each in enumerate(cells):
            if each.name.lower() in names and each.kind in {"text", "number"}:
                rest = [other for other in range(len(cells)) if other != at]
                ids = as_text(each)
                distinct = len(np.unique(ids))
                has_time = _time_column(cells, rest, given) is not None
                if 1 < distinct <= len(ids) // 2 and (has_time or _in_runs(ids, distinct)):
                    return at if _has_numbers(cells, rest) and has_time else None
    return None


def _in_runs(ids: NDArray[np.str_], distinct: int) -> bool:
    return int(np.sum(ids[1:] != ids[:-1])) + 1 == distinct


def _has_numbers(cells: tuple[Cells, ...], among: list[int]) -> bool:
    return any(cells[at].kind == "number" for at in among)


def _time_column(cells: tuple[Cells, ...], among: list[int], given: Roles) -> int | None:
    if given.given_time is not None:
        return given.given_time
    dates = [at for at in among if cells[at].kind == "date"]
    named = [
        at for at in among
        if cells[at].kind == "number" and cells[at].name.lower() in TIME_NAMES
    ]  # fmt: skip
    return next(iter(dates + named), None)


@dataclass(frozen=True, eq=False)
class _Found:
    """What a long table holds.

    Attributes:
        roles: Of columns.
        numeric: The columns that each step holds.
        order: Rows sequence by sequence, (rows,).
        lengths: Steps of each sequence, (sequences,).
        problems: Sentences on its times.
    """

    roles: dict[int, Role]
    numeric: tuple[int, ...]
    order: Integers
    lengths: Integers
    problems: tuple[str, ...]

    @property
    def firsts(self) -> Integers:
        """The first row of each sequence in the file."""
        firsts: Integers = self.order[np.cumsum(self.lengths) - self.lengths]
        return firsts


@dataclass(frozen=True, eq=False)
class _Long:
    path: Path
    cells: tuple[Cells, ...]
    given: Roles
    id_at: int

    def dataset(self) -> Dataset:
        ids = self._ids()
        rest = [at for at in range(len(self.cells)) if at != self.id_at]
        time = _time_column(self.cells, rest, self.given)
        order, lengths, problems = self._order(ids, time)
        others = [at for at in rest if at != time]
        label = self._label(order, lengths, others)
        tag = self._tag(order, lengths, others) if label is None else None
        roles = self._roles(time, tag if label is None else label)
        numeric = tuple(at for at, role in roles.items() if role == "feature")
        found = _Found(roles, numeric, order, lengths, problems)
        if tag is not None:
            return self._tagged(found, tag)
        return self._series(found, time) if label is None else self._examples(found, label)

    def _ids(self) -> NDArray[np.str_]:
        column = self.cells[self.id_at]
        ids = as_text(column)
        if not all(ids.tolist()):
            raise DatasetError(
                "a row has no id",
                where=f"{column.first_missing}, column '{column.name}'",
                remedy="Give every row the id of its sequence",
            )
        return ids

    def _roles(self, time: int | None, label: int | None) -> dict[int, Role]:
        group = self.given.group
        taken = {self.id_at, time, label, group}
        numeric = [
            at for at, each in enumerate(self.cells) if each.kind == "number" and at not in taken
        ]
        if not numeric:
            raise no_numbers(self.path, "id, time and label")
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        if group is not None:
            roles[group] = "group"
        if time is not None:
            roles[time] = "time"
        if label is not None:
            roles[label] = "label"
        roles[self.id_at] = "id"
        return roles

    def _examples(self, found: _Found, label: int) -> ExampleSet:
        """Sequences with one label each."""
        labels = self._labels(label, found.firsts)
        found.roles[label] = "target" if labels[1] is None else "label"
        return self._set(found, labels)

    def _set(self, found: _Found, labels: Labels) -> ExampleSet:
        columns = self._columns(found.roles)
        return ExampleSet(
            name=self.path.stem,
            source=self.path.name,
            columns=columns,
            channels=tuple(column for column in columns if column.role == "feature"),
            values=self._values(found),
            lengths=found.lengths,
            labels=labels[0],
            class_names=labels[1],
            groups=self._groups(found),
            problems=found.problems,
        )

    def _values(self, found: _Found) -> Doubles:
        """The columns of numbers, sequence by sequence, (rows, channels)."""
        values = [np.asarray(self.cells[at].values)[found.order] for at in found.numeric]
        return np.stack(values, axis=1).astype(np.float64)

    def _order(
        self, ids: NDArray[np.str_], time: int | None
    ) -> tuple[Integers, Integers, tuple[str, ...]]:
        """Rows sequence by sequence in order of time, and the steps of each."""
        names, first, codes = np.unique(ids, return_index=True, return_inverse=True)
        rank = np.empty(len(names), dtype=np.int64)
        rank[np.argsort(first)] = np.arange(len(names))
        keys = rank[codes]
        lengths = np.bincount(keys, minlength=len(names)).astype(np.int64)
        if time is None:
            return np.argsort(keys, kind="stable").astype(np.int64), lengths, ()
        try:
            times = _sortable(self.cells[time])
        except SpecError as error:
            problem = f"{error.what}, so the rows of a series are taken in the order of the file"
            return np.argsort(keys, kind="stable").astype(np.int64), lengths, (problem,)
        order = np.lexsort((times, keys)).astype(np.int64)
        return order, lengths, tuple(_time_problems(times[order], lengths, self.cells[time].name))

    def _label(self, order: Integers, lengths: Integers, among: list[int]) -> int | None:
        given = self.given.given_label
        if given is not None:
            return given if self._is_constant(given, order, lengths) else None
        named = [at for at in among if self.cells[at].name.lower() in LABEL_NAMES]
        texts = [at for at in among if self.cells[at].kind == "text" and at != self.given.group]
        for at in (*named, *texts):
            constant = self._is_constant(at, order, lengths)
            classes = len(np.unique(as_text(self.cells[at])[order][np.cumsum(lengths) - lengths]))
            if constant and (at in named or 1 < classes <= len(lengths) // 2):
                return at
        return None

    def _is_constant(self, at: int, order: Integers, lengths: Integers) -> bool:
        """Whether a column has one value within each sequence."""
        cells = as_text(self.cells[at])[order]
        starts = np.cumsum(lengths) - lengths
        return np.array_equal(cells, np.repeat(cells[starts], lengths))

    def _tag(self, order: Integers, lengths: Integers, among: list[int]) -> int | None:
        """The column whose classes change within sequences: as said, or by its name."""
        given = self.given.given_label
        if given is not None and not _are_classes(self.cells[given]):
            raise DatasetError(
                "changes within sequences and holds no classes",
                where=f"{self.path.name}, column '{self.cells[given].name}'",
                remedy="Leave label_column out to forecast it, or give one value to a sequence",
            )
        if given is not None:
            return given
        for at in among:
            cells, name = self.cells[at], self.cells[at].name.lower()
            named = name in TAG_NAMES or (cells.kind == "text" and name in LABEL_NAMES)
            if named and not self._is_constant(at, order, lengths) and _are_classes(cells):
                return at
        return None

    def _tagged(self, found: _Found, tag: int) -> ExampleSet:
        """Sequences whose steps have a class each."""
        cells = self.cells[tag]
        codes, names = classes_of_text(as_text(cells)[found.order])
        note = f"the column '{cells.name}' changes within sequences and tags their steps"
        made = self._set(found, unlabelled(len(found.lengths)))
        return replace(made, tags=Tags(codes.astype(np.int64), names or ()), notes=(note,))

    def _groups(self, found: _Found) -> dict[str, NDArray[np.str_]]:
        return {
            self.cells[at].name: as_text(self.cells[at])[found.firsts]
            for at, role in found.roles.items()
            if role in {"id", "group"}
        }

    def _labels(self, label: int, firsts: Integers) -> Labels:
        cells = self.cells[label]
        if cells.kind == "number":
            numbers = np.asarray(cells.values, dtype=np.float64)
            return looks_like_classes(numbers[firsts], cells.name)
        return classes_of_text(as_text(cells)[firsts])

    def _series(self, found: _Found, time: int | None) -> Series:
        """Sequences that are forecast, the last column of numbers if nothing else is said."""
        roles: dict[int, Role] = {**found.roles, found.numeric[-1]: "target"}
        return Series(
            name=self.path.stem,
            source=self.path.name,
            columns=self._columns(roles),
            values=self._values(found),
            times=None if time is None else as_text(self.cells[time])[found.order],
            lengths=found.lengths,
            notes=(f"{len(found.lengths)} series are read, each forecast from its own past",),
            problems=found.problems,
        )

    def _columns(self, roles: dict[int, Role]) -> tuple[Column, ...]:
        return tuple(
            Column(
                each.name, roles.get(at, "ignored"), each.kind, "", each.missing, each.first_missing
            )
            for at, each in enumerate(self.cells)
        )


def _are_classes(cells: Cells) -> bool:
    return cells.kind == "text" or (
        cells.kind == "number" and are_whole(np.asarray(cells.values, dtype=np.float64))
    )


def _sortable(cells: Cells) -> Doubles:
    """Times as numbers in their order, dates in seconds; NaN where one is missing.

    Raises:
        SpecError: Dates are written in a way that does not say for sure which comes first.
    """
    if cells.kind in {"number", "empty"}:
        return np.asarray(cells.values, dtype=np.float64)
    found = instants(as_text(cells), "time_column")
    return np.where(np.isnat(found), np.nan, found.astype(np.int64) / 1000)


def _time_problems(times: Doubles, lengths: Integers, name: str) -> list[str]:
    ends = np.cumsum(lengths)[:-1] - 1
    steps = np.diff(times)
    inside = np.ones(len(steps), dtype=np.bool_)
    inside[ends] = False
    within = steps[inside & ~np.isnan(steps)]
    problems = []
    if np.isnan(times).any():
        count = int(np.isnan(times).sum())
        problems.append(f"column '{name}': {count} times are missing, whose rows are put last")
    if np.any(within == 0):
        problems.append(f"column '{name}': {int(np.sum(within == 0))} times come twice in a series")
    if len(within) and within.max() > 1.5 * np.median(within):
        problems.append(f"column '{name}': the steps are not evenly spaced")
    return problems

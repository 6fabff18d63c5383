"""Long tables: a row for each time step, with an id column for the sequences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.dates import parse_dates_utc
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import SeveralSeries, StepsTagged
from studio.core.problems import (
    HourRepeated,
    Problem,
    TimesMissing,
    TimesRepeated,
    TimesUnreadable,
    UnevenSteps,
)
from studio.data.column_names import GROUP_NAMES, ID_NAMES, LABEL_NAMES, TAG_NAMES, TIME_NAMES
from studio.data.dataset import Column, Dataset, ExampleSet, Role, Series, Statics, Tags
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.column_list import list_columns
from studio.data.tables.roles.given_roles import Roles, as_text, no_numeric_column
from studio.data.tables.roles.targets import encode_categories, guess_target, row_counters
from studio.data.tables.roles.time_columns import first_date
from studio.data.transform.labels import Labels, are_whole, classes_of_text, looks_like_classes
from studio.data.transform.symbols import unlabelled

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_DAYS_PER_YEAR = 365.25
_LATEST_CHANGE = 4


def long_dataset(
    path: Path, cells: tuple[Cells, ...], given: Roles, *, keeps_order: bool = False
) -> Dataset | None:
    """The sequences of a long table, or None if it is not a long table.

    With a label that is constant within each sequence they are examples; with one that changes,
    sequences with a class for each step; without a label, series to forecast.

    Args:
        path: The file.
        cells: Its columns.
        given: The roles that are set.
        keeps_order: Whether the rows of a sequence stay in the order of the file.

    Raises:
        DatasetError: A row has no id, or no numeric column is left.
    """
    index = id_column(cells, given)
    return None if index is None else _Long(path, cells, given, index, keeps_order).dataset()


def id_column(cells: tuple[Cells, ...], given: Roles) -> int | None:
    """The column that identifies the sequences, as set or by its name, or None."""
    if given.given_id is not None:
        return given.given_id
    for names in (ID_NAMES, GROUP_NAMES):
        for index, column in enumerate(cells):
            if column.name.lower() in names and column.kind in {"text", "number"}:
                rest = [other for other in range(len(cells)) if other != index]
                ids = as_text(column)
                distinct = len(np.unique(ids))
                has_time = _time_column(cells, rest, given) is not None
                if 1 < distinct <= len(ids) // 2 and (has_time or _in_runs(ids, distinct)):
                    return index if _has_numbers(cells, rest) and has_time else None
    return None


def sortable_times(column: Cells) -> Doubles | None:
    """The times of a column as numbers, dates in milliseconds, NaN where missing.

    Returns:
        The times, (rows,), or None where they cannot be read.
    """
    try:
        times = _sortable(column)
    except SpecError:
        return None
    return times * 1000 if column.kind == "date" else times


def repeated_times(column: Cells, keys: Doubles) -> tuple[Problem, ...]:
    """The problem of times that occur more than once in one series."""
    present = np.sort(keys[~np.isnan(keys)])
    is_repeated = np.concatenate([[False], np.diff(present) == 0])
    count = int(is_repeated.sum())
    if not count:
        return ()
    if column.kind == "date" and is_clock_change(present, present[is_repeated]):
        first = int(np.flatnonzero(keys == present[is_repeated][0])[0])
        return (HourRepeated(column.name, str(as_text(column)[first])),)
    return (TimesRepeated(column.name, count),)


def is_clock_change(times: Doubles, repeated: Doubles) -> bool:
    """Whether the repeated times lie in the small hours of a few days, an hour on each.

    Args:
        times: The times in order, or the first and the last of them, milliseconds.
        repeated: Those that are repeated.
    """
    days, hours = np.unique(repeated // _DAY_MS), repeated % _DAY_MS / _HOUR_MS
    years = (times[-1] - times[0]) / _DAY_MS / _DAYS_PER_YEAR
    spans = [np.ptp(repeated[repeated // _DAY_MS == day]) for day in days]
    is_night = bool((hours <= _LATEST_CHANGE).all())
    return is_night and len(days) <= years + 1 and max(spans) < _HOUR_MS


def _in_runs(ids: NDArray[np.str_], distinct: int) -> bool:
    return int(np.sum(ids[1:] != ids[:-1])) + 1 == distinct


def _has_numbers(cells: tuple[Cells, ...], among: list[int]) -> bool:
    return any(cells[index].kind == "number" for index in among)


def _time_column(cells: tuple[Cells, ...], among: list[int], given: Roles) -> int | None:
    if given.given_time is not None:
        return given.given_time
    date = first_date(cells, among)
    if date is not None:
        return date
    named = [
        index for index in among
        if cells[index].kind == "number" and cells[index].name.lower() in TIME_NAMES
    ]  # fmt: skip
    return next(iter(named), None)


@dataclass(frozen=True, eq=False)
class _Found:
    """The sequences of a long table.

    Attributes:
        roles: Roles of the columns, by index.
        numeric: Indices of the columns that are features.
        order: Rows sequence by sequence, (rows,).
        lengths: Steps of each sequence, (sequences,).
        problems: What is wrong with its times.
    """

    roles: dict[int, Role]
    numeric: tuple[int, ...]
    order: Integers
    lengths: Integers
    problems: tuple[Problem, ...]

    @property
    def firsts(self) -> Integers:
        """The file row of the first step of each sequence."""
        firsts: Integers = self.order[np.cumsum(self.lengths) - self.lengths]
        return firsts


@dataclass(frozen=True, eq=False)
class _Long:
    path: Path
    cells: tuple[Cells, ...]
    given: Roles
    id_at: int
    keeps_order: bool

    def dataset(self) -> Dataset:
        ids = self._ids()
        rest = [index for index in range(len(self.cells)) if index != self.id_at]
        time = _time_column(self.cells, rest, self.given)
        order, lengths, problems = self._order(ids, time)
        others = [index for index in rest if index != time and index not in self.given.static]
        label = self._label(order, lengths, others)
        tag = self._tag(order, lengths, others) if label is None else None
        if label is None and tag is None:
            apart = {self.id_at, time, self.given.group, *self._aliases(ids), *self.given.static}
            cells, encoded = encode_categories(
                self.cells, frozenset(index for index in apart if index is not None)
            )
            if encoded:
                return self._with_encoded(cells, encoded)
        roles = self._roles(time, tag if label is None else label)
        numeric = tuple(index for index, role in roles.items() if role == "feature")
        found = _Found(roles, numeric, order, lengths, problems)
        if tag is not None:
            return self._tagged(found, tag)
        return self._series(found, time) if label is None else self._examples(found, label)

    def _with_encoded(
        self, cells: tuple[Cells, ...], encoded: tuple[ReadingDecision, ...]
    ) -> Dataset:
        """The same table with its text columns as inputs."""
        places = {column.name: index for index, column in enumerate(cells)}

        def moved(index: int | None) -> int | None:
            return None if index is None else places[self.cells[index].name]

        given = Roles(
            None,
            moved(self.given.given_id),
            moved(self.given.given_time),
            moved(self.given.group),
            tuple(places[self.cells[index].name] for index in self.given.static),
        )
        id_at = places[self.cells[self.id_at].name]
        dataset = replace(self, cells=cells, given=given, id_at=id_at).dataset()
        return replace(dataset, decisions=(*encoded, *dataset.decisions))

    def _aliases(self, ids: NDArray[np.str_]) -> list[int]:
        """Text columns that only name the sequences in another way."""
        _, first, codes = np.unique(ids, return_index=True, return_inverse=True)
        found = []
        for index, column in enumerate(self.cells):
            if column.kind != "text" or index == self.id_at:
                continue
            texts = as_text(column)
            names = texts[first]
            if len(np.unique(names)) == len(names) and np.array_equal(texts, names[codes]):
                found.append(index)
        return found

    def _ids(self) -> NDArray[np.str_]:
        column = self.cells[self.id_at]
        ids = as_text(column)
        if not all(ids.tolist()):
            raise DatasetError(
                "a row has no id",
                where=f"{column.first_missing}, column '{column.name}'",
                remedy="Give each row the id of its sequence",
            )
        return ids

    def _roles(self, time: int | None, label: int | None) -> dict[int, Role]:
        group = self.given.group
        taken = {self.id_at, time, label, group, *self.given.static}
        counters = row_counters(self.cells, time)
        numeric = [
            index
            for index, column in enumerate(self.cells)
            if column.kind == "number" and index not in taken
        ]
        numeric = [index for index in numeric if index not in counters] or numeric
        if not numeric:
            raise no_numeric_column(self.path, "id, time and label")
        roles: dict[int, Role] = dict.fromkeys(self.given.static, "static")
        roles |= dict.fromkeys(numeric, "feature")
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
        columns = list_columns(self.cells, found.roles)
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
            statics=self._statics(found, columns),
            problems=found.problems,
        )

    def _values(self, found: _Found) -> Doubles:
        """The features, sequence by sequence, (rows, channels)."""
        values = [np.asarray(self.cells[index].values)[found.order] for index in found.numeric]
        return np.stack(values, axis=1).astype(np.float64)

    def _order(
        self, ids: NDArray[np.str_], time: int | None
    ) -> tuple[Integers, Integers, tuple[Problem, ...]]:
        """The rows, sequence by sequence in order of time; lengths of the sequences; problems."""
        names, first, codes = np.unique(ids, return_index=True, return_inverse=True)
        rank = np.empty(len(names), dtype=np.int64)
        rank[np.argsort(first)] = np.arange(len(names))
        keys = rank[codes]
        lengths = np.bincount(keys, minlength=len(names)).astype(np.int64)
        if time is None or self.keeps_order:
            return np.argsort(keys, kind="stable").astype(np.int64), lengths, ()
        try:
            times = _sortable(self.cells[time])
        except SpecError as error:
            in_file_order = np.argsort(keys, kind="stable").astype(np.int64)
            return in_file_order, lengths, (TimesUnreadable(error.what),)
        order = np.lexsort((times, keys)).astype(np.int64)
        return order, lengths, tuple(_time_problems(times[order], lengths, self.cells[time].name))

    def _label(self, order: Integers, lengths: Integers, among: list[int]) -> int | None:
        given = self.given.given_label
        if given is not None:
            return given if self._is_constant(given, order, lengths) else None
        named = [index for index in among if self.cells[index].name.lower() in LABEL_NAMES]
        texts = [
            index
            for index in among
            if self.cells[index].kind == "text" and index != self.given.group
        ]
        for index in (*named, *texts):
            constant = self._is_constant(index, order, lengths)
            classes = len(
                np.unique(as_text(self.cells[index])[order][np.cumsum(lengths) - lengths])
            )
            if constant and (index in named or 1 < classes <= len(lengths) // 2):
                return index
        return None

    def _is_constant(self, index: int, order: Integers, lengths: Integers) -> bool:
        """Whether a column has one value within each sequence."""
        cells = as_text(self.cells[index])[order]
        starts = np.cumsum(lengths) - lengths
        return np.array_equal(cells, np.repeat(cells[starts], lengths))

    def _tag(self, order: Integers, lengths: Integers, among: list[int]) -> int | None:
        """The column whose classes change within sequences: as set, or by its name."""
        given = self.given.given_label
        if given is not None and not _are_classes(self.cells[given]):
            raise DatasetError(
                "changes within sequences but does not hold classes",
                where=f"{self.path.name}, column '{self.cells[given].name}'",
                remedy="Leave label_column out to forecast it, or use one value per sequence",
            )
        if given is not None:
            return given
        for index in among:
            cells, name = self.cells[index], self.cells[index].name.lower()
            named = name in TAG_NAMES or (cells.kind == "text" and name in LABEL_NAMES)
            if named and not self._is_constant(index, order, lengths) and _are_classes(cells):
                return index
        return None

    def _tagged(self, found: _Found, tag: int) -> ExampleSet:
        """Sequences with a class for each step."""
        cells = self.cells[tag]
        codes, names = classes_of_text(as_text(cells)[found.order])
        examples = self._set(found, unlabelled(len(found.lengths)))
        return replace(
            examples,
            tags=Tags(codes.astype(np.int64), names or ()),
            notes=(StepsTagged(cells.name),),
        )

    def _groups(self, found: _Found) -> dict[str, NDArray[np.str_]]:
        return {
            self.cells[index].name: as_text(self.cells[index])[found.firsts]
            for index, role in found.roles.items()
            if role in {"id", "group"}
        }

    def _statics(self, found: _Found, columns: tuple[Column, ...]) -> dict[str, Statics]:
        """What does not change within a sequence, by column name.

        Raises:
            DatasetError: It does.
        """
        for index in self.given.static:
            if not self._is_constant(index, found.order, found.lengths):
                raise DatasetError(
                    "changes within a sequence, so it is not static",
                    where=f"{self.path.name}, column '{columns[index].name}'",
                    remedy="Leave it out of the static columns, or correct the rows",
                )
        return {
            columns[index].name: np.asarray(self.cells[index].values, dtype=np.float64)[
                found.firsts
            ]
            if self.cells[index].kind == "number"
            else as_text(self.cells[index])[found.firsts]
            for index in self.given.static
        }

    def _labels(self, label: int, firsts: Integers) -> Labels:
        cells = self.cells[label]
        if cells.kind == "number":
            numbers = np.asarray(cells.values, dtype=np.float64)
            return looks_like_classes(numbers[firsts], cells.name)
        return classes_of_text(as_text(cells)[firsts])

    def _series(self, found: _Found, time: int | None) -> Series:
        """Series to forecast, the likeliest column as the target."""
        target, decision = guess_target(self.cells, list(found.numeric))
        roles: dict[int, Role] = {**found.roles, target: "target"}
        columns = list_columns(self.cells, roles)
        return Series(
            name=self.path.stem,
            source=self.path.name,
            columns=columns,
            statics=self._statics(found, columns),
            values=self._values(found),
            times=None if time is None else as_text(self.cells[time])[found.order],
            lengths=found.lengths,
            series_names=tuple(as_text(self.cells[self.id_at])[found.firsts].tolist()),
            notes=(SeveralSeries(len(found.lengths)),),
            problems=found.problems,
            decisions=(decision,),
        )


def _are_classes(cells: Cells) -> bool:
    return cells.kind == "text" or (
        cells.kind == "number" and are_whole(np.asarray(cells.values, dtype=np.float64))
    )


def _sortable(cells: Cells) -> Doubles:
    """Times as numbers, dates in seconds; NaN where missing.

    Raises:
        SpecError: The order of the dates cannot be told from how they are written.
    """
    if cells.kind in {"number", "empty"}:
        return np.asarray(cells.values, dtype=np.float64)
    times = parse_dates_utc(as_text(cells), "time_column")
    return np.where(np.isnat(times), np.nan, times.astype(np.int64) / 1000)


def _time_problems(times: Doubles, lengths: Integers, name: str) -> Iterator[Problem]:
    ends = np.cumsum(lengths)[:-1] - 1
    steps = np.diff(times)
    inside = np.ones(len(steps), dtype=np.bool_)
    inside[ends] = False
    within = steps[inside & ~np.isnan(steps)]
    if np.isnan(times).any():
        yield TimesMissing(name, int(np.isnan(times).sum()))
    if np.any(within == 0):
        yield TimesRepeated(name, int(np.sum(within == 0)))
    if len(within) and within.max() > 1.5 * np.median(within):
        yield UnevenSteps(name)

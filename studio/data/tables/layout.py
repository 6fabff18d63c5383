"""Decides what a table holds: recordings, texts, a long table, rows as examples, or a series."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import ColumnUnused, RowsAsExamples, StepsTagged
from studio.core.problems import DatesOutOfOrder, OddCellsFound, Problem, TimesUnordered
from studio.core.specs.dataset_spec import FileDataset
from studio.data.collections.recordings import read_recordings
from studio.data.column_names import TAG_NAMES, TIME_NAMES
from studio.data.dataset import Column, Dataset, ExampleSet, Role, Series, Tags
from studio.data.files.cache import Cache
from studio.data.files.table_size import refuse_too_wide
from studio.data.parsing.missing_marks import find_sentinel, missing_decisions
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import split_unit
from studio.data.tables.long_tables import (
    id_column,
    long_dataset,
    repeated_times,
    sortable_times,
)
from studio.data.tables.number_lists import number_lists
from studio.data.tables.recording_paths import recordings_in_table
from studio.data.tables.roles.column_list import list_columns
from studio.data.tables.roles.given_roles import (
    Roles,
    as_text,
    find_roles,
    is_without_time,
    no_numeric_column,
)
from studio.data.tables.roles.series_ids import (
    find_counter,
    find_ids,
    join_ids,
    named_id,
    with_ids,
)
from studio.data.tables.roles.targets import encode_categories, guess_target, row_counters
from studio.data.tables.roles.time_columns import (
    first_date,
    is_even_clock,
    join_time,
    order_by_time,
)
from studio.data.tables.row_examples import classes_of_steps, find_label, trim_padding
from studio.data.tables.series_in_rows import series_in_rows
from studio.data.tables.text_tables import text_dataset
from studio.data.transform.labels import classes_of_text, looks_like_classes, row_examples

_CLOCK_NAMES = frozenset(
    {"time", "t", "timestamp", "seconds", "sec", "ms", "elapsed", "zeit", "x_value"}
)
_INDEX_NAMES = frozenset({"unnamed: 0", "index", "id", "no", "no.", "nr", "row", "#", "instant"})
_YEARS = frozenset({"year", "jahr", "année", "año"})
_MOST_CHECKED = 64
_SURE_OF_TAG = 0.85
_FEWEST_OPEN, _UNSURE_OF_ROWS = 8, 0.6
_SHARE_OF_TICKS = 0.8
_SURE_OF_COUNTER, _SURE_OF_CLOCK = 0.9, 0.75


@dataclass(frozen=True, eq=False)
class Table:
    """A table and how it is to be read.

    Attributes:
        path: The file.
        cells: Its columns.
        has_header: Whether the names of the columns come from the file.
        spec: The settings.
        first_is_label: Whether it is a file of the UCR archive, with the class first.
        cache: Keeps features of recordings.
        decisions: How its cells were found.
    """

    path: Path
    cells: tuple[Cells, ...]
    has_header: bool
    spec: FileDataset
    first_is_label: bool = False
    cache: Cache | None = None
    decisions: tuple[ReadingDecision, ...] = ()

    def dataset(self) -> Dataset:
        """Reads it as recordings, sequences, texts, a long table, rows as examples, or a series.

        Raises:
            DatasetError: No column holds numbers or labelled texts.
            SpecError: A column named in the settings does not exist.
        """
        refuse_too_wide(len(self.cells), self.path.name)
        cells, ignored = self._without_ignored()
        joined = join_time(join_ids(cells, self.spec), self.spec)
        dataset = replace(self, cells=joined.cells).interpret()
        found = (
            *self.decisions,
            *((set_by_user("ignore", self.spec.ignore),) if self.spec.ignore else ()),
            *(decision for column in cells for decision in column.decisions),
            *_missing_decisions(cells, self.spec),
            *joined.decisions,
            *dataset.decisions,
        )
        columns = (*dataset.columns, *(_ignored_column(column) for column in ignored))
        odd = tuple(
            OddCellsFound(column.name, column.odd.count, column.odd.marks[0], column.odd.first)
            for column in cells
            if column.odd is not None
        )
        return replace(
            dataset,
            columns=columns,
            decisions=_each_once(found),
            problems=(*dataset.problems, *odd),
        )

    def _without_ignored(self) -> tuple[tuple[Cells, ...], tuple[Cells, ...]]:
        """The columns that are used, and those that the setting leaves out."""
        names = [name.strip() for name in (self.spec.ignore or "").split(",") if name.strip()]
        known = [column.name for column in self.cells]
        for name in names:
            if name not in known:
                raise SpecError(
                    f"the data has no column '{name}'",
                    where="ignore",
                    remedy=f"Choose from {', '.join(known[:20])}",
                )
        kept = tuple(column for column in self.cells if column.name not in names)
        return kept, tuple(column for column in self.cells if column.name in names)

    def interpret(self) -> Dataset:
        """The dataset of columns whose times and ids are joined.

        Raises:
            DatasetError: No column holds numbers or labelled texts.
            SpecError: A column named in the settings does not exist.
        """
        roles = find_roles(self.cells, self.spec)
        listing = recordings_in_table(self.path, self.cells, roles)
        if listing is not None:
            return read_recordings(listing, self.spec, self.cache)
        in_one_cell = number_lists(self.path, self.cells, roles, self.spec)
        if in_one_cell is not None:
            return in_one_cell
        in_rows = None if roles.given_label is not None else self._in_rows()
        if in_rows is not None:
            return in_rows
        texts = self._texts(roles)
        if texts is not None:
            return texts
        return self._long(roles) or self._wide(roles)

    def _in_rows(self) -> Series | None:
        return series_in_rows(self.path, self.cells, self.spec)

    def _texts(self, roles: Roles) -> ExampleSet | None:
        """Labelled texts; a text beside dates and numbers is an input of a series instead."""
        kinds = {column.kind for column in self.cells}
        is_series = {"date", "number"} <= kinds and roles.given_label is None
        if is_series or self.spec.layout in {"columns", "rows", "long"}:
            return None
        return text_dataset(self.path, self.cells, roles, self.spec)

    def _long(self, roles: Roles) -> Dataset | None:
        if self.spec.layout not in {None, "long"}:
            return None
        found = self._series_ids(roles)
        if found is None:
            if self.spec.layout == "long":
                raise SpecError(
                    "needs a column that says which series a row belongs to",
                    where="layout",
                    remedy="Set id",
                )
            return None
        cells, roles, decisions = found
        dataset = long_dataset(self.path, cells, roles, keeps_order=self.spec.order == "as-is")
        if dataset is None:
            return None
        count = len(dataset) if dataset.lengths is None else len(dataset.lengths)
        layout = ReadingDecision(
            "layout", "long", decisions[0].sure, f"{count:,} series in one table", ("columns",)
        )
        if self.spec.layout:
            layout = set_by_user("layout", self.spec.layout)
        return replace(dataset, decisions=(layout, *decisions, *dataset.decisions))

    def _series_ids(
        self, roles: Roles
    ) -> tuple[tuple[Cells, ...], Roles, tuple[ReadingDecision, ...]] | None:
        """The columns, the roles with the id, and how it was found; None where there is none."""
        if roles.given_id is not None:
            return self.cells, roles, (named_id(self.cells, roles.given_id, self.spec),)
        is_dated = any(column.kind == "date" for column in self.cells)
        counter = None if is_dated or roles.given_time is not None else find_counter(self.cells)
        if counter is not None:
            time, index, counted = counter
            return self.cells, replace(roles, given_id=index, given_time=time), counted
        named = id_column(self.cells, roles)
        if named is not None:
            return self.cells, roles, (named_id(self.cells, named, self.spec),)
        time_index = self._time() if roles.given_time is None else roles.given_time
        time_index = self._year() if time_index is None else time_index
        keys = None if time_index is None else sortable_times(self.cells[time_index])
        if time_index is None or keys is None:
            return None
        found = find_ids(self.cells, keys, time_index)
        if found is None:
            return None
        cells, index = with_ids(self.cells, found[0])
        joined = find_roles(cells, self.spec)
        return cells, replace(joined, given_id=index), (found[1],)

    def _wide(self, roles: Roles) -> Dataset:
        if not any(cells.kind == "number" for cells in self.cells):
            empty = all(cells.kind == "empty" for cells in self.cells)
            raise DatasetError(
                "has only missing values" if empty else "has no numeric column",
                where=self.path.name,
                remedy="Use a table with a numeric column, or with texts and their labels",
            )
        label, decision = self._label(roles)
        if label is None:
            series = self._series(roles)
            doubt = None if self.has_header or self.spec.layout else classes_of_steps(self.cells)
            return replace(series, decisions=(*series.decisions, *([doubt] if doubt else [])))
        examples = self._examples(label, roles, decision)
        return examples if self._names_its_steps() else trim_padding(examples)

    def _names_its_steps(self) -> bool:
        """Whether its columns have names of their own, not numbers."""
        names = [column.name for column in self.cells if column.kind == "number"]
        return self.has_header and sum(name[-1:].isdigit() for name in names) * 2 < len(names)

    def _label(self, roles: Roles) -> tuple[int | None, ReadingDecision]:
        rows = ReadingDecision("layout", "columns", 1.0, "")
        if self.spec.layout == "columns":
            return None, set_by_user("layout", "columns")
        given = roles.given_label
        dated = {index for index, column in enumerate(self.cells) if column.kind == "date"}
        if dated - {given} and self.spec.layout != "examples":
            return None, rows
        if given is not None:
            return given, set_by_user("label", self.cells[given].name)
        found = find_label(
            self.cells, has_header=self.has_header, first_is_label=self.first_is_label
        )
        if found is None and self.spec.layout == "examples":
            raise SpecError(
                "needs a column with the label of each row",
                where="layout",
                remedy="Set label",
            )
        return found or (None, rows)

    def _series(self, given: Roles) -> Series:
        time = self._time() if given.given_time is None else given.given_time
        counters = self._counters(time)
        tag, tag_decisions = self._tag(given, time)
        known = {index for index in (time, tag) if index is not None}
        cells, encoded = encode_categories(self.cells, frozenset({*counters, *known}))
        time = None if time is None else _index_of(cells, self.cells[time].name)
        tag = None if tag is None else _index_of(cells, self.cells[tag].name)
        left_out = {self.cells[index].name for index in counters}
        numeric = [
            index
            for index, column in enumerate(cells)
            if column.kind == "number" and index not in {time, tag} and column.name not in left_out
        ]
        if not numeric:
            raise no_numeric_column(self.path, "the time")
        made = {column.name for column in cells} - {column.name for column in self.cells}
        candidates = [index for index in numeric if cells[index].name not in made] or numeric
        target, target_decision = guess_target(cells, candidates)
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        roles[target] = "target"
        if time is not None:
            roles[time] = "time"
        if tag is not None:
            roles[tag] = "label"
            roles[target] = "feature"
        values = np.stack([cells[index].values for index in numeric], axis=1).astype(np.float64)
        times = None if time is None else as_text(cells[time])
        order, time_decisions, problems = self._ordered(cells, time)
        if order is not None:
            values, times = values[order], None if times is None else times[order]
        tags = None if tag is None else _tags(cells[tag], order)
        columns = list_columns(cells, roles)
        counted = self._counted(counters)
        return Series(
            name=self.path.stem,
            source=self.path.name,
            columns=columns,
            values=np.ascontiguousarray(values),
            times=times,
            tags=tags,
            notes=(
                *unused_columns(columns),
                *(() if tag is None else (StepsTagged(cells[tag].name),)),
            ),
            problems=problems,
            decisions=(
                *self._open_layout(time, len(numeric)),
                *time_decisions,
                *counted,
                *encoded,
                *(tag_decisions or (target_decision,)),
            ),
        )

    def _open_layout(self, time: int | None, channels: int) -> tuple[ReadingDecision, ...]:
        """The question whether rows are time steps, where neither names nor times say so."""
        if self.has_header or time is not None or channels < _FEWEST_OPEN or self.spec.layout:
            return ()
        evidence = f"without names and times, the rows of {channels} numbers could be examples too"
        others = ("examples", "rows")
        return (ReadingDecision("layout", "columns", _UNSURE_OF_ROWS, evidence, others),)

    def _tag(
        self, given: Roles, time: int | None
    ) -> tuple[int | None, tuple[ReadingDecision, ...]]:
        """The column with a class for each row, as set or by its name, where rows have times."""
        if time is None or self.spec.layout == "columns":
            return None, ()
        if given.given_label is not None:
            name = self.cells[given.given_label].name
            return given.given_label, (set_by_user("label", name),)
        for index, column in enumerate(self.cells):
            if index != time and column.name.lower() in TAG_NAMES and _are_classes(column):
                evidence = f"the name '{column.name}' is that of a label, and it changes with time"
                decision = ReadingDecision("label", column.name, _SURE_OF_TAG, evidence)
                return index, (decision,)
        return None, ()

    def _ordered(
        self, cells: tuple[Cells, ...], time: int | None
    ) -> tuple[Integers | None, tuple[ReadingDecision, ...], tuple[Problem, ...]]:
        """The rows in order of time, None where they are; how they were put so; what is wrong."""
        if time is None:
            return None, (), tuple(self._restarts(cells))
        name = cells[time].name
        decisions: list[ReadingDecision] = []
        if "+" not in name and not self.spec.time_column:
            others = tuple(
                column.name for column in cells if column.kind == "date" and column.name != name
            )
            what = "holds dates" if cells[time].kind == "date" else "rises from row to row"
            sure = 1.0
            if cells[time].kind == "number" and not self.has_header:
                what, sure, others = "rises in equal steps", _SURE_OF_CLOCK, ("none",)
            decisions.append(ReadingDecision("time", name, sure, f"'{name}' {what}", others))
        keys = sortable_times(cells[time])
        if keys is None:
            return None, tuple(decisions), (TimesUnordered(name),)
        order, decision = order_by_time(keys, name, self.spec.order)
        decisions += [decision] if decision is not None else []
        problems: tuple[Problem, ...] = ()
        if self.spec.order == "as-is" and bool((np.diff(keys) < 0).any()):
            back = int(np.argmax(np.diff(keys) < 0)) + 1
            problems = (DatesOutOfOrder(name, str(as_text(cells[time])[back])),)
        return order, tuple(decisions), (*problems, *repeated_times(cells[time], keys))

    @staticmethod
    def _restarts(cells: tuple[Cells, ...]) -> Iterator[Problem]:
        """A clock that starts again, as where recordings stand below each other."""
        for column in cells:
            if column.kind != "number" or split_unit(column.name)[0].lower() not in _CLOCK_NAMES:
                continue
            steps = np.diff(np.asarray(column.values, dtype=np.float64))
            if bool((steps < 0).any()) and np.mean(steps > 0) >= _SHARE_OF_TICKS:
                back = int(np.argmax(steps < 0)) + 1
                yield DatesOutOfOrder(column.name, str(as_text(column)[back]))

    def _examples(self, label: int, given: Roles, decision: ReadingDecision) -> ExampleSet:
        cells = self.cells[label]
        group = given.group if given.group != label else None
        apart = {label, group, given.given_id, given.given_time}
        counters = {index for index in self._counters(None) - apart if self._is_index(index)}
        numeric = [
            index
            for index, column in enumerate(self.cells)
            if column.kind == "number" and index not in apart | counters
        ]
        if not numeric:
            raise no_numeric_column(self.path, "label, id, time and group")
        roles: dict[int, Role] = dict.fromkeys(numeric, "feature")
        values = np.stack([self.cells[index].values for index in numeric], axis=1).astype(
            np.float64
        )
        labels: tuple[np.ndarray, tuple[str, ...] | None]
        if cells.kind in {"text", "date"}:
            labels = classes_of_text(np.asarray(cells.values, dtype=str))
        else:
            is_unnamed = (self.first_is_label and label == 0) or not self.has_header
            name = "class" if is_unnamed and decision.name == "label" else cells.name
            labels = looks_like_classes(np.asarray(cells.values), name)
        roles[label] = "target" if labels[1] is None else "label"
        groups = {} if group is None else {self.cells[group].name: as_text(self.cells[group])}
        if group is not None:
            roles[group] = "group"
        if given.given_id is not None:
            roles[given.given_id] = "id"
        if given.given_time is not None and given.given_time != label:
            roles[given.given_time] = "time"
        columns = list_columns(self.cells, roles)
        layout = ReadingDecision(
            "layout", "examples", decision.sure, f"each row has a label in '{cells.name}'",
            ("columns",),
        )  # fmt: skip
        return replace(
            row_examples(self.path.stem, self.path.name, columns, values, labels),
            groups=groups,
            notes=(RowsAsExamples(cells.name), *unused_columns(columns)),
            decisions=(layout, decision, *self._counted(counters)),
        )

    def _counters(self, time: int | None) -> set[int]:
        """The columns that only count the rows, unless the setting keeps all."""
        return set() if self.spec.ignore == "" else set(row_counters(self.cells, time))

    def _is_index(self, index: int) -> bool:
        """Whether a column is named as a row number is, or has no name in the file."""
        name = self.cells[index].name.lower()
        return name in _INDEX_NAMES or (self.has_header and name == f"column {index + 1}")

    def _counted(self, counters: set[int]) -> Iterator[ReadingDecision]:
        for name in sorted(self.cells[index].name for index in counters):
            evidence = f"'{name}' only counts the rows"
            yield ReadingDecision("ignore", name, _SURE_OF_COUNTER, evidence, ("",))

    def _year(self) -> int | None:
        """A column of years that is not the first, as in a table of countries."""
        years = (
            index
            for index, column in enumerate(self.cells)
            if column.kind == "number" and column.name.lower() in _YEARS
        )
        is_without = is_without_time(self.cells, self.spec)
        return None if is_without else next(years, None)

    def _unnamed_clock(self) -> int | None:
        """The first column of numbers, without a name, if it rises evenly but counts no rows."""
        if self.has_header:
            return None
        first = next(at for at, column in enumerate(self.cells) if column.kind == "number")
        values = np.asarray(self.cells[first].values, dtype=np.float64)
        counts = first in row_counters(self.cells, None)
        return first if is_even_clock(values) and not counts else None

    def _time(self) -> int | None:
        date = first_date(self.cells, range(len(self.cells)))
        is_without = is_without_time(self.cells, self.spec)
        if date is not None or not self.cells or is_without:
            return None if is_without else date
        first = self.cells[0]
        others = sum(cells.kind == "number" for cells in self.cells) > 1
        if others and (clock := self._unnamed_clock()) is not None:
            return clock
        name = split_unit(first.name)[0].lower()
        if not (others and self.has_header and first.kind == "number"):
            return None
        values = np.asarray(first.values, dtype=np.float64)
        is_counter = name in TIME_NAMES and _counts_up(values)
        is_clock = name in _CLOCK_NAMES and bool((np.diff(values) > 0).all())
        return 0 if is_counter or is_clock else None


def unused_columns(columns: tuple[Column, ...]) -> tuple[ColumnUnused, ...]:
    """A note on each column that is ignored for what it holds."""
    return tuple(
        ColumnUnused(column.name, column.kind)
        for column in columns
        if column.role == "ignored" and column.kind != "number"
    )


def _counts_up(values: Doubles) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0) and np.all(values == np.round(values)))


def _each_once(decisions: Iterable[ReadingDecision]) -> tuple[ReadingDecision, ...]:
    """Each decision once; of several on the layout, the last."""
    each = tuple(dict.fromkeys(decisions))
    last = next((decision for decision in reversed(each) if decision.name == "layout"), None)
    return tuple(decision for decision in each if decision.name != "layout" or decision is last)


def _are_classes(column: Cells) -> bool:
    """Whether a column holds text that recurs, or few whole numbers."""
    if column.kind == "text":
        return len(np.unique(column.values)) * 2 <= len(column.values)
    if column.kind != "number":
        return False
    return looks_like_classes(np.asarray(column.values, dtype=np.float64), "label")[1] is not None


def _tags(column: Cells, order: Integers | None) -> Tags:
    """The class of each row, in order of time."""
    texts = as_text(column) if order is None else as_text(column)[order]
    codes, names = classes_of_text(texts)
    return Tags(codes.astype(np.int64), names or ())


def _index_of(cells: tuple[Cells, ...], name: str) -> int:
    return next(index for index, column in enumerate(cells) if column.name == name)


def _ignored_column(cells: Cells) -> Column:
    name, unit = split_unit(cells.name)
    return Column(name, "ignored", cells.kind, unit, cells.missing, cells.first_missing)


def _missing_decisions(cells: tuple[Cells, ...], spec: FileDataset) -> tuple[ReadingDecision, ...]:
    odd = [column.odd for column in cells if column.odd is not None]
    sentinels = []
    if not spec.na_values:
        for column in cells[:_MOST_CHECKED]:
            if column.kind != "number":
                continue
            values = np.asarray(column.values, dtype=np.float64)
            found = find_sentinel(column.name, values)
            if found is not None:
                sentinels.append(found)
    return missing_decisions(spec.na_values, odd, sentinels)

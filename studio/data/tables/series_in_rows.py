"""Tables with a series in each row: the columns are the time steps."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError
from studio.core.notes import SeveralSeries
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import LABEL_NAMES
from studio.data.dataset import Column, Series
from studio.data.parsing.date_formats import ParsedDates, parse_date_column
from studio.data.parsing.date_patterns import is_date_text
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.given_roles import as_text

_COUNTED = re.compile(r"(?P<stem>\D*)(?P<number>\d+)")
_FEWEST_STEPS = 5
_SURE_OF_DATES, _SURE_OF_IDS = 0.95, 0.85


@dataclass(frozen=True)
class _Rows:
    """Which columns are the time steps, and which one names the series."""

    steps: tuple[int, ...]
    name: int | None
    sure: float
    evidence: str


def series_in_rows(path: Path, cells: tuple[Cells, ...], spec: FileDataset) -> Series | None:
    """The series of a table with one in each row, or None if it is not such a table.

    Raises:
        DatasetError: The layout is set, but no columns are time steps.
    """
    if spec.layout not in {None, "rows"}:
        return None
    found = _of_dates(cells) or _of_ids(cells)
    if found is None and spec.layout == "rows":
        found = _of_all_numbers(path, cells)
    if found is None:
        return None
    decision = ReadingDecision(
        "layout", "rows", found.sure, found.evidence, ("columns", "examples")
    )
    if spec.layout:
        decision = set_by_user("layout", spec.layout)
    return _read(path, cells, found, decision, spec)


def _of_dates(cells: tuple[Cells, ...]) -> _Rows | None:
    """Columns named by dates."""
    steps = tuple(
        index
        for index, column in enumerate(cells)
        if column.kind in {"number", "empty"}
        and (is_date_text(column.name) or _is_year(column.name))
    )
    if len(steps) < _FEWEST_STEPS or len(steps) * 2 < len(cells):
        return None
    names = f"'{cells[steps[0]].name}' to '{cells[steps[-1]].name}'"
    evidence = f"the columns {names} are named by dates"
    return _Rows(steps, _series_name(cells, steps), _SURE_OF_DATES, evidence)


def _of_ids(cells: tuple[Cells, ...]) -> _Rows | None:
    """Counted columns beside a text that is another in each row."""
    steps = tuple(
        index
        for index, column in enumerate(cells)
        if column.kind in {"number", "empty"} and _COUNTED.fullmatch(column.name.strip())
    )
    if len(steps) < _FEWEST_STEPS or len(steps) != _counted(cells, steps):
        return None
    others = sorted({*range(len(cells))}.difference(steps))
    named = [cells[index].name.lower() for index in others]
    if not others or any(name in LABEL_NAMES for name in named):
        return None
    texts = [index for index in others if cells[index].kind == "text"]
    for index in texts:
        names = as_text(cells[index])
        if len(np.unique(names)) == len(names) > 1:
            evidence = (
                f"'{cells[index].name}' is another in each row, and the other columns are numbered"
            )
            return _Rows(steps, index, _SURE_OF_IDS, evidence)
    return None


def _counted(cells: tuple[Cells, ...], steps: tuple[int, ...]) -> int:
    """How many of the columns are numbered one after the other."""
    numbers = []
    for index in steps:
        match = _COUNTED.fullmatch(cells[index].name.strip())
        numbers.append(int(match["number"]) if match else -1)
    return 1 + sum(after - before == 1 for before, after in pairwise(numbers))


def _of_all_numbers(path: Path, cells: tuple[Cells, ...]) -> _Rows:
    steps = tuple(index for index, column in enumerate(cells) if column.kind in {"number", "empty"})
    if len(steps) < 2:  # noqa: PLR2004 - a series has steps
        raise DatasetError(
            "has no two columns of numbers that could be time steps",
            where=path.name,
            remedy="Set layout to columns, long or examples",
        )
    return _Rows(steps, _series_name(cells, steps), 1.0, "")


def _series_name(cells: tuple[Cells, ...], steps: tuple[int, ...]) -> int | None:
    others = [index for index in range(len(cells)) if index not in steps]
    texts = [index for index in others if cells[index].kind == "text"]
    names = (index for index in texts if _names_each(cells[index]))
    return next(names, next(iter(texts or others), None))


def _names_each(column: Cells) -> bool:
    """Whether a text is there, and another, in each row."""
    return not column.missing and len(set(column.values.tolist())) == len(column.values)


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isdigit() and 1500 <= int(name) <= 2200  # noqa: PLR2004


def _read(
    path: Path, cells: tuple[Cells, ...], found: _Rows, decision: ReadingDecision, spec: FileDataset
) -> Series:
    table = np.stack(
        [np.asarray(cells[index].values, dtype=np.float64) for index in found.steps], axis=1
    )
    lengths = _lengths(table)
    if not lengths.all():
        row = int(np.flatnonzero(lengths == 0)[0]) + 1
        raise DatasetError(
            f"the series in row {row} is empty", where=path.name, remedy="Leave the row out"
        )
    kept = np.arange(table.shape[1]) < lengths[:, np.newaxis]
    values = table[kept][:, np.newaxis]
    missing = int(np.isnan(values).sum())
    columns = [Column("value", "target", missing=missing)]
    step_names = np.array([cells[index].name for index in found.steps], dtype=object)
    dates = parse_date_column("header", step_names, dates=spec.dates, zone=spec.zone)
    if dates is None and all(map(_is_year, step_names.tolist())):
        dates = ParsedDates(step_names)
    times = None
    if dates is not None:
        times = np.broadcast_to(np.asarray(dates.texts, dtype=str), table.shape)[kept]
        columns.insert(0, Column("header", "time", "date"))
    columns += [
        Column(column.name, "id" if index == found.name else "ignored", column.kind)
        for index, column in enumerate(cells)
        if index not in found.steps
    ]
    return Series(
        name=path.stem,
        source=path.name,
        columns=tuple(columns),
        values=np.ascontiguousarray(values),
        times=times,
        lengths=lengths,
        series_names=None if found.name is None else tuple(as_text(cells[found.name]).tolist()),
        notes=(SeveralSeries(len(lengths)),),
        decisions=(decision, *(() if dates is None else dates.decisions)),
    )


def _lengths(table: np.ndarray) -> np.ndarray:
    """Steps of each row up to its last number, (rows,)."""
    is_present = ~np.isnan(table)
    last = table.shape[1] - np.argmax(is_present[:, ::-1], axis=1)
    return np.where(is_present.any(axis=1), last, 0).astype(np.int64)

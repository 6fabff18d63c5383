"""The columns that identify the series of a table: set, or shown by the times in it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import CALENDAR_NAMES, GROUP_NAMES, ID_NAMES
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import is_clock
from studio.data.tables.roles.given_roles import as_text

_MOST_CANDIDATES = 6
_SHORTEST_RUN = 3
_SURE_OF_NAMED, _SURE_OF_TIMES, _SURE_OF_PAIR, _SURE_OF_COUNTER = 0.97, 0.93, 0.85, 0.9
_SHARE_OF_STEPS = 0.99
_MOST_DISTINCT = 0.9


def join_ids(cells: tuple[Cells, ...], spec: FileDataset) -> tuple[Cells, ...]:
    """The columns with those that the setting names together as one id joined into one.

    Raises:
        SpecError: There is no such column.
    """
    setting = spec.id_column or ""
    if "," not in setting or any(column.name == setting for column in cells):
        return cells
    indices = []
    for name in setting.split(","):
        index = next((at for at, column in enumerate(cells) if column.name == name.strip()), None)
        if index is None:
            listed = ", ".join(column.name for column in cells[:20])
            raise SpecError(
                f"the data has no column '{name.strip()}'",
                where="id",
                remedy=f"Choose from {listed}",
            )
        indices.append(index)
    joined = _joined_text([cells[index] for index in indices])
    column = Cells(setting, "text", joined, int(np.sum(joined == "")), "")
    kept = [other for index, other in enumerate(cells) if index not in indices]
    return (column, *kept)


def _joined_text(columns: Sequence[Cells]) -> np.ndarray:
    texts = [as_text(column).tolist() for column in columns]
    return np.array([" · ".join(parts) for parts in zip(*texts, strict=True)], dtype=object)


def find_ids(
    cells: tuple[Cells, ...], keys: Doubles, time: int
) -> tuple[tuple[int, ...], ReadingDecision] | None:
    """The columns within whose values the times rise or fall, where they repeat; or None.

    Args:
        cells: The columns.
        keys: The time of each row as a number, (rows,).
        time: The index of the time column.
    """
    if np.isnan(keys).any() or len(np.unique(keys)) > _MOST_DISTINCT * len(keys):
        return None  # few repeated times are an hour that comes twice, or doubled rows
    codes = {
        index: code
        for index, column in enumerate(cells)
        if index != time and (code := _codes(column)) is not None
    }
    name = cells[time].name
    found = [(index,) for index, code in codes.items() if _is_monotone(keys, code)]
    if found:
        best, *others = sorted(found, key=lambda ids: _rank(cells, codes, ids))
        evidence = f"times in '{name}' repeat, but not within a value of '{cells[best[0]].name}'"
        alternatives = tuple(cells[other[0]].name for other in others)
        is_named = cells[best[0]].name.lower() in ID_NAMES | GROUP_NAMES
        sure = _SURE_OF_NAMED if is_named else _SURE_OF_TIMES
        return best, ReadingDecision("id", cells[best[0]].name, sure, evidence, alternatives)
    few = sorted(codes, key=lambda index: int(codes[index].max()))[:_MOST_CANDIDATES]
    for first, second in combinations(few, 2):
        pair = codes[first] * (int(codes[second].max()) + 1) + codes[second]
        if len(np.unique(pair)) * 2 <= len(keys) and _is_monotone(keys, pair):
            names = f"{cells[first].name},{cells[second].name}"
            evidence = f"times in '{name}' repeat, but not within a pair of values of {names}"
            return (first, second), ReadingDecision("id", names, _SURE_OF_PAIR, evidence)
    return None


def _codes(column: Cells) -> Integers | None:
    """Which value each row has, or None where a column cannot be an id."""
    if column.kind not in {"text", "number"}:
        return None
    if column.kind == "number":
        if column.name.lower() in CALENDAR_NAMES:
            return None
        values = np.asarray(column.values, dtype=np.float64)
        if np.isnan(values).any() or not np.array_equal(values, np.round(values)):
            return None
    distinct, codes = np.unique(as_text(column), return_inverse=True)
    if all(map(is_clock, distinct[:_MOST_CANDIDATES].tolist())):
        return None
    is_id = 1 < len(distinct) <= len(codes) // 2 and "" not in distinct
    return codes.astype(np.int64) if is_id else None


def _is_monotone(keys: Doubles, codes: Integers) -> bool:
    """Whether the times of each series rise, or fall in all of them."""
    order = np.argsort(codes, kind="stable")
    same = codes[order][1:] == codes[order][:-1]
    steps = np.diff(keys[order])[same]
    return bool(len(steps)) and (bool((steps > 0).all()) or bool((steps < 0).all()))


def _rank(
    cells: tuple[Cells, ...], codes: dict[int, Integers], ids: tuple[int, ...]
) -> tuple[bool, bool, int]:
    column = cells[ids[0]]
    is_named = column.name.lower() in ID_NAMES | GROUP_NAMES
    return not is_named, column.kind != "text", int(codes[ids[0]].max())


def with_ids(cells: tuple[Cells, ...], ids: tuple[int, ...]) -> tuple[tuple[Cells, ...], int]:
    """The columns with the ids joined into one, and its index."""
    if len(ids) == 1:
        return cells, ids[0]
    name = ",".join(cells[index].name for index in ids)
    joined = _joined_text([cells[index] for index in ids])
    kept = tuple(column for index, column in enumerate(cells) if index not in ids)
    return (Cells(name, "text", joined, 0, ""), *kept), 0


def find_counter(cells: tuple[Cells, ...]) -> tuple[int, int, tuple[ReadingDecision, ...]] | None:
    """A column that counts the steps of each series, and the id beside it; or None.

    Returns:
        The indices of the counter and the id, and what was decided.
    """
    for index, column in enumerate(cells):
        if column.kind != "number" or column.name.lower() in CALENDAR_NAMES:
            continue
        starts = _runs(np.asarray(column.values, dtype=np.float64))
        if starts is None:
            continue
        found = _id_of_runs(cells, index, starts)
        if found is None or _are_years(cells[found]):
            continue
        name = cells[found].name
        decisions = (
            ReadingDecision(
                "id",
                name,
                _SURE_OF_COUNTER,
                f"'{column.name}' starts again {len(starts) - 1:,} times, each time that '{name}' "
                "changes",
            ),
            ReadingDecision(
                "time",
                column.name,
                _SURE_OF_COUNTER,
                f"it counts up within each value of '{name}'",
            ),
        )
        return index, found, decisions
    return None


def _are_years(column: Cells) -> bool:
    """Whether a column counts years, within which another counts the months."""
    if column.kind != "number":
        return False
    distinct = np.unique(np.asarray(column.values, dtype=np.float64))
    is_counted = bool((np.diff(distinct) == 1).all())
    return is_counted and bool(1500 <= distinct[0] <= distinct[-1] <= 2200)  # noqa: PLR2004


def _runs(values: Doubles) -> Integers | None:
    """The rows at which a counter starts again, the first among them, or None if it is none."""
    if np.isnan(values).any() or len(values) < 2 * _SHORTEST_RUN:
        return None
    steps = np.diff(values)
    up = steps == steps[0]
    if steps[0] <= 0 or not bool(np.all(up | (steps < 0))):
        return None
    starts = np.concatenate([[0], np.flatnonzero(steps < 0) + 1])
    if len(starts) < 2 or len(values) < _SHORTEST_RUN * len(starts):  # noqa: PLR2004 - two series
        return None
    return starts.astype(np.int64) if len(np.unique(values[starts])) == 1 else None


def _id_of_runs(cells: tuple[Cells, ...], counter: int, starts: Integers) -> int | None:
    """The column with one value in each run, another in the next, and none in two runs."""
    is_start = np.zeros(len(cells[counter].values), dtype=bool)
    is_start[starts] = True
    for index, column in enumerate(cells):
        if index == counter or column.kind not in {"text", "number"}:
            continue
        texts = as_text(column)
        changes = np.concatenate([[True], texts[1:] != texts[:-1]])
        is_unique = len(np.unique(texts[starts])) == len(starts)
        if is_unique and np.array_equal(changes, is_start):
            return index
    return None


def named_id(cells: tuple[Cells, ...], index: int, spec: FileDataset) -> ReadingDecision:
    """The decision on an id that was set or found by its name."""
    if spec.id_column:
        return set_by_user("id", spec.id_column)
    name = cells[index].name
    return ReadingDecision("id", name, _SURE_OF_NAMED, f"the name of '{name}' is that of an id")


def without(cells: tuple[Cells, ...], names: frozenset[str]) -> tuple[Cells, ...]:
    """The columns that have none of the names."""
    return tuple(replace(column) for column in cells if column.name not in names)

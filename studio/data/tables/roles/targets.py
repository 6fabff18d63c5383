"""Which columns of a series are inputs, and which one is guessed as the target."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from studio.core.decisions import ReadingDecision
from studio.data.column_names import (
    CALENDAR_NAMES,
    SPLIT_NAMES,
    TARGET_NAMES,
    TARGET_WORDS,
    plain_name,
    words_of,
)
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import is_clock, split_unit

_SURE_OF_NAME, _SURE_OF_WORD, _SURE_OF_ONE, _UNSURE = 0.9, 0.85, 1.0, 0.5
_MOST_CATEGORIES = 20
_FEWEST_ROWS = 10
_FEWEST_FILLED = 0.1
_YES = frozenset({"true", "yes", "ja", "oui", "on", "y", "t"})
_NO = frozenset({"false", "no", "nein", "non", "off", "n", "f"})


def guess_target(cells: tuple[Cells, ...], numeric: list[int]) -> tuple[int, ReadingDecision]:
    """The column to predict by default, and how it was guessed.

    Args:
        cells: The columns.
        numeric: The indices of the columns that could be it.
    """
    names = [split_unit(cells[index].name)[0] for index in numeric]
    if len(numeric) == 1:
        return numeric[0], ReadingDecision(
            "target", names[0], _SURE_OF_ONE, "it is the only number"
        )
    bare = [_bare(cells[index].name) for index in numeric]
    usual = TARGET_NAMES - {"y"} if "x" in bare else TARGET_NAMES  # coordinates
    named = [index for index, name in zip(numeric, bare, strict=True) if name in usual]
    likely = [index for index in numeric if not _is_unlikely(cells[index])] or numeric
    worded = [index for index in likely if TARGET_WORDS & set(words_of(cells[index].name))]
    chosen = (named or worded[-1:] or likely[-1:])[0]
    name = names[numeric.index(chosen)]
    others = tuple(other for other in names if other != name)[:20]
    if named:
        evidence = f"the name '{name}' is that of a target"
        return chosen, ReadingDecision("target", name, _SURE_OF_NAME, evidence, others)
    if worded:
        is_last = words_of(names[numeric.index(chosen)])[-1] in TARGET_WORDS
        sure = _SURE_OF_WORD if len(worded) == 1 and is_last else _UNSURE
        evidence = f"the name '{name}' holds a word for a target"
        return chosen, ReadingDecision("target", name, sure, evidence, others)
    what = "the last column" if chosen == numeric[-1] else "the last that is no flag or calendar"
    return chosen, ReadingDecision(
        "target", name, _UNSURE, f"it is {what}; the data does not say", others
    )


def _bare(name: str) -> str:
    return plain_name(split_unit(name)[0])


def _is_unlikely(column: Cells) -> bool:
    """Whether a column is 0/1, constant, or part of a date."""
    values = np.asarray(column.values, dtype=np.float64)
    distinct = np.unique(values[~np.isnan(values)][:100_000])
    return len(distinct) <= 2 or _bare(column.name) in CALENDAR_NAMES  # noqa: PLR2004 - a flag


def row_counters(cells: tuple[Cells, ...], time: int | None) -> tuple[int, ...]:
    """The columns that only count or name the rows, where others are left."""
    numeric = [index for index, column in enumerate(cells) if column.kind == "number"]
    counters = [
        index
        for index in numeric
        if index != time and (_counts_rows(cells[index]) or _names_rows(cells[index]))
    ]
    return tuple(counters) if len(counters) < len(numeric) - (time in numeric) else ()


def _counts_rows(column: Cells) -> bool:
    values = np.asarray(column.values, dtype=np.float64)
    if len(values) < _FEWEST_ROWS or values[0] not in {0.0, 1.0}:
        return False
    return bool(np.array_equal(values, values[0] + np.arange(len(values))))


def _names_rows(column: Cells) -> bool:
    """Whether it is an id that is another in each row."""
    values = np.asarray(column.values, dtype=np.float64)
    is_id = words_of(column.name)[-1:] == ["id"] and len(values) >= _FEWEST_ROWS
    return is_id and len(np.unique(values)) == len(values) and bool((values % 1 == 0).all())


def encode_categories(
    cells: tuple[Cells, ...], apart: frozenset[int]
) -> tuple[tuple[Cells, ...], tuple[ReadingDecision, ...]]:
    """Text columns of few categories as one-hot columns of numbers, and yes/no as 0 and 1.

    Args:
        cells: The columns.
        apart: Columns that have another role.
    """
    encoded: list[Cells] = []
    decisions = []
    for index, column in enumerate(cells):
        is_apart = index in apart or column.name.lower() in SPLIT_NAMES
        made = [] if is_apart or column.kind != "text" else _encoded(column)
        encoded.extend(made or [column])
        if made:
            what = (
                "read as 0 and 1"
                if len(made) == 1
                else f"{len(made)} categories, an input (one-hot) for each"
            )
            evidence = f"column '{column.name}': {what}"
            decisions.append(ReadingDecision("ignore", "", 0.9, evidence, (column.name,)))
    return tuple(encoded), tuple(decisions)


def is_yes_or_no(names: Iterable[str]) -> bool:
    """Whether there is one name for yes and one for no, such as True and False."""
    lower = {str(name).lower() for name in names if name}
    return len(lower) == 2 and bool(lower & _YES) and bool(lower & _NO)  # noqa: PLR2004 - a pair


def _encoded(column: Cells) -> list[Cells]:
    texts = np.array([str(text) for text in column.values.tolist()], dtype=object)
    present = [name for name in np.unique(texts) if name]
    if np.mean(texts != "") < _FEWEST_FILLED:
        return []
    if not 2 <= len(present) <= _MOST_CATEGORIES or len(present) * 2 > len(texts):  # noqa: PLR2004
        return []
    if all(map(is_clock, present)):
        return []
    is_missing = texts == ""
    if is_yes_or_no(present):
        values = np.array([float(text.lower() in _YES) for text in texts])
        values[is_missing] = np.nan
        return [replace(column, kind="number", values=values, unit="")]
    return [
        Cells(
            f"{column.name}={name}",
            "number",
            np.where(is_missing, np.nan, (texts == name).astype(np.float64)),
            column.missing,
            column.first_missing,
        )
        for name in present
    ]

"""Tables with an example in each row: which column is the label, and the steps of each row."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision
from studio.data.column_names import DATE_NAMES, LABEL_NAMES, plain_name
from studio.data.dataset import ExampleSet
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.targets import is_yes_or_no
from studio.data.transform.labels import are_whole, looks_like_classes

_FEWEST_STEPS = 2
_FEWEST_UNNAMED = 8
_MOST_CLASSES = 20
_SHARE_LABELLED = 0.8
_MOST_COMPARED = 5000
_SHARE_OF_RUNS, _TIMES_SMOOTHER = 0.9, 2.0
_FEWEST_CHANNELS, _UNSURE = 3, 0.6
_SURE_OF_NAME, _SURE_OF_UNNAMED, _SURE_OF_TEXT, _SURE_OF_PADDING = 0.95, 0.8, 0.7, 0.95


def find_label(
    cells: Sequence[Cells], *, has_header: bool, first_is_label: bool
) -> tuple[int, ReadingDecision] | None:
    """The column with the class or value of each row, or None where rows are time steps."""
    steps = sum(column.kind == "number" for column in cells)
    last = len(cells) - 1
    for index in (last, 0):
        column = cells[index]
        is_named = column.name.lower() in LABEL_NAMES and not _is_coordinate(column, cells)
        is_label = is_named or (index == 0 and first_is_label and _may_be_classes(column))
        fewest = _FEWEST_STEPS if column.kind == "text" else _FEWEST_STEPS + 1
        if column.kind in {"text", "number"} and is_label and steps >= fewest:
            evidence = (
                f"the name '{column.name}' is that of a label"
                if is_named
                else "files of the UCR archive hold the class first"
            )
            return index, ReadingDecision("label", column.name, _SURE_OF_NAME, evidence)
    if steps < _FEWEST_STEPS:
        return None
    repeated = [
        index for index, column in enumerate(cells) if _recurs(column, is_last=index == last)
    ]
    if repeated:
        name = cells[repeated[-1]].name
        others = tuple(cells[index].name for index in repeated[:-1])
        evidence = f"'{name}' is text that recurs, and no column holds dates"
        return repeated[-1], ReadingDecision("label", name, _SURE_OF_TEXT, evidence, others)
    if has_header or steps < _FEWEST_UNNAMED:
        return None
    return _unnamed_label(cells)


def _is_coordinate(column: Cells, cells: Sequence[Cells]) -> bool:
    """Whether a column named y stands beside x and z, or beside x and a time."""
    names = {plain_name(each.name) for each in cells}
    return (
        column.name.lower() == "y"
        and "x" in names
        and bool(names & ({"z", "frame", "step", "index"} | DATE_NAMES))
    )


def _may_be_classes(column: Cells) -> bool:
    """Whether a column holds text or whole numbers."""
    return column.kind == "text" or are_whole(np.asarray(column.values, dtype=np.float64))


def _recurs(column: Cells, *, is_last: bool) -> bool:
    """Whether it is text that recurs; yes and no in front of numbers is an input."""
    if column.kind != "text":
        return False
    present = column.values[column.values != ""]
    distinct = np.unique(present).tolist()
    is_filled = len(present) >= _SHARE_LABELLED * len(column.values)
    recurs = is_filled and 1 < len(distinct) <= len(present) // 2
    return recurs and (is_last or not is_yes_or_no(distinct))


def _unnamed_label(cells: Sequence[Cells]) -> tuple[int, ReadingDecision] | None:
    """A first or last column of classes beside many columns of measurements."""
    for index, where in ((len(cells) - 1, "last"), (0, "first")):
        if not _holds_classes(cells[index]):
            continue
        rest = [column for at, column in enumerate(cells) if at != index]
        measured = sum(not _holds_classes(column) for column in rest)
        if measured * 2 < len(rest) or _are_steps(rest, cells[index]):
            continue
        values = np.unique(np.asarray(cells[index].values, dtype=np.float64))
        evidence = (
            f"the {where} column has only the {len(values)} whole numbers from {values[0]:g} to "
            f"{values[-1]:g}, beside {len(rest)} columns of measurements"
        )
        name = cells[index].name
        return index, ReadingDecision("label", name, _SURE_OF_UNNAMED, evidence)
    return None


def classes_of_steps(cells: Sequence[Cells]) -> ReadingDecision | None:
    """The doubt where a column without a name seems to hold the class of each time step."""
    for index in (len(cells) - 1, 0):
        rest = [column for at, column in enumerate(cells) if at != index]
        if len(rest) >= _FEWEST_CHANNELS and _holds_classes(cells[index]):
            numbers = [column for column in rest if column.kind == "number"]
            if len(numbers) == len(rest) and _are_steps(rest, cells[index]):
                evidence = (
                    f"'{cells[index].name}' holds classes in runs, and the rows change slowly: "
                    "each seems to be a time step, not an example"
                )
                return ReadingDecision("layout", "columns", _UNSURE, evidence, ("examples",))
    return None


def _are_steps(columns: Sequence[Cells], label: Cells) -> bool:
    """Whether rows are time steps of channels: from row to row they change less than along a row.

    The classes then come in runs, as people do one thing for a while.
    """
    numbers = [
        np.asarray(each.values, dtype=np.float64) for each in columns if each.kind == "number"
    ]
    table = np.stack(numbers, axis=1)[:_MOST_COMPARED]
    classes = np.asarray(label.values, dtype=np.float64)[: len(table)]
    is_same = classes[1:] == classes[:-1]
    if np.isnan(table).any() or np.mean(is_same) < _SHARE_OF_RUNS:
        return False
    down = np.abs(np.diff(table, axis=0))[is_same].mean()
    return bool(down * _TIMES_SMOOTHER < np.abs(np.diff(table, axis=1)).mean())


def _holds_classes(column: Cells) -> bool:
    if column.kind != "number":
        return False
    values = np.asarray(column.values, dtype=np.float64)
    distinct = np.unique(values)
    is_few = 1 < len(distinct) <= _MOST_CLASSES and len(distinct) * 3 <= len(values)
    return is_few and looks_like_classes(values, "label")[1] is not None


def trim_padding(examples: ExampleSet) -> ExampleSet:
    """Examples without the missing values at the ends of their rows, which pad shorter ones."""
    width = int(examples.lengths[0])
    if width < _FEWEST_UNNAMED:
        return examples
    table = examples.values.reshape(len(examples), width)
    lengths = _lengths(table)
    kept = np.arange(width) < lengths[:, np.newaxis]
    if (lengths == width).all() or not lengths.all() or np.isnan(table[kept]).any():
        return examples
    padded = int((lengths < width).sum())
    evidence = f"{padded:,} rows end in missing values only: sequences of unequal length"
    columns = tuple(
        replace(column, missing=0, first_missing="") if column.role == "feature" else column
        for column in examples.columns
    )
    return replace(
        examples,
        columns=columns,
        values=np.ascontiguousarray(table[kept])[:, np.newaxis],
        lengths=lengths,
        row_per_example=False,
        decisions=(
            *examples.decisions,
            ReadingDecision("layout", "examples", _SURE_OF_PADDING, evidence, ("columns",)),
        ),
    )


def _lengths(table: Doubles) -> np.ndarray:
    is_present = ~np.isnan(table)
    last = table.shape[1] - np.argmax(is_present[:, ::-1], axis=1)
    return np.where(is_present.any(axis=1), last, 0).astype(np.int64)

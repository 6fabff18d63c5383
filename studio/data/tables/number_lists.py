"""Tables with a whole sequence in one cell, such as "[0.1, 0.2]" or "12 15 9"."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import LABEL_NAMES
from studio.data.dataset import Column, ExampleSet, Role
from studio.data.parsing.date_patterns import is_date_text
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.given_roles import Roles, as_text
from studio.data.tables.sequence_labels import find_labels, labels_of_column
from studio.data.transform.symbols import unlabelled

_LIST = re.compile(r"[\[({]?\s*[+-]?[\d.][\d.eE+\-,;|\s]*[\])}]?")
_SEPARATOR = re.compile(r"[,;|\s]+")
_SAMPLE = 200
_SHARE = 0.95
_SURE = 0.95
_UNSURE_OF_LABEL = 0.7
_FEWEST_BARE = 3  # two could be one number with a comma


@dataclass(frozen=True, eq=False)
class _ParsedLists:
    values: np.ndarray
    lengths: np.ndarray


def number_lists(
    path: Path, cells: tuple[Cells, ...], given: Roles, spec: FileDataset
) -> ExampleSet | None:
    """The sequences of a table with one in each row's cell, or None if it is not one.

    Raises:
        DatasetError: A cell does not hold numbers, or the lists of a row differ in length.
    """
    lists = [index for index, column in enumerate(cells) if _is_list(column)]
    if not lists or spec.layout not in {None, "examples"}:
        return None
    parsed = [_parse(path, cells[index]) for index in lists]
    lengths = parsed[0].lengths
    for index, other in zip(lists, parsed, strict=True):
        if not np.array_equal(other.lengths, lengths):
            row = int(np.flatnonzero(other.lengths != lengths)[0]) + 1
            raise DatasetError(
                f"the lists of row {row} differ in length",
                where=f"{path.name}, column '{cells[index].name}'",
                remedy="Use lists of equal length, or leave a column out with ignore",
            )
    rest = tuple(column for index, column in enumerate(cells) if index not in lists)
    label, labels = find_labels(rest, _shifted(given, lists))
    if (
        label is None and len(rest) == 1 and rest[0].kind != "date"
    ):  # beside the lists alone, numbers are what they mean
        label, labels = 0, labels_of_column(rest[0])
    channels = tuple(Column(cells[index].name, "feature") for index in lists)
    columns = list(channels)
    for index, column in enumerate(rest):
        role: Role = "ignored"
        if index == label and labels is not None:
            role = "target" if labels[1] is None else "label"
        columns.append(Column(column.name, role, column.kind, "", column.missing))
    groups = {}
    group = _shifted(given, lists).group
    if group is not None and group != label:
        groups[rest[group].name] = as_text(rest[group])
    used, class_names = labels if labels is not None else unlabelled(len(lengths))
    names = ", ".join(f"'{cells[index].name}'" for index in lists)
    evidence = f"each cell of {names} is a list of numbers"
    return ExampleSet(
        name=path.stem,
        source=path.name,
        columns=tuple(columns),
        channels=channels,
        values=np.stack([sequences.values for sequences in parsed], axis=1),
        lengths=lengths,
        labels=used,
        class_names=class_names,
        groups=groups,
        decisions=(
            ReadingDecision("layout", "examples", _SURE, evidence, ("columns",)),
            *_label_decisions(rest, label, given),
        ),
    )


def _label_decisions(
    rest: tuple[Cells, ...], label: int | None, given: Roles
) -> tuple[ReadingDecision, ...]:
    """Which column beside the lists is the label; none where it is set."""
    if label is None or given.given_label is not None:
        return ()
    name = rest[label].name
    others = tuple(column.name for index, column in enumerate(rest) if index != label)
    if name.lower() in LABEL_NAMES:
        return (
            ReadingDecision("label", name, _SURE, f"the name '{name}' is that of a label", others),
        )
    sure = _SURE if not others else _UNSURE_OF_LABEL
    return (ReadingDecision("label", name, sure, f"the values of '{name}' recur", others),)


def _shifted(given: Roles, lists: list[int]) -> Roles:
    def place(index: int | None) -> int | None:
        if index is None or index in lists:
            return None
        return index - sum(at < index for at in lists)

    return Roles(
        place(given.given_label), place(given.given_id), place(given.given_time), place(given.group)
    )


def _is_list(column: Cells) -> bool:
    if column.kind != "text":
        return False
    sample = [str(text).strip() for text in column.values[:_SAMPLE].tolist() if text]
    lists = sum(_looks_like_list(text) for text in sample)
    return bool(sample) and lists >= _SHARE * len(sample)


def _looks_like_list(text: str) -> bool:
    numbers = len(_split(text)) if _LIST.fullmatch(text) else 0
    fewest = 2 if text.startswith(("[", "(", "{")) else _FEWEST_BARE
    return numbers >= fewest and not is_date_text(text)


def _split(text: str) -> list[str]:
    return [part for part in _SEPARATOR.split(text.strip("[](){} \t")) if part]


def _parse(path: Path, column: Cells) -> _ParsedLists:
    numbers: list[float] = []
    lengths = []
    for row, text in enumerate(column.values.tolist(), start=1):
        parts = _split(str(text))
        try:
            numbers += [float(part) for part in parts]
        except ValueError:
            parts = []
        if not parts:
            raise DatasetError(
                f"'{str(text)[:40]}' in row {row} is not a list of numbers",
                where=f"{path.name}, column '{column.name}'",
                remedy="Correct the cell, or leave the row out",
            )
        lengths.append(len(parts))
    return _ParsedLists(np.array(numbers), np.array(lengths, dtype=np.int64))

"""Tables of labelled texts: a text and its label in each row."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core.notes import ColumnUnused
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import LABEL_NAMES, TEXT_NAMES
from studio.data.dataset import Column, ExampleSet, Role
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.given_roles import Roles, as_text
from studio.data.tables.sequence_labels import labels_of_column
from studio.data.transform.labels import looks_like_classes
from studio.data.transform.symbols import TextOrigin, are_present, text_examples, texts_from_array

_FREE_SHARE = 0.5
_LONG = 20


def text_dataset(
    path: Path, cells: tuple[Cells, ...], given: Roles, spec: FileDataset
) -> ExampleSet | None:
    """The examples of a table of labelled texts, or None if it is not one.

    Raises:
        DatasetError: All texts are empty.
    """
    text = _text_column(cells, given)
    label = None if text is None else _label_column(cells, text, given)
    if text is None or label is None:
        return None
    roles: dict[int, Role] = {text: "feature", label: "label"}
    if given.group is not None and given.group not in roles:
        roles[given.group] = "group"
    if given.given_id is not None and given.given_id not in roles:
        roles[given.given_id] = "id"
    labels = labels_of_column(cells[label])
    if labels[1] is None:
        roles[label] = "target"
    columns = tuple(
        Column(
            column.name,
            roles.get(index, "ignored"),
            column.kind,
            "",
            column.missing,
            column.first_missing,
        )
        for index, column in enumerate(cells)
    )
    texts = texts_from_array(np.asarray(cells[text].values, dtype=object))
    origin = TextOrigin(path.stem, path.name, _all_given(columns, text))
    examples = text_examples(texts, labels, origin, spec.tokens)
    has_group = roles.get(given.group if given.group is not None else -1) == "group"
    groups = (
        {cells[given.group].name: as_text(cells[given.group])[are_present(texts)]}
        if has_group and given.group is not None
        else {}
    )
    return replace(examples, groups=groups, notes=(*examples.notes, *_unused(cells, roles)))


def _text_column(cells: tuple[Cells, ...], given: Roles) -> int | None:
    """The column of free text: by its name, or because its cells are long or mostly unique."""
    taken = {given.given_label, given.given_id, given.given_time, given.group}
    texts = [
        index for index, column in enumerate(cells) if column.kind == "text" and index not in taken
    ]
    numbers = sum(column.kind == "number" for column in cells)
    free = []
    for index in texts:
        named = cells[index].name.lower()
        values = [text for text in cells[index].values.tolist() if text]
        distinct = len(set(values)) / max(1, len(values))
        is_long = sum(map(len, values)) >= _LONG * len(values) and (
            not numbers or _has_words(values)
        )
        is_named = named in TEXT_NAMES
        is_free = distinct >= _FREE_SHARE and (is_named or is_long or not numbers)
        if named not in LABEL_NAMES and (is_free or (is_named and numbers <= 1)):
            free.append((is_named, distinct, -index))
    return -max(free)[2] if free else None


def _has_words(values: list[str]) -> bool:
    """Whether most texts hold blanks, as sentences do and ids do not."""
    return sum(" " in text for text in values) * 2 > len(values)


def _label_column(cells: tuple[Cells, ...], text: int, given: Roles) -> int | None:
    if given.given_label is not None:
        return given.given_label
    taken = {text, given.given_id, given.given_time, given.group}
    candidates = [
        index for index in range(len(cells)) if index not in taken and cells[index].kind != "empty"
    ]
    named = [index for index in candidates if cells[index].name.lower() in LABEL_NAMES]
    if named:
        return named[-1]
    kinds = {
        index: len(set(cells[index].values.tolist()))
        for index in candidates
        if _could_be_class(cells[index])
    }
    return min(kinds, key=kinds.__getitem__) if kinds else None


def _could_be_class(cells: Cells) -> bool:
    if cells.kind == "number":
        return looks_like_classes(np.asarray(cells.values), cells.name)[1] is not None
    distinct = set(cells.values.tolist()) if cells.kind == "text" else set()
    return 1 < len(distinct) <= len(cells.values) // 2


def _all_given(columns: tuple[Column, ...], text: int) -> tuple[Column, ...]:
    """The columns without missing texts, as rows without a text are left out."""
    return tuple(
        replace(column, missing=0, first_missing="") if index == text else column
        for index, column in enumerate(columns)
    )


def _unused(cells: tuple[Cells, ...], roles: dict[int, Role]) -> tuple[ColumnUnused, ...]:
    return tuple(
        ColumnUnused(column.name, "not the text")
        for index, column in enumerate(cells)
        if index not in roles
    )

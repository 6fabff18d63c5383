"""Tables of texts with labels: a sentence and its class in each row."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core.datasets import FileDataset
from studio.data.dataset import Column, ExampleSet, Role
from studio.data.labels import looks_like_classes
from studio.data.names import LABEL_NAMES, TEXT_NAMES
from studio.data.symbols import Origin, are_given, text_examples, texts_of
from studio.data.tables.columns import Cells
from studio.data.tables.roles import Roles, as_text
from studio.data.tables.sequences import labels_in

_FREE_SHARE = 0.5
_LONG = 20


def text_dataset(
    path: Path, cells: tuple[Cells, ...], given: Roles, spec: FileDataset
) -> ExampleSet | None:
    """The examples of a table of texts, or None where it is no such table.

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
    labels = labels_in(cells[label])
    if labels[1] is None:
        roles[label] = "target"
    columns = tuple(
        Column(each.name, roles.get(at, "ignored"), each.kind, "", each.missing, each.first_missing)
        for at, each in enumerate(cells)
    )
    texts = texts_of(np.asarray(cells[text].values, dtype=object))
    origin = Origin(path.stem, path.name, _all_given(columns, text))
    made = text_examples(texts, labels, origin, spec.tokens)
    group = roles.get(given.group if given.group is not None else -1) == "group"
    groups = (
        {cells[given.group].name: as_text(cells[given.group])[are_given(texts)]}
        if group and given.group is not None
        else {}
    )
    return replace(made, groups=groups, notes=(*made.notes, *_unused(cells, roles)))


def _text_column(cells: tuple[Cells, ...], given: Roles) -> int | None:
    """The column of free text: named so, or long, or nowhere repeated for lack of numbers."""
    others = {given.given_label, given.given_id, given.given_time, given.group}
    texts = [at for at, each in enumerate(cells) if each.kind == "text" and at not in others]
    numbers = sum(each.kind == "number" for each in cells)
    free = []
    for at in texts:
        named = cells[at].name.lower()
        values = [text for text in cells[at].values.tolist() if text]
        distinct = len(set(values)) / max(1, len(values))
        is_long = sum(map(len, values)) >= _LONG * len(values)
        is_named = named in TEXT_NAMES
        is_free = distinct >= _FREE_SHARE and (is_named or is_long or not numbers)
        if named not in LABEL_NAMES and (is_free or (is_named and numbers <= 1)):
            free.append((is_named, distinct, -at))
    return -max(free)[2] if free else None


def _label_column(cells: tuple[Cells, ...], text: int, given: Roles) -> int | None:
    if given.given_label is not None:
        return given.given_label
    taken = {text, given.given_id, given.given_time, given.group}
    left = [at for at in range(len(cells)) if at not in taken and cells[at].kind != "empty"]
    named = [at for at in left if cells[at].name.lower() in LABEL_NAMES]
    if named:
        return named[-1]
    kinds = {at: len(set(cells[at].values.tolist())) for at in left if _could_be_class(cells[at])}
    return min(kinds, key=kinds.__getitem__) if kinds else None


def _could_be_class(cells: Cells) -> bool:
    if cells.kind == "number":
        return looks_like_classes(np.asarray(cells.values), cells.name)[1] is not None
    return cells.kind == "text" and len(set(cells.values.tolist())) * 2 <= len(cells.values)


def _all_given(columns: tuple[Column, ...], text: int) -> tuple[Column, ...]:
    """Rows without a text are left out, so that no text is missing."""
    return tuple(
        replace(column, missing=0, first_missing="") if at == text else column
        for at, column in enumerate(columns)
    )


def _unused(cells: tuple[Cells, ...], roles: dict[int, Role]) -> tuple[str, ...]:
    return tuple(
        f"the column '{each.name}' is not used because the table is read as texts with labels"
        for at, each in enumerate(cells)
        if at not in roles
    )

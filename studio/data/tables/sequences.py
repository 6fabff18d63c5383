"""The labels of tables that hold a whole sequence in each row."""

import numpy as np

from studio.data.labels import Labels, classes_of_text, looks_like_classes
from studio.data.names import LABEL_NAMES
from studio.data.tables.columns import Cells
from studio.data.tables.roles import Roles, as_text


def label_of(cells: tuple[Cells, ...], given: Roles) -> tuple[int | None, Labels | None]:
    """The column of labels and what it holds: as said, by its name, or text that recurs."""
    label = given.given_label
    if label is None:
        left = [at for at in range(len(cells)) if at not in {given.group, given.given_id}]
        named = [at for at in left if cells[at].name.lower() in LABEL_NAMES]
        recurring = [at for at in left if _recurs(cells[at])]
        label = next(iter(named + recurring), None)
    if label is None:
        return None, None
    return label, labels_in(cells[label])


def labels_in(cells: Cells) -> Labels:
    """A column as classes or values."""
    if cells.kind == "number":
        return looks_like_classes(np.asarray(cells.values, dtype=np.float64), cells.name)
    return classes_of_text(as_text(cells))


def _recurs(cells: Cells) -> bool:
    return cells.kind == "text" and len(set(cells.values.tolist())) * 2 <= len(cells.values)

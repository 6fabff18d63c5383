"""Labels of tables with a whole sequence in each row."""

import numpy as np

from studio.data.column_names import LABEL_NAMES, SPLIT_NAMES
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.given_roles import Roles, as_text
from studio.data.transform.labels import Labels, classes_of_text, looks_like_classes

_MOST_CLASSES = 30


def find_labels(cells: tuple[Cells, ...], given: Roles) -> tuple[int | None, Labels | None]:
    """Index and content of the label column: as set, by its name, or text that recurs."""
    label = given.given_label
    if label is None:
        left = [index for index in range(len(cells)) if index not in {given.group, given.given_id}]
        named = [index for index in left if cells[index].name.lower() in LABEL_NAMES]
        left = [index for index in left if cells[index].name.lower() not in SPLIT_NAMES]
        recurring = [index for index in left if _recurs(cells[index])]
        numbers = [index for index in left if _are_classes(cells[index])]
        label = next(iter(named + recurring + numbers), None)
    if label is None:
        return None, None
    return label, labels_of_column(cells[label])


def labels_of_column(cells: Cells) -> Labels:
    """A column as classes or values."""
    if cells.kind == "number":
        return looks_like_classes(np.asarray(cells.values, dtype=np.float64), cells.name)
    return classes_of_text(as_text(cells))


def _are_classes(cells: Cells) -> bool:
    """Whether a column holds few whole numbers that recur."""
    if cells.kind != "number":
        return False
    values = np.asarray(cells.values, dtype=np.float64)
    is_few = 1 < len(np.unique(values)) <= _MOST_CLASSES
    return is_few and looks_like_classes(values, cells.name)[1] is not None


def _recurs(cells: Cells) -> bool:
    distinct = set(cells.values.tolist()) if cells.kind == "text" else set()
    return 1 < len(distinct) <= len(cells.values) // 2

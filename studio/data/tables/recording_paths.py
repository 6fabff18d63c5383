"""Tables of recordings: a column of paths and a column of labels."""

from pathlib import Path

from studio.core.errors import DatasetError
from studio.data.collections.recordings import RecordingList
from studio.data.column_names import PATH_NAMES
from studio.data.files.folders import resolve_inside
from studio.data.tables.delimited import Cells
from studio.data.tables.roles.given_roles import Roles, as_text
from studio.data.tables.sequence_labels import find_labels
from studio.data.transform.audio import SUFFIXES

_SAMPLE = 1000


def recordings_in_table(path: Path, cells: tuple[Cells, ...], given: Roles) -> RecordingList | None:
    """The recordings that a table lists, or None if it lists none.

    Raises:
        DatasetError: A path leaves the table's folder or is no file, or there are no labels.
    """
    path_index = next(
        (path_index for path_index, column in enumerate(cells) if _names_recordings(column)), None
    )
    if path_index is None:
        return None
    others = tuple(column for index, column in enumerate(cells) if index != path_index)
    roles = _without(given, path_index)
    label, labels = find_labels(others, roles)
    if label is None or labels is None:
        raise DatasetError(
            "lists recordings without labels",
            where=path.name,
            remedy="Add a column named label, or set label_column",
        )
    groups = {}
    if roles.group is not None and roles.group != label:
        groups[others[roles.group].name] = as_text(others[roles.group])
    paths = [
        _located(path, row, str(cell)) for row, cell in enumerate(cells[path_index].values.tolist())
    ]
    return RecordingList(path.stem, path.name, paths, labels, groups)


def _names_recordings(cells: Cells) -> bool:
    if cells.kind != "text":
        return False
    sample = [str(cell).lower() for cell in cells.values[:_SAMPLE].tolist() if cell]
    heard = sum(cell.endswith(SUFFIXES) for cell in sample)
    return heard > 0 and (heard == len(sample) or cells.name.lower() in PATH_NAMES)


def _without(given: Roles, index: int) -> Roles:
    """The roles in the table without the column at this index."""

    def shifted(place: int | None) -> int | None:
        if place is None or place == index:
            return None
        return place - (place > index)

    return Roles(
        shifted(given.given_label),
        shifted(given.given_id),
        shifted(given.given_time),
        shifted(given.group),
    )


def _located(table: Path, row: int, name: str) -> Path:
    where = f"{table.name}, row {row + 1}"
    if not name or "\0" in name or Path(name).is_absolute():
        raise DatasetError(
            "has no path" if not name else f"gives {name[:60]!r} as an absolute path",
            where=where,
            remedy="Use paths relative to the table's folder",
        )
    file = resolve_inside(table.parent, table.parent / name.replace("\\", "/"))
    if not file.is_file():
        raise DatasetError(
            f"the file {name[:60]!r} does not exist", where=where, remedy="Correct the path"
        )
    return file

"""Sets of recordings: a folder for each class, or a table of paths and labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.audio import SUFFIXES, features_of
from studio.data.cache import Cache
from studio.data.dataset import Column, ExampleSet
from studio.data.folders import Leaf, inside, name_parts
from studio.data.labels import Labels, classes_of_text
from studio.data.names import PATH_NAMES
from studio.data.tables.columns import Cells
from studio.data.tables.roles import Roles, as_text
from studio.data.tables.sequences import label_of

_SAMPLE = 1000


@dataclass(frozen=True, eq=False)
class Listing:
    """Recordings with their labels, before their sound is read."""

    name: str
    source: str
    paths: Sequence[Path]
    labels: Labels
    groups: dict[str, NDArray[np.str_]]
    in_test: NDArray[np.bool_] | None = None


def listing_of_folder(folder: Path, leaves: list[Leaf]) -> Listing:
    """The recordings of a folder; the class is the name of the subfolder.

    Raises:
        DatasetError: Recordings lie in no subfolder.
    """
    heard = [leaf for leaf in leaves if leaf.path.suffix.lower() in SUFFIXES]
    loose = next((leaf for leaf in heard if not leaf.label), None)
    if loose is not None:
        raise DatasetError(
            f"holds {loose.path.name} outside the folders of the classes",
            where=folder.name,
            remedy="Give each class a folder, or a table of paths and labels",
        )
    labels = classes_of_text(np.array([leaf.label for leaf in heard], dtype=str))
    parts = name_parts([leaf.path for leaf in heard])
    classes = [leaf.label for leaf in heard]
    groups = {name: np.array(words, dtype=str) for name, words in parts.items() if words != classes}
    is_divided = {leaf.part for leaf in heard} == {"train", "test"}
    in_test = np.array([leaf.part == "test" for leaf in heard]) if is_divided else None
    return Listing(folder.name, folder.name, [leaf.path for leaf in heard], labels, groups, in_test)


def listing_of_table(path: Path, cells: tuple[Cells, ...], given: Roles) -> Listing | None:
    """The recordings that a table names, or None where it names none.

    Raises:
        DatasetError: A path leads out of the table's folder or to no file, or no column has labels.
    """
    at = next((at for at, each in enumerate(cells) if _names_recordings(each)), None)
    if at is None:
        return None
    others = tuple(each for other, each in enumerate(cells) if other != at)
    shift = _without(given, at)
    label, labels = label_of(others, shift)
    if label is None or labels is None:
        raise DatasetError(
            "names recordings and no labels",
            where=path.name,
            remedy="Add a column named label, or name the label column",
        )
    groups = {}
    if shift.group is not None and shift.group != label:
        groups[others[shift.group].name] = as_text(others[shift.group])
    paths = [_located(path, row, str(cell)) for row, cell in enumerate(cells[at].values.tolist())]
    return Listing(path.stem, path.name, paths, labels, groups)


def _names_recordings(cells: Cells) -> bool:
    if cells.kind != "text":
        return False
    sample = [str(cell).lower() for cell in cells.values[:_SAMPLE].tolist() if cell]
    heard = sum(cell.endswith(SUFFIXES) for cell in sample)
    return heard > 0 and (heard == len(sample) or cells.name.lower() in PATH_NAMES)


def _without(given: Roles, at: int) -> Roles:
    """The roles in a table that lacks the column at."""

    def shifted(place: int | None) -> int | None:
        if place is None or place == at:
            return None
        return place - (place > at)

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
            "has no path" if not name else f"names {name[:60]!r} by its whole path",
            where=where,
            remedy="Give paths relative to the table's folder",
        )
    found = inside(table.parent, table.parent / name.replace("\\", "/"))
    if not found.is_file():
        raise DatasetError(
            f"there is no file {name[:60]!r}", where=where, remedy="Correct the path"
        )
    return found


def read_recordings(listing: Listing, spec: FileDataset, cache: Cache | None) -> ExampleSet:
    """The log-mel features of all recordings with their labels.

    Raises:
        DatasetError: A recording is damaged, empty or too long.
    """
    values, lengths = features_of(listing.paths, spec, cache)
    channels = tuple(Column(f"mel {at + 1}", "feature") for at in range(values.shape[1]))
    labels, names = listing.labels
    missing = int(np.sum(np.isnan(labels) if names is None else labels < 0))
    target = Column("target", "target", missing=missing)
    if names is not None:
        target = Column("class", "label", "text", missing=missing)
    made = ExampleSet(
        name=listing.name,
        source=listing.source,
        columns=(*channels, target),
        channels=channels,
        values=values,
        lengths=lengths,
        labels=labels,
        class_names=names,
        in_test=listing.in_test,
    )
    return made.with_groups(listing.groups)

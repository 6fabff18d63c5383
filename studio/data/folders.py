"""Files of a folder with the class that their subfolder names; links never lead out of it."""

import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from studio.core.errors import DatasetError

MOST_FILES = 200_000
_DEEPEST = 3
_PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}


class Leaf(NamedTuple):
    """A file of a class, and the part of a given division that it belongs to, or ""."""

    path: Path
    label: str
    part: str


def leaves_of(folder: Path) -> list[Leaf]:
    """All files of a folder in order of name; hidden ones and linked folders are passed by.

    The class is the name of the folder that holds the file, "" right in the folder; folders
    named train and test above the classes give the parts.

    Raises:
        DatasetError: It cannot be read, holds too many files, or a link leads out of it.
    """
    root = folder.resolve()
    found: list[Leaf] = []
    _collect(root, root, (), found)
    return found


def _collect(root: Path, folder: Path, above: tuple[str, ...], found: list[Leaf]) -> None:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if len(above) < _DEEPEST:
                _collect(root, Path(entry.path), (*above, entry.name), found)
        elif _is_plain_file(root, entry):
            part = _PARTS.get(above[0].lower(), "") if above else ""
            names = above[1:] if part else above
            found.append(Leaf(Path(entry.path), names[0] if names else "", part))
            if len(found) > MOST_FILES:
                raise DatasetError(
                    f"holds more than {MOST_FILES:,} files",
                    where=str(root),
                    remedy="Give a folder with fewer",
                )


def _is_plain_file(root: Path, entry: "os.DirEntry[str]") -> bool:
    if not entry.is_symlink():
        return entry.is_file(follow_symlinks=False)
    try:
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        return False  # a loop, or a link to nothing
    if not target.is_file():
        return False
    return inside(root, Path(entry.path)) is not None


def inside(root: Path, path: Path) -> Path:
    """The file that a path means, which must lie in the folder, links followed.

    Raises:
        DatasetError: It lies elsewhere.
    """
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError):
        real = Path()
    if not real.is_relative_to(root.resolve()):
        raise DatasetError(
            f"'{path.name[:60]}' leads out of the folder {root.name}",
            where=str(root),
            remedy="Put the files themselves into the folder",
        )
    return real


def commonest_suffix(leaves: list[Leaf]) -> str:
    """The ending that most files have, lower case."""
    counts = Counter(leaf.path.suffix.lower() for leaf in leaves)
    return counts.most_common(1)[0][0] if counts else ""


def name_parts(paths: list[Path]) -> dict[str, list[str]]:
    """Words of file names that say whose a file is, by their place: those that recur.

    In names such as 7_jackson_32 every file has the same number of words; words that are
    numbers, that never change, or that belong to one file alone say nothing.
    """
    words = [path.stem.replace("-", "_").split("_") for path in paths]
    if len({len(each) for each in words}) != 1:
        return {}
    parts = {}
    for at, column in enumerate(zip(*words, strict=True)):
        distinct = set(column)
        if 1 < len(distinct) <= len(column) // 2 and not all(map(str.isdigit, distinct)):
            parts[f"name {at + 1}"] = list(column)
    return parts

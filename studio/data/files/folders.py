"""Lists the files of a folder with their classes; links must not lead out of it."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from studio.core.errors import DatasetError

MOST_FILES = 200_000
_DEEPEST = 4
_FEWEST_PARTS = 2
_PARTS = {
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
}  # fmt: skip
_IGNORED = re.compile(
    r"\..*|__macosx|thumbs\.db|desktop\.ini|~\$.*|(readme|licen[cs]e|copying|changelog|citation)"
    r"(\.(txt|md|rst|html|pdf|cff))?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d+)")


class FolderFile(NamedTuple):
    """A file of a folder.

    Attributes:
        path: Where it is.
        label: The name of the outermost subfolder below the folder of its set, or "".
        part: The set of a given split that it belongs to: "train", "validation", "test" or "".
        levels: All subfolders below the folder of its set, the outermost first.
    """

    path: Path
    label: str
    part: str
    levels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name with its subfolders, as shown in messages."""
        return "/".join((*self.levels, self.path.name))


def part_named(name: str) -> str:
    """The set of a given split that a folder of this name holds, or ""."""
    return _PARTS.get(name.lower(), "")


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name never holds data, such as .git or README.md."""
    return _IGNORED.fullmatch(name) is not None


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts part 10 behind part 2."""
    pieces = _DIGITS.split(name)
    return tuple((1, int(at), at) if at.isdigit() else (0, 0, at.lower()) for at in pieces if at)


def list_files(
    folder: Path, is_wanted: Callable[[tuple[str, ...]], bool] = lambda _: True
) -> list[FolderFile]:
    """All files of a folder in order of name, without hidden files and linked folders.

    The class is the name of the subfolder that holds the file, "" for files directly in the
    folder; folders named train, validation and test above the classes give the split, where the
    folder holds at least two of them and no other.

    Args:
        folder: The folder.
        is_wanted: Given the names of a subfolder's path, whether it is looked into.

    Raises:
        DatasetError: It cannot be read, holds too many files, or a link leads out of it.
    """
    root = folder.resolve()
    found: list[tuple[Path, tuple[str, ...]]] = []
    _collect(root, root, (), found, is_wanted)
    return placed_files(found)


def placed_files(found: Iterable[tuple[Path, tuple[str, ...]]]) -> list[FolderFile]:
    """Files with the names of their subfolders, placed in classes and sets."""
    found = list(found)
    tops = {above[0] for _, above in found if above}
    parts = {part_named(top) for top in tops}
    divided = "" not in parts and len(parts) >= _FEWEST_PARTS
    files = []
    for path, above in found:
        part = part_named(above[0]) if divided and above else ""
        levels = above[1:] if part else above
        files.append(FolderFile(path, levels[0] if levels else "", part, levels))
    return files


def _collect(
    root: Path,
    folder: Path,
    above: tuple[str, ...],
    found: list[tuple[Path, tuple[str, ...]]],
    is_wanted: Callable[[tuple[str, ...]], bool],
) -> None:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    for entry in entries:
        if is_ignored(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            inside = (*above, entry.name)
            if len(above) < _DEEPEST and is_wanted(inside):
                _collect(root, Path(entry.path), inside, found, is_wanted)
        elif _is_plain_file(root, entry):
            found.append((Path(entry.path), above))
            if len(found) > MOST_FILES:
                raise DatasetError(
                    f"holds more than {MOST_FILES:,} files",
                    where=str(root),
                    remedy="Choose a folder with fewer files",
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
    return resolve_inside(root, Path(entry.path)) is not None


def resolve_inside(root: Path, path: Path) -> Path:
    """The file at a path, links followed, which must be inside the folder.

    Raises:
        DatasetError: It is elsewhere.
    """
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError):
        real = Path()
    if not real.is_relative_to(root.resolve()):
        raise DatasetError(
            f"'{path.name[:60]}' leads out of the folder {root.name}",
            where=str(root),
            remedy="Copy the file into the folder",
        )
    return real


def commonest_suffix(files: list[FolderFile]) -> str:
    """The most frequent suffix, in lower case."""
    counts = Counter(file.path.suffix.lower() for file in files)
    return counts.most_common(1)[0][0] if counts else ""


def name_parts(paths: list[Path]) -> dict[str, list[str]]:
    """Words of file names that may be groups (a speaker, a subject), by position.

    In names such as 7_jackson_32 every file has the same number of words; words that are
    numbers, never change, or belong to one file only are no groups.
    """
    words = [path.stem.replace("-", "_").split("_") for path in paths]
    if len({len(parts_of_name) for parts_of_name in words}) != 1:
        return {}
    parts = {}
    for index, column in enumerate(zip(*words, strict=True)):
        distinct = set(column)
        if 1 < len(distinct) <= len(column) // 2 and not all(map(str.isdigit, distinct)):
            parts[f"name {index + 1}"] = list(column)
    return parts

"""What a file format is to the rest of the program."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.datasets import FileDataset
from studio.data.cache import Cache
from studio.data.dataset import Dataset


def _itself(path: Path, _: FileDataset) -> tuple[Path, ...]:
    return (path,)


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        name: The word used in messages and files.
        label: The words shown to people.
        suffixes: The endings of file names, lower case with their dot.
        recognises: Whether a file with this path and these first bytes has the format.
        read: Reads a file; every bad input raises a DatasetError.
        files: All files that are read, the given one first.
        read_cached: Reads a file through the cache, where the format has something to keep there.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, FileDataset], Dataset]
    files: Callable[[Path, FileDataset], tuple[Path, ...]] = field(default=_itself)
    read_cached: Callable[[Path, FileDataset, Cache], Dataset] | None = None

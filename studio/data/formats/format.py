"""The interface of a file format."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.cache import Cache


def _itself(path: Path, _: FileDataset) -> tuple[Path, ...]:
    return (path,)


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        name: Its name in messages and files.
        label: Its name for users.
        suffixes: Suffixes of file names, in lower case with the dot.
        recognises: Whether a file with this path and these first bytes has the format.
        read: Reads a file; any bad input raises a DatasetError.
        files: All files that are read, the given one first.
        read_cached: Reads a file through the cache, if the format caches anything.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, FileDataset], Dataset]
    files: Callable[[Path, FileDataset], tuple[Path, ...]] = field(default=_itself)
    read_cached: Callable[[Path, FileDataset, Cache], Dataset] | None = None

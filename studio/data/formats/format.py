"""What a file format is to the rest of the program."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.spec import FileDataset
from studio.data.dataset import Dataset


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        name: The word used in messages and files.
        label: The words shown to people.
        suffixes: The endings of file names, lower case with their dot.
        recognises: Whether a file with this path and these first bytes has the format.
        read: Reads a file; every bad input raises a DatasetError.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, FileDataset], Dataset]

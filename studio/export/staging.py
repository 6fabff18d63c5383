"""Files that are written atomically."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import ExportError

_TEXTS = {".csv", ".md", ".json", ".py"}
_LONGEST_LINE = 4096


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside the target; its files are moved there at the end.

    Files of the same names are replaced, except text files that start differently, which may be
    the user's own. After an error, such as a full disk, nothing has changed.

    Raises:
        ExportError: The folder cannot be written, the disk is full, or another kind of text file
            has the name of one of the files.
    """
    folder = target.absolute().parent
    _refuse_folder(target)
    staging: Path | None = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.stem}-", dir=folder))
        yield staging
        files = sorted(staging.iterdir())
        for file in files:
            _refuse_folder(folder / file.name)
        for file in files:
            _refuse_other_text(file, folder / file.name)
        for file in files:
            file.replace(folder / file.name)
    except OSError as error:
        raise ExportError(
            f"cannot be written: {error.strerror or error}",
            where=str(target),
            remedy="Check the folder, its permissions and the free space",
        ) from None
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _refuse_other_text(new: Path, existing: Path) -> None:
    if new.suffix not in _TEXTS or not existing.is_file() or not existing.stat().st_size:
        return
    if _first_lines(new) != _first_lines(existing):
        raise ExportError(
            "has other content than an export, so it was not overwritten",
            where=str(existing),
            remedy="Choose another name",
        )


def _first_lines(path: Path) -> bytes:
    """What files of one kind have in common: the first line, of JSON the first two."""
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LINE)
        return first + file.readline(_LONGEST_LINE) if path.suffix == ".json" else first


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise ExportError("is a folder", where=str(path), remedy="Choose a file name")

"""Files that appear whole or not at all."""

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
    """Yields an empty folder beside the target; its files move there once all is done.

    Files of the same names are replaced, but no text that begins otherwise than the new one: that
    is somebody's own. After an error, a full disk included, nothing was changed and nothing is
    left.

    Raises:
        ExportError: The folder cannot be written, the disk is full, or a text of another kind is
            in the place of one of the files.
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


def _refuse_other_text(new: Path, place: Path) -> None:
    if new.suffix not in _TEXTS or not place.is_file() or not place.stat().st_size:
        return
    if _beginning(new) != _beginning(place):
        raise ExportError(
            "holds something else than what is exported and is left as it is",
            where=str(place),
            remedy="Choose another name",
        )


def _beginning(path: Path) -> bytes:
    """What files of one kind have in common: of JSON the second line is the first to say it."""
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LINE)
        return first + file.readline(_LONGEST_LINE) if path.suffix == ".json" else first


def _refuse_folder(place: Path) -> None:
    if place.is_dir():
        raise ExportError("is a folder", where=str(place), remedy="Name a file")

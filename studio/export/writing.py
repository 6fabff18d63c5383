"""Files that appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import ExportError


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside the target; its files move there once all is done.

    Files of the same names are replaced. After an error, a full disk included, nothing was
    changed and nothing is left.

    Raises:
        ExportError: The folder cannot be written, or the disk is full.
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


def _refuse_folder(place: Path) -> None:
    if place.is_dir():
        raise ExportError("is a folder", where=str(place), remedy="Name a file")

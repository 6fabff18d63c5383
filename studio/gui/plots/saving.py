"""A plot's picture and its data as files."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core.errors import UserError
from studio.gui.dialogs import show_problem

PICTURES = {".png": "PNG", ".svg": "SVG"}
DATA = {".csv": "CSV"}
_NO_FILE_NAME = str.maketrans(dict.fromkeys('\\/:*?"<>|', "-"))
"""What Windows has no names with."""


def file_name(name: str, ending: str) -> str:
    """A name that every system can give a file."""
    return f"{name.translate(_NO_FILE_NAME)}{ending}"


def with_ending(path: Path, endings: Mapping[str, str], chosen: str) -> Path:
    """The path with an ending that is known, with the chosen one where it has no such."""
    return path if path.suffix.lower() in endings else path.with_name(f"{path.name}{chosen}")


def ask_where(parent: QWidget, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
    """Where to save; the dialog asks about the name that is written, with its ending.

    Args:
        parent: The dialog stands before it.
        title: Of the dialog.
        name: What the file might be called, without an ending.
        kinds: What files are called by their endings, the usual one first.
    """
    filters = {f"{kind} (*{ending})": ending for ending, kind in kinds.items()}
    first = next(iter(kinds))
    dialog = QFileDialog(parent, title, "", ";;".join(filters))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(first)
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(filters[chosen]))
    dialog.selectFile(file_name(name, first))
    if not dialog.exec():
        return None
    chosen = filters.get(dialog.selectedNameFilter(), first)
    return with_ending(Path(dialog.selectedFiles()[0]), kinds, chosen)


def picture_of(canvas: pg.GraphicsView, title: str, ending: str) -> bytes:
    """What is seen, as the content of a PNG or SVG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if ending.lower() != ".svg":
        canvas.grab().save(buffer, "PNG")
        return bytes(buffer.data().data())
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(canvas.width(), canvas.height()))
    generator.setViewBox(canvas.rect())
    generator.setTitle(title)
    painter = QPainter(generator)
    canvas.render(painter)
    painter.end()
    return bytes(buffer.data().data())


def write_or_tell(parent: QWidget, path: Path, content: Callable[[], bytes]) -> None:
    """Writes a file, and shows why where it cannot be written."""
    try:
        path.write_bytes(content())
    except OSError as error:
        why = f"it cannot be written: {error.strerror or error}"
        told = UserError(why, where=str(path), remedy="Choose another folder")
        show_problem(parent, "The file was not saved", told)

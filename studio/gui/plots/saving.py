"""A plot's picture and its data as files."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core.errors import UserError
from studio.core.file_names import file_stem
from studio.core.system.disk import write_whole
from studio.gui.widgets.message_boxes import show_problem

PICTURES = {".png": "PNG", ".svg": "SVG"}
PIXELS = {".png": "PNG"}
DATA = {".csv": "CSV"}


def file_name(name: str, ending: str) -> str:
    """A file name that is valid on every system."""
    return f"{file_stem(name)}{ending}"


def with_ending(path: Path, endings: Mapping[str, str], chosen: str) -> Path:
    """The path, with the chosen ending if it has none of the known ones."""
    return path if path.suffix.lower() in endings else path.with_name(f"{path.name}{chosen}")


def ask_plot_path(parent: QWidget, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
    """Asks where to save; the name in the dialog has its ending, so an overwrite is confirmed.

    Args:
        parent: The dialog stands before it.
        title: Of the dialog.
        name: Suggested file name, without an ending.
        kinds: Names of the file types by ending, the default first.
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


def render_picture(canvas: pg.GraphicsView, title: str, ending: str, scale: int = 1) -> bytes:
    """The visible plot as the content of a PNG or SVG file.

    Args:
        canvas: The plot.
        title: Of an SVG.
        ending: Of the file.
        scale: Pixels of a PNG for each on the screen; text and lines stay sharp.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if ending.lower() != ".svg":
        _as_pixmap(canvas, scale).save(buffer, "PNG")
        return bytes(buffer.data().data())
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(canvas.width(), canvas.height()))
    generator.setViewBox(canvas.rect())
    generator.setTitle(title)
    with QPainter(generator) as painter:
        canvas.render(painter)
    return bytes(buffer.data().data())


def _as_pixmap(canvas: pg.GraphicsView, scale: int) -> QPixmap:
    if scale == 1:
        return QPixmap(canvas.grab())
    picture = QPixmap(canvas.size() * canvas.devicePixelRatioF() * scale)
    picture.setDevicePixelRatio(canvas.devicePixelRatioF() * scale)
    with QPainter(picture) as painter:
        canvas.render(painter)
    return picture


def write_or_report(parent: QWidget, path: Path, content: Callable[[], bytes]) -> None:
    """Writes a file, whole or not at all, and shows why it cannot be written."""
    try:
        write_whole(path, content())
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}"
        problem = UserError(why, where=str(path), remedy="Choose another folder")
        show_problem(parent, "The file was not saved", problem)

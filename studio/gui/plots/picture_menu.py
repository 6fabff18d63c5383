"""The menu of every picture: copy and save it, and its data for those who cannot see it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from studio.gui.plots import saving

_SHOWN = 2_000_000
"""Characters of data that are shown as a table; more are copied or saved."""


class PictureMenu:
    """Actions of a widget's context menu; the first has the key of Copy.

    Args:
        owner: The widget.
        canvas: What is drawn.
        name: What the picture shows, also the suggested name of a file.
        as_csv: Its data.
        reset: Shows everything again after a zoom.
    """

    def __init__(
        self,
        owner: QWidget,
        canvas: pg.GraphicsView,
        name: Callable[[], str],
        as_csv: Callable[[], str],
        reset: Callable[[], None],
    ) -> None:
        self._owner, self._canvas = owner, canvas
        self._name, self._as_csv = name, as_csv
        owner.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, do in (
            ("Copy picture", self._copy_picture),
            ("Copy data", lambda: QGuiApplication.clipboard().setText(as_csv())),
            ("Save picture…", partial(self._ask_picture, 1)),
            ("Save picture at 2x…", partial(self._ask_picture, 2)),
            ("Save picture at 4x…", partial(self._ask_picture, 4)),
            ("Save data as CSV…", self._ask_csv),
            ("Show data as a table", self._show_table),
            ("Reset zoom", reset),
        ):
            action = QAction(text, owner)
            action.triggered.connect(lambda _, do=do: do())
            owner.addAction(action)
        first = owner.actions()[0]
        first.setShortcut(QKeySequence.StandardKey.Copy)
        first.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def save_picture(self, path: Path, scale: int = 1) -> None:
        """Saves PNG, scaled, or SVG, by the ending of the path, or reports why it cannot."""
        saving.write_or_report(
            self._owner,
            path,
            lambda: saving.render_picture(self._canvas, self._name(), path.suffix, scale),
        )

    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self._canvas.grab())

    def _ask_picture(self, scale: int) -> None:
        kinds = saving.PICTURES if scale == 1 else saving.PIXELS
        path = saving.ask_plot_path(self._owner, "Save the picture", self._name(), kinds)
        if path is not None:
            self.save_picture(path, scale)

    def _ask_csv(self) -> None:
        path = saving.ask_plot_path(self._owner, "Save the data", self._name(), saving.DATA)
        if path is not None:
            saving.write_or_report(self._owner, path, lambda: self._as_csv().encode())

    def _show_table(self) -> None:
        text = self._as_csv()
        if len(text) > _SHOWN:
            text = text[:_SHOWN].rpartition("\n")[0] + "\n… the rest is in the data that is saved"
        dialog = QDialog(self._owner)
        dialog.setWindowTitle(self._name())
        shown = QPlainTextEdit(text)
        shown.setReadOnly(True)
        shown.setAccessibleName(f"Data of {self._name()}")
        QVBoxLayout(dialog).addWidget(shown)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

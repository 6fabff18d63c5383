"""Takes what is dragged over the window: says what a drop will do, and opens what was dropped."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from studio.core.errors import UserError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, load
from studio.data.files.cache import Cache
from studio.data.folders.several_files import (
    Reading,
    describe_reading,
    readings_of,
    recommended,
)
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.shell.commands import Commands
from studio.gui.shell.drops.drag_text import drag_text
from studio.gui.shell.drops.drop_overlay import DropOverlay
from studio.gui.shell.drops.several_files_dialog import SeveralFilesDialog

_MOST_COUNTED = 200_000_000
_OF_ITS_OWN = frozenset({".gates", ".toml"})


class WindowDrops(QObject):
    """Drag and drop of the whole window.

    Args:
        context: Reads files.
        commands: Opens them.
        open_path: Opens a single one, also a model of another program.
        show_place: Called with whether something is dragged over the window.
        window: The window.

    Attributes:
        overlay: Says what a drop will do.
    """

    def __init__(
        self,
        context: AppContext,
        commands: Commands,
        open_path: Callable[[Path], None],
        show_place: Callable[[bool], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._context, self._commands, self._open_path = context, commands, open_path
        self._show_place, self._window = show_place, window
        self.overlay = DropOverlay(window)
        self._entered: list[Path] = []

    def enter(self, event: QDragEnterEvent) -> None:
        """Accepts files and folders, and says what a drop will do."""
        paths = self._entered = _paths(event)
        if paths:
            event.acceptProposedAction()
            self._show_place(True)  # noqa: FBT003 - a callback
            self.overlay.tell(drag_text(paths))

    def leave(self) -> None:
        """Says nothing any more."""
        self._show_place(False)  # noqa: FBT003 - a callback
        self.overlay.hide()

    def drop(self, event: QDropEvent) -> None:
        """Opens what was dropped; several files after the question how.

        A program that ends at once no longer gives its data on X11; what came in is remembered.
        """
        self.leave()
        paths = _paths(event) or self._entered
        if paths:
            event.acceptProposedAction()
        if len(paths) == 1:
            self._open_path(paths[0])
        elif paths:
            self.ask(paths)

    def ask(self, paths: list[Path]) -> None:
        """Asks how several files are read. Does not wait."""
        has_others = any(path.suffix in _OF_ITS_OWN for path in paths)
        readings = () if has_others else readings_of(paths)
        dialog = SeveralFilesDialog(paths, readings, self._window)
        dialog.accepted.connect(lambda: self._open(dialog, paths))
        dialog.finished.connect(dialog.deleteLater)
        _Previews(self._context, dialog, paths, readings).start()
        dialog.open()

    def _open(self, dialog: SeveralFilesDialog, paths: list[Path]) -> None:
        reading = dialog.reading
        if reading is None:
            self._commands.open_one_of(paths, dialog.single_file)
        else:
            self._commands.open_dataset(reading.spec)


class _Previews(QObject):
    """Reads the files in each way, one after the other, and shows what it gives."""

    def __init__(
        self,
        context: AppContext,
        dialog: SeveralFilesDialog,
        paths: list[Path],
        readings: tuple[Reading, ...],
    ) -> None:
        super().__init__(dialog)
        self._context, self._dialog = context, dialog
        self._paths, self._readings = paths, readings
        self._is_over = False
        dialog.finished.connect(self._end)

    def start(self) -> None:
        """Begins to read; large files are not counted."""
        if sum(path.stat().st_size for path in self._paths if path.is_file()) > _MOST_COUNTED:
            for index in range(len(self._readings)):
                self._dialog.show_preview(index, "not counted: the files are large",
                                          is_readable=True)  # fmt: skip
            return
        for index, reading in enumerate(self._readings):
            self._context.jobs.load(
                "Reading the files",
                partial(self._describe, reading.spec),
                partial(self._show, index, is_readable=True),
                partial(self._refuse, index),
            )

        if len(self._readings) > 1:
            self._context.jobs.load(
                "Reading the files", self._recommended, self._recommend, lambda _: None
            )

    def _end(self) -> None:
        self._is_over = True

    def _recommended(self) -> int:
        """The place of the reading that is likeliest; in the loader thread."""
        automatic = self._readings[0].spec.model_copy(update={"layout": None, "label_column": None})
        return recommended(self._readings, self._load(automatic))

    def _recommend(self, index: int) -> None:
        if not self._is_over:
            self._dialog.recommend(index)

    def _describe(self, spec: FileDataset) -> str:
        """What a reading gives; in the loader thread."""
        return describe_reading(self._load(spec))

    def _load(self, spec: FileDataset) -> Dataset:
        if self._is_over:
            raise _EndedError("is not wanted any more")
        return load(spec, Cache(self._context.folders.datasets, progress=self._progress))

    def _progress(self, _: float) -> None:
        if self._is_over:
            raise _EndedError("is not wanted any more")

    def _show(self, index: int, text: str, *, is_readable: bool) -> None:
        if not self._is_over:
            self._dialog.show_preview(index, text, is_readable=is_readable)

    def _refuse(self, index: int, error: BaseException) -> None:
        self._show(index, explained(error), is_readable=False)


class _EndedError(UserError):
    """The dialog was closed."""


def _paths(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]

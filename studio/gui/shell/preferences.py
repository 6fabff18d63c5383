"""The dialog Preferences: the look, where new comparisons train, and the program's folders."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.specs.comparison_spec import MachineSpec
from studio.data.files.cache import Cache
from studio.gui.context.settings import THEME_CHOICES, Settings
from studio.gui.forms.form import Form
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.view.number_format import format_bytes
from studio.gui.widgets.basics import Segments, button, em, label
from studio.paths import Folders

_FIELDS = ("device", "engine", "threads")
_WIDTH_EM = 32
_CACHED = "Cache of large files and recordings"


class Preferences(QDialog):
    """Every change is in force at once; nothing waits for a button.

    Signals:
        theme_chosen: "system", "light" or "dark".
    """

    theme_chosen = Signal(str)

    def __init__(
        self, settings: Settings, folders: Folders, jobs: BackgroundJobs, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._settings, self._jobs = settings, jobs
        self._is_over = False
        self.finished.connect(self._end)
        self.setObjectName("preferences")
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.theme = Segments([(choice, choice.capitalize()) for choice in THEME_CHOICES], "Theme")
        self.theme.show_choice(settings.theme)
        self.theme.chosen.connect(self.theme_chosen)
        self.machine = Form(settings.machine, _FIELDS)
        self.machine.changed.connect(self._keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(em(self, 1.2),) * 4)
        layout.setSpacing(em(self, 0.6))
        layout.addWidget(label("Theme", bold=True))
        layout.addWidget(self.theme, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(label("Training", bold=True))
        note = "Defaults for new comparisons; the page Models sets them for one."
        layout.addWidget(label(note, tone="muted", size=0.9))
        layout.addWidget(self.machine)
        layout.addWidget(label("Folders", bold=True))
        layout.addLayout(_folder_rows(folders))
        layout.addLayout(self._cache_row(Cache(folders.datasets)))
        layout.addStretch(1)
        closing = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        closing.rejected.connect(self.close)
        for push in closing.findChildren(QPushButton):
            push.setAutoDefault(False)  # Return ends a field's edit, not the dialog
        layout.addWidget(closing)
        self.setMinimumWidth(em(self, _WIDTH_EM))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """A dialog has no height of its own for texts that take several lines."""
        super().resizeEvent(event)
        layout = self.layout()
        if layout is not None:
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))

    def _cache_row(self, cache: Cache) -> QHBoxLayout:
        self.cached = label(f"{_CACHED}: calculating …", tone="muted")
        self.clear_cache = button(
            "Clear",
            lambda: self._clear(cache),
            tip="Files are read again when they are next opened",
        )
        self.clear_cache.setEnabled(False)
        self._jobs.load("Measuring the cache", cache.size, self._take_size)
        row = QHBoxLayout()
        row.addWidget(self.cached, 1)
        row.addWidget(self.clear_cache)
        return row

    def _clear(self, cache: Cache) -> None:
        def job() -> int:
            cache.clear()
            return cache.size()

        self.cached.setText(f"{_CACHED}: clearing …")
        self.clear_cache.setEnabled(False)
        self._jobs.load("Clearing the cache", job, self._take_size)

    def _take_size(self, size: int) -> None:
        if not self._is_over:
            self.cached.setText(f"{_CACHED}: {format_bytes(size)}")
            self.clear_cache.setEnabled(size > 0)

    def _end(self) -> None:
        self._is_over = True

    def _keep(self, machine: MachineSpec) -> None:
        self._settings.machine = machine
        self._settings.save()


def _folder_rows(folders: Folders) -> QGridLayout:
    rows = QGridLayout()
    rows.setColumnStretch(1, 1)
    for row, (name, folder) in enumerate(
        (
            ("Unnamed sessions", folders.untitled),
            ("Settings", folders.config),
            ("Cache", folders.cache),
            ("Log", folders.log),
        )
    ):
        caption = label(name, tone="muted")
        caption.setWordWrap(False)
        place = label(str(folder))
        push = button("Open", partial(_open, folder), tip=f"Opens {folder}")
        push.setAccessibleName(f"Open the folder: {name}")
        for column, part in enumerate((caption, place, push)):
            rows.addWidget(part, row, column)
    return rows


def _open(folder: Path) -> None:
    with suppress(OSError):  # the system says what it cannot open
        folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

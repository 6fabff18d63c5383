"""A format on the page Export: its purpose, a button, and the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from studio.gui.pages.export.view.formats import ExportFormat, file_size
from studio.gui.widgets.basics import Card, button, label, set_tone


@dataclass(frozen=True)
class ExportOutcome:
    """What was written, how it was checked, and a note."""

    files: Sequence[Path]
    size: int
    check: str = ""
    note: str = ""


class FormatCard(Card):
    """One format.

    Signals:
        wanted: The name of the format that the user wants.
    """

    wanted = Signal(str)

    def __init__(self, form: ExportFormat) -> None:
        super().__init__(form.title)
        self.form = form
        self.button = button(f"Export {form.ending or 'folder'} …", self._ask, tip=form.purpose)
        self.button.setAccessibleName(f"Export: {form.title}")
        self.show_folder = button("Show in folder", self._open_folder, tip="Opens the folder")
        self.show_folder.setProperty("link", "true")
        self._folder = Path()
        self.result = label("")
        self.check = label("", tone="good")
        self.body.addWidget(label(form.purpose, tone="muted"))
        self.body.addWidget(self.result)
        self.body.addWidget(self.check)
        self.body.addWidget(self.show_folder, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self.header.addWidget(self.button)
        self._is_waiting = False
        self.clear()

    @property
    def is_waiting(self) -> bool:
        """Whether its file is being written; asking again does nothing meanwhile."""
        return self._is_waiting

    def clear(self) -> None:
        self._show("", "", "")

    def allow(self, why_not: str) -> None:
        """Offers the format, or says why the chosen model cannot be written in it."""
        if self.button.isEnabled() == bool(why_not):
            self.button.setEnabled(not why_not)
            self._show(why_not, "", "muted")

    def show_wait(self, words: str) -> None:
        """Shows that the export waits or runs; the button stays, and with it the focus."""
        self._show(words, "", "muted")
        self._is_waiting = True

    def show_outcome(self, outcome: ExportOutcome) -> None:
        names = ", ".join(path.name for path in outcome.files)
        folder = outcome.files[0].parent
        words = f"{names}\n{file_size(outcome.size)} in {folder}"
        self._show("\n".join(filter(None, (words, outcome.note))), outcome.check, "")
        self.show_folder.setVisible(True)
        self._folder = folder

    def show_problem(self, problem: str) -> None:
        """Shows why nothing was written, and what to do."""
        self._show(problem, "", "bad")

    def _ask(self) -> None:
        if not self._is_waiting:
            self.wanted.emit(self.form.name)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _show(self, words: str, check: str, tone: str) -> None:
        self._is_waiting = False
        self.show_folder.hide()
        self.result.setText(words)
        set_tone(self.result, tone)
        self.result.setVisible(bool(words))
        self.check.setText(f"✓ {check}" if check else "")
        self.check.setVisible(bool(check))

"""Asks how several files are read: as one dataset, in one of several ways, or one of them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio.data.folders.several_files import Reading
from studio.gui.widgets.basics import label, set_tone

_WAITING = "reading …"


class SeveralFilesDialog(QDialog):
    """A choice for each way to read the files, with what it gives.

    Attributes:
        choices: The buttons, in the order of the readings; the last is for a single file.
        previews: What each reading gives, in the same order.
        one: The single file to open.
    """

    def __init__(self, paths: Sequence[Path], readings: Sequence[Reading], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("severalFiles")
        self.setWindowTitle("Open several files")
        self._readings, self._paths = tuple(readings), tuple(paths)
        self._group = QButtonGroup(self)
        self._has_chosen = False
        self.choices: list[QRadioButton] = []
        self.previews: list[QLabel] = []
        self._column = QVBoxLayout(self)
        what = "folders" if all(path.is_dir() for path in paths) else "files"
        self._column.addWidget(label(f"How are the {len(paths)} {what} to be read?", bold=True))
        for reading in readings:
            self._add_choice(reading.title)
            self._add_preview()
        self._add_choice("Only one of them; the others are listed under recent files")
        self.one = QComboBox()
        self.one.setAccessibleName("File to open")
        self.one.addItems([path.name for path in paths])
        self._column.addWidget(self.one)
        self.choices[0].setChecked(True)
        self._group.buttonClicked.connect(self._note_choice)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Open | kinds.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._column.addWidget(self.buttons)

    @property
    def reading(self) -> Reading | None:
        """The chosen reading, or None where one file is to be opened."""
        at = next(at for at, choice in enumerate(self.choices) if choice.isChecked())
        return self._readings[at] if at < len(self._readings) else None

    @property
    def single_file(self) -> Path:
        return self._paths[self.one.currentIndex()]

    def show_preview(self, index: int, text: str, *, is_readable: bool) -> None:
        """Shows what a reading gives; one that cannot be read cannot be chosen.

        Args:
            index: The place of the reading.
            text: What it gives, or why it cannot be read.
            is_readable: Whether it can be read.
        """
        self.previews[index].setText(text)
        set_tone(self.previews[index], "muted" if is_readable else "bad")
        self.choices[index].setEnabled(is_readable)
        if not self.choices[index].isEnabled() and self.choices[index].isChecked():
            next(at for at in self.choices if at.isEnabled()).setChecked(True)

    def recommend(self, index: int) -> None:
        """Checks a choice unless the user has made one."""
        if not self._has_chosen and self.choices[index].isEnabled():
            self.choices[index].setChecked(True)

    def _note_choice(self) -> None:
        self._has_chosen = True

    def _add_choice(self, title: str) -> None:
        choice = QRadioButton(title)
        self._group.addButton(choice)
        self.choices.append(choice)
        self._column.addWidget(choice)

    def _add_preview(self) -> None:
        preview = label(_WAITING, tone="muted")
        preview.setIndent(self.choices[-1].iconSize().width() * 2)
        self.previews.append(preview)
        self._column.addWidget(preview)

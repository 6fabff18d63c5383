"""The page Data before there is a dataset: drop, open, or run an example."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import qtawesome
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.data import GENERATORS
from studio.gui.pages.data.example_experiments import ExampleExperiment
from studio.gui.pages.data.experiment_card import ExperimentCard
from studio.gui.session.unfinished_sessions import UnfinishedSession
from studio.gui.style.theme import Theme
from studio.gui.view.number_format import format_datetime
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.plain_text import plain_label, without_key
from studio.gui.widgets.side_by_side import SideBySide

_QUESTION_EM = 18
_MOST_RECENT = 5


_FORMATS = (
    "CSV, Excel, Parquet, Arrow, JSON  ·  NumPy, MATLAB, HDF5  ·  .ts, .tsf, .arff, .lvm  ·  "
    "text, FASTA  ·  WAV, FLAC  ·  compressed too"
)


class StartView(QWidget):
    """Ways to open data: files, unnamed sessions, examples, generators.

    Signals:
        open_file: The user wants to choose a data file.
        open_folder: The user wants to choose a folder of data.
        open_session: The user wants to choose a session.
        open_example: The path of an experiment to run.
        open_generated: The name of a generator whose data is wanted.
        open_path: The path of a file that was open before.
        open_unnamed: The path of an unnamed session to open.
        delete_unnamed: The path of an unnamed session to delete.
        back: The user wants to see the dataset again.
    """

    open_file = Signal()
    open_folder = Signal()
    open_session = Signal()
    open_example = Signal(object)
    open_generated = Signal(str)
    open_path = Signal(object)
    open_unnamed = Signal(object)
    delete_unnamed = Signal(object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.drop_place = QFrame()
        self.drop_place.setObjectName("dropPlace")
        self.icon = plain_label()
        self.choose = button("Open a file…", self.open_file.emit, primary=True, tip="Ctrl+O")
        self.folder = button(
            "Open a folder…", self.open_folder.emit, tip="Folders of classes, recordings or texts"
        )
        self.session = button("Open a session…", self.open_session.emit, tip="Ctrl+Shift+O")
        self.back_button = button("", self.back.emit, tip="Back to the open dataset (Esc)")
        self.unnamed = Card("Unnamed sessions")
        self.recent = Card("Recent files")
        self.generator = QComboBox()
        self.generator.setAccessibleName("Generator")
        for generator in GENERATORS.values():
            self.generator.addItem(generator.label, generator.name)
            self.generator.setItemData(
                self.generator.count() - 1, generator.meaning, Qt.ItemDataRole.ToolTipRole
            )
        self.generate = button(
            "Generate",
            lambda: self.open_generated.emit(self.generator.currentData()),
            tip="Generates the data; its settings are on the page Data",
        )
        self.questions = SideBySide(_QUESTION_EM, most=3)
        self.cards: list[ExperimentCard] = []
        self.note_text = label("", tone="warning")
        self.note_text.hide()
        self.waiting_text = label("Preparing the examples …", tone="muted")
        self._lay_out()

    def show_note(self, note: str) -> None:
        """Shows what is to be known about this machine, or nothing."""
        self.note_text.setText(note)
        self.note_text.setVisible(bool(note))

    def show_drag(self, *, over: bool) -> None:
        self.drop_place.setProperty("over", "true" if over else "false")
        self.drop_place.style().unpolish(self.drop_place)
        self.drop_place.style().polish(self.drop_place)

    def show_questions(self, questions: Sequence[ExampleExperiment]) -> None:
        self.cards = [ExperimentCard(question) for question in questions]
        for card in self.cards:
            card.run.connect(self.open_example)
        self.questions.set_widgets(self.cards)
        self.waiting_text.hide()

    def show_unnamed(self, sessions: Sequence[UnfinishedSession]) -> None:
        _clear(self.unnamed.body)
        for session in sessions:
            when = format_datetime(session.when)
            name = session.path.stem[:-20].strip() or session.path.stem
            self.unnamed.body.addLayout(
                self._row(
                    f"{name}, from {when}",
                    (
                        "Open",
                        f"Open the session {name}",
                        partial(self.open_unnamed.emit, session.path),
                    ),
                    (
                        "Delete",
                        f"Delete the session {name}",
                        partial(self.delete_unnamed.emit, session.path),
                    ),
                )
            )
        self.unnamed.setVisible(bool(sessions))

    def show_recent(self, paths: Sequence[Path]) -> None:
        _clear(self.recent.body)
        for path in paths[:_MOST_RECENT]:
            link = button(path.name, partial(self.open_path.emit, path), tip=str(path))
            link.setProperty("link", "true")
            line = QHBoxLayout()
            line.addWidget(link)
            folder = label(str(path.parent), tone="muted", size=0.9)
            line.addWidget(folder, 1)
            self.recent.body.addLayout(line)
        self.recent.setVisible(bool(paths))

    def show_state(self, theme: Theme, *, can_run: bool, dataset: str) -> None:
        """Draws in a theme's colours.

        Args:
            theme: The theme in force.
            can_run: Whether nothing trains.
            dataset: The dataset that is open, or "".
        """
        icon = qtawesome.icon("mdi6.tray-arrow-down", color=theme.accent)
        size = em(self, 2.4)
        self.icon.setPixmap(icon.pixmap(QSize(size, size)))
        self.back_button.setVisible(bool(dataset))
        self.back_button.setText(f"Back to {without_key(dataset)}")
        for card in self.cards:
            card.use(theme, can_run=can_run)

    def _row(self, text: str, *pushes: tuple[str, str, Callable[[], object]]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(label(text), 1)
        for name, tip, do in pushes:
            push = button(name, do, tip=tip)
            push.setAccessibleName(tip)
            line.addWidget(push)
        return line

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.7))
        inside = QVBoxLayout(self.drop_place)
        inside.setContentsMargins(*(em(self, 1.8),) * 4)
        inside.setSpacing(em(self, 0.5))
        heading = label("Drop files or a folder anywhere", bold=True, size=1.25)
        formats = label(_FORMATS, tone="muted", size=0.95)
        also = label("also experiments (.toml) and sessions (.gates)", tone="muted", size=0.95)
        for part in (self.icon, heading, formats, also):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(part)
        row = QHBoxLayout()
        row.addStretch(1)
        for push in (self.choose, self.folder, self.session, self.back_button):
            row.addWidget(push)
        row.addStretch(1)
        inside.addLayout(row)
        layout.addWidget(self.note_text)
        layout.addWidget(self.drop_place)
        layout.addWidget(self.unnamed)
        layout.addWidget(label("Or run an example experiment", bold=True))
        layout.addWidget(self.waiting_text)
        layout.addWidget(self.questions)
        generator_row = QHBoxLayout()
        heading = label("Or generate data", bold=True)
        heading.setWordWrap(False)
        generator_row.addWidget(heading)
        generator_row.addWidget(self.generator)
        generator_row.addWidget(self.generate)
        generator_row.addStretch(1)
        layout.addLayout(generator_row)
        layout.addWidget(self.recent)
        layout.addStretch(1)
        self.unnamed.hide()
        self.recent.hide()
        self.back_button.hide()


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        while inner is not None and (part := inner.takeAt(0)) is not None:
            widget = part.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

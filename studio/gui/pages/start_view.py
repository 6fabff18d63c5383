"""The page Data before there is a dataset: drop, open, or start from a question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import qtawesome
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.data import GENERATORS
from studio.gui.pages.question_card import QuestionCard
from studio.gui.questions import Question
from studio.gui.theme import Theme
from studio.gui.viewstate.figures import moment_in_words
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.side_by_side import SideBySide

_QUESTION_EM = 18
_MOST_RECENT = 5


@dataclass(frozen=True)
class LeftWork:
    """A session without a name from an earlier start."""

    path: Path
    when: datetime


_FORMATS = (
    "CSV, Parquet, Arrow, JSON lines  ·  NumPy, MATLAB  ·  UCR/UEA .ts, .arff, .tsv  ·  "
    "text, FASTA  ·  WAV, FLAC"
)


class StartView(QWidget):
    """Everything that fills the desk.

    Signals:
        open_file: The user wants to choose a data file.
        open_folder: The user wants to choose a folder of data.
        open_session: The user wants to choose a session.
        open_example: The path of an experiment to run.
        open_generated: The name of a generator whose data is wanted.
        open_path: The path of a file that was open before.
        open_left: The path of unfinished work to open.
        remove_left: The path of unfinished work to remove.
        back: The user wants to see the dataset again.
    """

    open_file = Signal()
    open_folder = Signal()
    open_session = Signal()
    open_example = Signal(object)
    open_generated = Signal(str)
    open_path = Signal(object)
    open_left = Signal(object)
    remove_left = Signal(object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.drop_place = QFrame()
        self.drop_place.setObjectName("dropPlace")
        self.icon = QLabel()
        self.choose = button("Open a file…", self.open_file.emit, primary=True, tip="Ctrl+O")
        self.folder = button(
            "Open a folder…", self.open_folder.emit, tip="Classes, recordings, texts"
        )
        self.session = button("Open a session…", self.open_session.emit, tip="Ctrl+Shift+O")
        self.back_button = button("", self.back.emit, tip="Show the dataset that is open (Esc)")
        self.left = Card("Work without a name")
        self.recent = Card("Opened before")
        self.generator = QComboBox()
        self.generator.setAccessibleName("Generator")
        for each in GENERATORS.values():
            self.generator.addItem(each.label, each.name)
            self.generator.setItemData(
                self.generator.count() - 1, each.meaning, Qt.ItemDataRole.ToolTipRole
            )
        self.generate = button(
            "Open it",
            lambda: self.open_generated.emit(self.generator.currentData()),
            tip="Opens the data; its settings stand on the page Data.",
        )
        self.questions = SideBySide(_QUESTION_EM, most=3)
        self.cards: list[QuestionCard] = []
        self.waiting_text = label("The questions are being prepared …", tone="muted")
        self._lay_out()

    def show_drag(self, *, over: bool) -> None:
        """Marks the place to drop."""
        self.drop_place.setProperty("over", "true" if over else "false")
        self.drop_place.style().unpolish(self.drop_place)
        self.drop_place.style().polish(self.drop_place)

    def show_questions(self, questions: Sequence[Question]) -> None:
        """Makes a card for each question."""
        self.cards = [QuestionCard(each) for each in questions]
        for card in self.cards:
            card.run.connect(self.open_example)
        self.questions.set_widgets(self.cards)
        self.waiting_text.hide()

    def show_left(self, works: Sequence[LeftWork]) -> None:
        """Offers unfinished work."""
        _clear(self.left.body)
        for work in works:
            when = moment_in_words(work.when)
            name = work.path.stem[:-20].strip() or work.path.stem
            self.left.body.addLayout(
                self._row(
                    f"{name}, from {when}",
                    ("Open", f"Open the work {name}", partial(self.open_left.emit, work.path)),
                    (
                        "Remove",
                        f"Delete the work {name}",
                        partial(self.remove_left.emit, work.path),
                    ),
                )
            )
        self.left.setVisible(bool(works))

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offers files that were open before."""
        _clear(self.recent.body)
        for path in paths[:_MOST_RECENT]:
            made = button(path.name, partial(self.open_path.emit, path), tip=str(path))
            made.setProperty("link", "true")
            line = QHBoxLayout()
            line.addWidget(made)
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
        self.back_button.setText(f"Back to {dataset}")
        for card in self.cards:
            card.use(theme, can_run=can_run)

    def _row(self, text: str, *pushes: tuple[str, str, Callable[[], object]]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(label(text), 1)
        for name, tip, do in pushes:
            made = button(name, do, tip=tip)
            made.setAccessibleName(tip)
            line.addWidget(made)
        return line

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.7))
        inside = QVBoxLayout(self.drop_place)
        inside.setContentsMargins(*(em(self, 1.8),) * 4)
        inside.setSpacing(em(self, 0.5))
        heading = label("Drop a file or a folder anywhere", bold=True, size=1.25)
        formats = label(_FORMATS, tone="muted", size=0.95)
        also = label("experiments (.toml) and sessions (.gates) too", tone="muted", size=0.95)
        for part in (self.icon, heading, formats, also):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(part)
        row = QHBoxLayout()
        row.addStretch(1)
        for push in (self.choose, self.folder, self.session, self.back_button):
            row.addWidget(push)
        row.addStretch(1)
        inside.addLayout(row)
        layout.addWidget(self.drop_place)
        layout.addWidget(self.left)
        layout.addWidget(label("Or start from a question", bold=True))
        layout.addWidget(self.waiting_text)
        layout.addWidget(self.questions)
        made = QHBoxLayout()
        heading = label("Or data that the program makes", bold=True)
        heading.setWordWrap(False)
        made.addWidget(heading)
        made.addWidget(self.generator)
        made.addWidget(self.generate)
        made.addStretch(1)
        layout.addLayout(made)
        layout.addWidget(self.recent)
        layout.addStretch(1)
        self.left.hide()
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

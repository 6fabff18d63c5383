"""The page Data: a place to start, and the dataset once there is one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMessageBox

from studio.data import Dataset
from studio.gui.desk import Desk
from studio.gui.facts import Facts, facts_of
from studio.gui.left_work import find_left_work, remove_left_work
from studio.gui.pages.dataset_view import DatasetView
from studio.gui.pages.page import Page
from studio.gui.pages.start_view import LeftWork, StartView
from studio.gui.questions import Question, read_questions
from studio.paths import experiments


class DataPage(Page):
    """Shows what fills the desk, or what is on it.

    Signals:
        open_file: The user wants to choose a data file.
        open_folder: The user wants to choose a folder of data.
        open_session: The user wants to choose a session.
        open_example: The path of an example experiment to run at once.
        open_path: The path of a file to open.
        open_generated: The name of a generator whose data is wanted.
    """

    name = "data"
    icon = "mdi6.table"
    title = "Data"

    open_file = Signal()
    open_folder = Signal()
    open_session = Signal()
    open_example = Signal(object)
    open_path = Signal(object)
    open_generated = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.recent_paths: Callable[[], list[Path]] = list
        self.start = StartView()
        self.dataset = DatasetView(desk)
        self._facts: Facts | None = None
        self._wants_start = False
        self._was_filled = False
        self._begins = False
        self.content.addWidget(self.start)
        self.content.addWidget(self.dataset)
        self.dataset.hide()
        self._connect()

    def show_drop_place(self, *, over: bool) -> None:
        """Marks the place to drop while something is dragged over the window."""
        self.start.show_drag(over=over)
        self.dataset.show_drag(over=over)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leads from the start back to the dataset that is open."""
        if event.key() == Qt.Key.Key_Escape and self._wants_start:
            self._want_start(wants=False)
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """See Page."""
        planner, work = self.desk.planner, self.desk.work
        dataset = planner.dataset
        shows_start = dataset is None or self._wants_start
        self.start.setVisible(shows_start)
        self.dataset.setVisible(not shows_start)
        if shows_start:
            self._fill_start()
            name = "" if dataset is None else dataset.name
            theme = self.desk.look.theme
            self.start.show_state(theme, can_run=not work.is_training, dataset=name)
        elif self._facts is not None:
            self.dataset.refresh()
        if self._begins and not shows_start:
            self._begins = False
            self.verticalScrollBar().setValue(0)

    def _connect(self) -> None:
        start, desk = self.start, self.desk
        start.open_file.connect(self.open_file)
        start.open_folder.connect(self.open_folder)
        start.open_session.connect(self.open_session)
        start.open_example.connect(self.open_example)
        start.open_path.connect(self.open_path)
        start.open_generated.connect(self.open_generated)
        start.open_left.connect(self.open_path)
        start.remove_left.connect(self._ask_to_remove)
        start.back.connect(partial(self._want_start, wants=False))
        self.dataset.open_file.connect(self.open_file)
        self.dataset.show_start.connect(partial(self._want_start, wants=True))
        self.dataset.next.connect(lambda: self.go_to.emit("models"))
        desk.planner.dataset_changed.connect(self._dataset_changed)
        desk.planner.plan_changed.connect(self._plan_changed)
        for signal in (desk.draft.changed, desk.work.session_changed, desk.look.changed):
            signal.connect(self.mark_stale)

    def _dataset_changed(self) -> None:
        dataset = self.desk.planner.dataset
        self._wants_start = False
        self._begins |= not self.desk.draft.undo_stack.count()  # opened, not read another way
        if dataset is None:
            self.set_state("")
        else:
            self._look_at(dataset)
        self.mark_stale()

    def _look_at(self, dataset: Dataset) -> None:
        def take(facts: Facts) -> None:
            if facts.dataset is self.desk.planner.dataset:
                self._facts = facts
                self.dataset.show_facts(facts)
                self.mark_stale()

        self.desk.waiting.load("Looking at the data", partial(facts_of, dataset), take)

    def _plan_changed(self) -> None:
        planner = self.desk.planner
        if planner.problem:
            self.set_state("failed")
        elif planner.plan is not None:
            self.set_state("done")
        self.mark_stale()

    def _want_start(self, *, wants: bool) -> None:
        self._wants_start = wants
        self.setFocus()  # what had it goes; Esc is heard here
        self.mark_stale()

    def _fill_start(self) -> None:
        self.start.show_recent(self.recent_paths())
        self._look_for_left_work()
        if not self._was_filled:
            self._was_filled = True
            paths = tuple(experiments().values())
            job = partial(read_questions, paths)
            self.desk.waiting.load("Preparing the questions", job, self._take_questions)

    def _take_questions(self, questions: list[Question]) -> None:
        self.start.show_questions(questions)
        self.mark_stale()

    def _look_for_left_work(self) -> None:
        work = self.desk.work
        job = partial(find_left_work, work.untitled_folder, self.desk.folders.locks, work.path)
        self.desk.waiting.load("Looking for unfinished work", job, self._take_left_work)

    def _take_left_work(self, found: list[LeftWork]) -> None:
        self.start.show_left(found)

    def _ask_to_remove(self, path: Path) -> None:
        question = QMessageBox(
            QMessageBox.Icon.Question, "Gate Studio", "Remove this work for good?", parent=self
        )
        question.setObjectName("removeWork")
        question.setInformativeText(f"{path.name} is deleted with its models and results.")
        remove = question.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        remove.clicked.connect(lambda _: self._remove(path))
        question.open()

    def _remove(self, path: Path) -> None:
        job = partial(remove_left_work, path, self.desk.folders.locks)
        self.desk.waiting.load("Removing the work", job, lambda _: self._look_for_left_work())

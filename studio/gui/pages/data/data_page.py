"""The page Data: the start page, and the dataset once one is open."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMessageBox

from studio.data import Dataset
from studio.gui.context.app_context import AppContext
from studio.gui.pages.data.dataset_summary import DatasetSummary, summarise_dataset
from studio.gui.pages.data.dataset_view import DatasetView
from studio.gui.pages.data.example_experiments import ExampleExperiment, read_example_experiment
from studio.gui.pages.data.start_view import StartView
from studio.gui.pages.page import Page
from studio.gui.session.unfinished_sessions import (
    UnfinishedSession,
    find_unfinished_sessions,
    remove_unfinished_session,
)
from studio.paths import experiments


class DataPage(Page):
    """Shows the start page, or the dataset that is open.

    Signals:
        open_file: The user wants to choose a data file.
        open_folder: The user wants to choose a folder of data.
        open_session: The user wants to choose a session.
        open_example: The path of an example experiment to run.
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

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.recent_paths: Callable[[], list[Path]] = list
        self.start = StartView()
        self.dataset = DatasetView(context, self.tell)
        self._facts: DatasetSummary | None = None
        self._wants_start = False
        self._was_filled = False
        self._scroll_to_top = False
        self.content.addWidget(self.start)
        self.content.addWidget(self.dataset)
        self.dataset.hide()
        self._connect()

    def show_drop_place(self, *, over: bool) -> None:
        """Marks the place to drop while something is dragged over the window."""
        self.start.show_drag(over=over)
        self.dataset.show_drag(over=over)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leads from the start page back to the open dataset."""
        if event.key() == Qt.Key.Key_Escape and self._wants_start:
            self._want_start(wants=False)
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        planner, session = self.context.planner, self.context.session
        dataset = planner.dataset
        shows_start = dataset is None or self._wants_start
        self.start.setVisible(shows_start)
        self.dataset.setVisible(not shows_start)
        if shows_start:
            self.tell("")
            self._fill_start()
            name = "" if dataset is None else dataset.name
            theme = self.context.appearance.theme
            self.start.show_state(theme, can_run=not session.is_training, dataset=name)
        elif self._facts is not None:
            self.dataset.refresh()
        if self._scroll_to_top and not shows_start:
            self._scroll_to_top = False
            self.verticalScrollBar().setValue(0)

    def _connect(self) -> None:
        start, context = self.start, self.context
        start.open_file.connect(self.open_file)
        start.open_folder.connect(self.open_folder)
        start.open_session.connect(self.open_session)
        start.open_example.connect(self.open_example)
        start.open_path.connect(self.open_path)
        start.open_generated.connect(self.open_generated)
        start.open_unnamed.connect(self.open_path)
        start.delete_unnamed.connect(self._ask_to_remove)
        start.back.connect(partial(self._want_start, wants=False))
        self.dataset.open_file.connect(self.open_file)
        self.dataset.show_start.connect(partial(self._want_start, wants=True))
        self.dataset.next.connect(lambda: self.go_to.emit("models"))
        context.planner.dataset_changed.connect(self._dataset_changed)
        context.planner.plan_changed.connect(self._plan_changed)
        for signal in (
            context.draft.changed,
            context.session.transitioned,
            context.appearance.changed,
        ):
            signal.connect(self.mark_stale)

    def _dataset_changed(self) -> None:
        dataset = self.context.planner.dataset
        self._wants_start = False
        self._scroll_to_top |= (
            not self.context.draft.undo_stack.count()
        )  # opened, not read another way
        if dataset is None:
            self.set_state("")
        else:
            self._inspect(dataset)
        self.mark_stale()

    def _inspect(self, dataset: Dataset) -> None:
        def take(facts: DatasetSummary) -> None:
            if facts.dataset is self.context.planner.dataset:
                self._facts = facts
                self.dataset.show_facts(facts)
                self.mark_stale()

        self.context.jobs.load("Inspecting the data", partial(summarise_dataset, dataset), take)

    def _plan_changed(self) -> None:
        planner = self.context.planner
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
        self._find_unfinished_sessions()
        if not self._was_filled:
            self._was_filled = True
            self._prepare_examples([], list(experiments().values()))

    def _prepare_examples(self, done: list[ExampleExperiment], paths: list[Path]) -> None:
        """Prepares one after the other, so that a file that is opened meanwhile comes between."""
        if not paths:
            self.start.show_questions(done)
            self.mark_stale()
            return
        job = partial(read_example_experiment, paths[0])

        def take(example: ExampleExperiment) -> None:
            self._prepare_examples([*done, example], paths[1:])

        self.context.jobs.load("Preparing the examples", job, take)

    def _find_unfinished_sessions(self) -> None:
        session = self.context.session
        job = partial(
            find_unfinished_sessions,
            session.untitled_folder,
            self.context.folders.locks,
            session.path,
        )
        self.context.jobs.load(
            "Looking for unfinished sessions", job, self._take_unfinished_sessions
        )

    def _take_unfinished_sessions(self, sessions: list[UnfinishedSession]) -> None:
        self.start.show_unnamed(sessions)

    def _ask_to_remove(self, path: Path) -> None:
        question = QMessageBox(
            QMessageBox.Icon.Question,
            "Gate Studio",
            "Delete this session permanently?",
            parent=self,
        )
        question.setObjectName("deleteSession")
        question.setInformativeText(f"{path.name} will be deleted with its models and results.")
        remove = question.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        remove.clicked.connect(lambda _: self._remove(path))
        question.open()

    def _remove(self, path: Path) -> None:
        job = partial(remove_unfinished_session, path, self.context.folders.locks)
        self.context.jobs.load(
            "Deleting the session", job, lambda _: self._find_unfinished_sessions()
        )

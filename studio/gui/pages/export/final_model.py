"""Trains the chosen contender on all data, from the page Export."""

from collections.abc import Sequence
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.analysis.predictions.wording import final_words
from studio.core.results.final_model import FinalModel
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.widgets.basics import button, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.runs.planning.final_training import epochs_sentence
from studio.runs.stored.final_models import PreparedFinalTraining, prepare_final_training

_PURPOSE = (
    "Trains this contender on all data, validation and test set included, for as many epochs as "
    "validation chose. The model has no test score."
)


class FinalModelRow(QWidget):
    """A button, its progress, and the models that there are.

    Signals:
        stored: A model was stored.
        progressed: How many of how many epochs are done.
    """

    stored = Signal()
    progressed = Signal(int, int)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._stopping = Event()
        self._contender = ""
        self.start = button("Retrain on all data", self._start, tip=_PURPOSE)
        self.stop = button("Stop", self._stop)
        self.message = label("", tone="muted")
        self.models = label("")
        self.progressed.connect(self._show_progress)
        actions = FlowRow()
        actions.add(self.start)
        actions.add(self.stop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        for part in (actions, self.message, self.models):
            rows.addWidget(part)
        self.stop.hide()
        self.message.hide()

    def show_state(self, contender: str, models: Sequence[FinalModel]) -> None:
        """Shows the models of a contender, and whether another can be trained now."""
        self._contender = contender
        words = [f"{final_words(model)}." for model in models if model.contender == contender]
        self.models.setText("\n".join(words))
        self.models.setVisible(bool(words))
        training = self._context.session.is_training
        self.start.setEnabled(not (training or self.is_busy))
        self.start.setToolTip("Wait until training has ended" if training else _PURPOSE)

    @property
    def is_busy(self) -> bool:
        """Whether a model is being trained."""
        return self.stop.isVisibleTo(self)

    def _start(self) -> None:
        session, jobs = self._context.session, self._context.jobs
        workspace, comparison, contender = session.workspace, session.comparison, self._contender
        if workspace is None or comparison is None or self.is_busy:
            return
        self._stopping = stopping = Event()
        self._wait(waiting=True)
        self._tell("Reading the data …")

        def progress(done: int, total: int) -> bool:
            self.progressed.emit(done, total)
            return not (stopping.is_set() or jobs.is_ending)

        def train(ready: PreparedFinalTraining) -> None:
            from studio.runs.execution.final_training import train_final_model

            self._tell(epochs_sentence(ready.plan))

            def job() -> FinalModel:
                return train_final_model(ready.plan, ready.task, ready.machine, progress)

            def store(model: FinalModel) -> None:
                jobs.load(
                    "Storing the model",
                    lambda: workspace.ask(
                        lambda file: file.add_final_model(comparison, model)
                    ).result(),
                    lambda _: self._stored(),
                    self._failed,
                )

            jobs.calculate(f"Training {contender} on all data", job, store, self._failed)

        jobs.load(
            "Reading the data",
            lambda: prepare_final_training(workspace.reader(), comparison, contender),
            train,
            self._failed,
        )

    def _stored(self) -> None:
        self._wait(waiting=False)
        self._tell("")
        self.stored.emit()

    def _failed(self, error: BaseException) -> None:
        from studio.runs.execution.final_training import FinalTrainingStopped

        self._wait(waiting=False)
        stopped = isinstance(error, FinalTrainingStopped)
        self._tell("Stopped; nothing was stored." if stopped else explained(error))

    def _show_progress(self, done: int, total: int) -> None:
        if self.is_busy:
            self._tell(f"Training {self._contender} on all data: epoch {done} of {total}")

    def _stop(self) -> None:
        self._stopping.set()

    def _wait(self, *, waiting: bool) -> None:
        self.start.setEnabled(not waiting)
        self.stop.setVisible(waiting)

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

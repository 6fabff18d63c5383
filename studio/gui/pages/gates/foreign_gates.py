"""A model of another program on the page Gates, in place of the contenders."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.core.errors import ModelFileError
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.context.app_context import AppContext
from studio.gui.widgets.basics import button, label
from studio.runs.stored.foreign_models import ForeignModel, open_foreign
from studio.runs.stored.gate_inspection import task_of


class ForeignGates(QObject):
    """Reads a model file for the data that are open.

    Attributes:
        model: The model, or None where the page shows contenders.
        spec: The comparison whose data it reads, with the model as its only contender, or None.

    Signals:
        changed: `model` changed.
    """

    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.model: ForeignModel | None = None
        self.spec: ComparisonSpec | None = None

    def open(self, path: Path, known: PreparedTask | None) -> None:
        """Opens a model file; tells what is wrong with it.

        Args:
            path: The file.
            known: The prepared data of the session, where they have been read.
        """
        history, plan = self._context.session.history, self._context.planner.plan
        spec = history.spec if history is not None else plan.spec if plan is not None else None
        title, jobs = f"{path.name} was not opened", self._context.jobs

        def failed(error: BaseException) -> None:
            jobs.report(title, error)

        if spec is None:
            remedy = "Open the data that it reads first, then the model"
            failed(ModelFileError("needs data", where=path.name, remedy=remedy))
            return
        task = known or (plan.task if history is None and plan is not None else None)

        def read(task: PreparedTask) -> None:
            jobs.calculate(
                f"Reading {path.name}",
                lambda: open_foreign(path, task),
                lambda model: self._take(model, spec),
                failed,
            )

        if task is not None:
            read(task)
        else:
            jobs.load("Reading the data", self._reading(), read, failed)

    def close(self) -> None:
        """Shows the contenders again."""
        if self.model is not None:
            self.model = self.spec = self._context.foreign = None
            self.changed.emit()

    def close_if_other_data(self) -> None:
        """Closes the model where other data are open than those that it reads."""
        history, plan = self._context.session.history, self._context.planner.plan
        now = history.spec if history is not None else plan.spec if plan is not None else None
        if self.spec is not None and now is not None and now.dataset != self.spec.dataset:
            self.close()

    def _reading(self) -> Callable[[], PreparedTask]:
        workspace, comparison = self._context.session.workspace, self._context.session.comparison

        def job() -> PreparedTask:
            assert workspace is not None  # noqa: S101 - there is a history
            assert comparison is not None  # noqa: S101
            return task_of(workspace.reader(), comparison)

        return job

    def _take(self, model: ForeignModel, spec: ComparisonSpec) -> None:
        contender = model.model.contender
        self.model = model
        self.spec = spec.model_copy(update={"contenders": (contender,)})
        self._context.foreign = contender
        self.changed.emit()


class ForeignRow(QWidget):
    """What was found in a model file, and a button that leaves it."""

    def __init__(self, foreign: ForeignGates) -> None:
        super().__init__()
        self._foreign = foreign
        self.words = label("", tone="muted")
        self.leave = button("Close model", foreign.close, tip="Show the contenders again")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignTop)
        foreign.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        model = self._foreign.model
        self.setVisible(model is not None)
        self.words.setText("" if model is None else model.words())

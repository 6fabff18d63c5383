"""The loaded dataset and the plan of the draft, planned again after every edit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import EncodingUnknownError, UserError
from studio.core.specs.comparison_spec import ComparisonSpec, DatasetSpec
from studio.data import Dataset, load
from studio.data.files.cache import Cache, Progress
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.session.controller import SessionController
from studio.gui.session.drafts import Draft
from studio.gui.session.session_state import OpenData, TrainDraft
from studio.runs.planning.plan import Plan, plan_for

_PLAN_AFTER_MS = 120


@dataclass(frozen=True, eq=False)
class _Planned:
    plan: Plan | None
    problem: str
    dataset: Dataset | None = None


class Planner(QObject):
    """Loads datasets and keeps the plan in step with the draft; the newest edit wins.

    Attributes:
        dataset: What is loaded, or None.
        read_as: How it was read, or None.
        plan: The draft planned, or None while it cannot be.
        problem: Why it cannot be, or "".
        source_note: Where the dataset came from, when that is not the file that was named, or "".

    Signals:
        dataset_changed: Another dataset is loaded.
        plan_changed: The plan or the problem is another.
        encoding_unknown: A spec whose file is a text in an unknown encoding, and the error.
        read: The share of a large file that has been read; 1 when it has ended, however it did.

    Args:
        draft: What is planned.
        session: Knows what the user asked for last.
        jobs: Who reads and plans.
        cache: The folder for what takes long to read.
        parent: Qt's owner.
    """

    dataset_changed = Signal()
    plan_changed = Signal()
    encoding_unknown = Signal(object, object)
    read = Signal(float)

    def __init__(
        self,
        draft: Draft,
        session: SessionController,
        jobs: BackgroundJobs,
        cache: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._cache = cache
        self.dataset: Dataset | None = None
        self.plan: Plan | None = None
        self.problem = ""
        self.source_note = ""
        self.read_as: DatasetSpec | None = None
        self._draft, self._session = draft, session
        self._jobs = jobs
        self._planned_spec: ComparisonSpec | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._plan)
        draft.changed.connect(self._plan_soon)

    @property
    def is_current(self) -> bool:
        """Whether the plan is that of the draft as it is now."""
        return self.plan is not None and self._planned_spec is self._draft.spec

    def open(self, intent: OpenData, then: Callable[[], None] = lambda: None) -> None:
        """Loads the dataset of a spec and makes the spec the draft, unless a newer intent came.

        Args:
            intent: The spec, and whether it is then trained.
            then: Called once the dataset is loaded.
        """
        self._session.intend(intent)
        spec = intent.spec
        what = f"Reading {_name(spec.dataset)}"

        progress = self.progress_while(lambda: self._session.intent is intent)

        def job() -> Dataset:
            return load(spec.dataset, Cache(self._cache, progress=progress))

        def take(dataset: Dataset) -> None:
            self.read.emit(1.0)
            if self._session.intent is intent:
                self._session.intend(TrainDraft() if intent.train else None)
                self._take(spec, dataset)
                then()

        def fail(error: BaseException) -> None:
            self.read.emit(1.0)
            if isinstance(error, EncodingUnknownError) and error.readings:
                self.encoding_unknown.emit(spec, error)
            elif not isinstance(error, ReadingCancelledError):
                self._jobs.report(f"{what} failed", error)

        self._jobs.load(what, job, take, fail)

    def cancel(self) -> None:
        """Stops reading; the dataset that is loaded stays, read as it was."""
        self._session.intend(None)
        spec, read_as = self._draft.spec, self.read_as
        if spec is not None and read_as is not None and spec.dataset != read_as:
            kept = spec.model_copy(update={"dataset": read_as})
            self._draft.edit(kept, "cancel reading")

    def progress_while(self, is_wanted: Callable[[], bool]) -> Progress:
        """Tells the share that was read, from the loader thread.

        It stops the reading with a ReadingCancelledError once nobody wants the data any more.
        """

        def progress(share: float) -> None:
            if not is_wanted():
                raise ReadingCancelledError("was cancelled")
            self.read.emit(share)

        return progress

    def clear(self) -> None:
        self.dataset, self.plan, self.problem = None, None, ""
        self._draft.replace(None)
        self.dataset_changed.emit()

    def adopt(self, spec: ComparisonSpec, dataset: Dataset, source_note: str) -> None:
        """Takes a dataset that was loaded elsewhere."""
        self._take(spec, dataset, source_note)

    def _take(self, spec: ComparisonSpec, dataset: Dataset, source_note: str = "") -> None:
        self.dataset, self.plan, self.problem = dataset, None, ""
        self.read_as = spec.dataset
        self.source_note = source_note
        self._draft.replace(spec)
        self.dataset_changed.emit()

    def _plan_soon(self) -> None:
        self._planned_spec = None
        self._timer.start(_PLAN_AFTER_MS)

    def _plan(self) -> None:
        spec, dataset = self._draft.spec, self.dataset
        if spec is None or dataset is None:
            return
        reads_again = spec.dataset != self.read_as

        def is_newest() -> bool:
            return spec is self._draft.spec and dataset is self.dataset

        progress = self.progress_while(is_newest)

        def job() -> _Planned:
            if not is_newest():  # a newer edit waits
                return _Planned(None, "")
            cache = Cache(self._cache, progress=progress) if reads_again else None
            return _plan_with(spec, dataset, cache)

        def take(planned: _Planned) -> None:
            if reads_again:
                self.read.emit(1.0)
            if is_newest():
                self._planned(planned, spec)

        what = f"Reading {_name(spec.dataset)}" if reads_again else "Preparing the data"
        self._jobs.load(what, job, take)

    def _planned(self, planned: _Planned, spec: ComparisonSpec) -> None:
        if planned.dataset is not None and planned.dataset is not self.dataset:
            self.dataset, self.read_as, self.source_note = planned.dataset, spec.dataset, ""
            self.plan = None
            self.dataset_changed.emit()
        self.plan, self.problem = planned.plan, planned.problem
        self._planned_spec = spec
        self.plan_changed.emit()


class ReadingCancelledError(UserError):
    """The user cancelled reading, or asked for something newer."""


def _plan_with(spec: ComparisonSpec, dataset: Dataset, cache: Cache | None) -> _Planned:
    """The plan, or why there is none; with a cache the data is read again first."""
    try:
        if cache is not None:
            dataset = load(spec.dataset, cache)
    except UserError as error:
        return _Planned(None, str(error))
    try:
        return _Planned(plan_for(spec, dataset), "", dataset)
    except UserError as error:
        return _Planned(None, str(error), dataset)


def _name(spec: DatasetSpec) -> str:
    return spec.path if spec.source == "file" else spec.generator

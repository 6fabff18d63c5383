"""The dataset on the desk and the plan of the draft; planned anew after every edit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import EncodingUnknownError, UserError
from studio.core.spec import ComparisonSpec, DatasetSpec
from studio.data import Dataset, load
from studio.data.cache import Cache
from studio.gui.drafts import Draft
from studio.gui.waiting import Waiting
from studio.runs.plan import Plan, plan_for

_PLAN_AFTER_MS = 120


@dataclass(frozen=True, eq=False)
class _Planned:
    generation: int
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
        waiting: Who reads and plans.
        cache: The folder for what takes long to read.
        parent: Qt's owner.
    """

    dataset_changed = Signal()
    plan_changed = Signal()
    encoding_unknown = Signal(object, object)
    read = Signal(float)

    def __init__(
        self, draft: Draft, waiting: Waiting, cache: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._cache = cache
        self.dataset: Dataset | None = None
        self.plan: Plan | None = None
        self.problem = ""
        self.source_note = ""
        self.read_as: DatasetSpec | None = None
        self._newest: object = None
        self._draft = draft
        self._waiting = waiting
        self._generation = 0
        self._planned_generation = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._plan)
        draft.changed.connect(self._plan_soon)

    @property
    def is_current(self) -> bool:
        """Whether the plan is that of the draft as it is now."""
        return self.plan is not None and self._planned_generation == self._generation

    def open(self, spec: ComparisonSpec, then: Callable[[], None] = lambda: None) -> None:
        """Loads the dataset of a spec and makes the spec the draft, unless a newer wish came.

        Args:
            spec: The spec.
            then: Called once the dataset lies on the desk.
        """
        self._newest = wish = object()

        what = f"Reading {_name(spec.dataset)}"

        def job() -> Dataset:
            return load(spec.dataset, Cache(self._cache, progress=progress))

        def progress(share: float) -> None:  # in the loader thread
            if self._newest is not wish:
                raise _GivenUpError("was given up")
            self.read.emit(share)

        def take(dataset: Dataset) -> None:
            self.read.emit(1.0)
            if self._newest is wish:
                self._take(spec, dataset)
                then()

        def fail(error: BaseException) -> None:
            self.read.emit(1.0)
            if isinstance(error, EncodingUnknownError) and error.readings:
                self.encoding_unknown.emit(spec, error)
            elif not isinstance(error, _GivenUpError):
                self._waiting.report(f"{what} did not work", error)

        self._waiting.load(what, job, take, fail)

    def give_up(self) -> None:
        """Stops reading; what lies on the desk stays there."""
        self._newest = None

    def clear(self) -> None:
        """Takes the dataset off the desk."""
        self._newest = None
        self.dataset, self.plan, self.problem = None, None, ""
        self._draft.replace(None)
        self.dataset_changed.emit()

    def adopt(self, spec: ComparisonSpec, dataset: Dataset, source_note: str) -> None:
        """Takes a dataset that was loaded elsewhere."""
        self._newest = None
        self._take(spec, dataset, source_note)

    def _take(self, spec: ComparisonSpec, dataset: Dataset, source_note: str = "") -> None:
        self.dataset, self.plan, self.problem = dataset, None, ""
        self.read_as = spec.dataset
        self.source_note = source_note
        self._draft.replace(spec)
        self.dataset_changed.emit()

    def _plan_soon(self) -> None:
        self._generation += 1
        self._timer.start(_PLAN_AFTER_MS)

    def _plan(self) -> None:
        spec, dataset, generation = self._draft.spec, self.dataset, self._generation
        if spec is None or dataset is None:
            return
        is_another = spec.dataset != self.read_as

        def progress(share: float) -> None:  # in the loader thread
            if generation != self._generation:
                raise _GivenUpError("was given up")
            self.read.emit(share)

        def job() -> _Planned:
            if generation != self._generation:  # a newer edit waits
                return _Planned(generation, None, "")
            try:
                found = dataset
                if is_another:
                    found = load(spec.dataset, Cache(self._cache, progress=progress))
                return _plan_with(generation, spec, found)
            except UserError as error:
                return _Planned(generation, None, str(error))

        def take(planned: _Planned) -> None:
            if is_another:
                self.read.emit(1.0)
            self._planned(planned, spec)

        what = f"Reading {_name(spec.dataset)}" if is_another else "Preparing the data"
        self._waiting.load(what, job, take)

    def _planned(self, planned: _Planned, spec: ComparisonSpec) -> None:
        if planned.generation == self._generation:
            if planned.dataset is not None and planned.dataset is not self.dataset:
                self.dataset, self.read_as, self.source_note = planned.dataset, spec.dataset, ""
                self.plan = None
                self.dataset_changed.emit()
            self.plan, self.problem = planned.plan, planned.problem
            self._planned_generation = planned.generation
            self.plan_changed.emit()


class _GivenUpError(UserError):
    """Reading ended because the user did not want it any more, or wanted something newer."""


def _plan_with(generation: int, spec: ComparisonSpec, dataset: Dataset) -> _Planned:
    """The plan, or why there is none; the data is there either way."""
    try:
        return _Planned(generation, plan_for(spec, dataset), "", dataset)
    except UserError as error:
        return _Planned(generation, None, str(error), dataset)


def _name(spec: DatasetSpec) -> str:
    return spec.path if spec.source == "file" else spec.generator

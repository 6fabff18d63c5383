"""What the user can ask of the window: open data or a session, show a comparison, train."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.errors import DatasetError, SessionError, UserError
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    DatasetSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
)
from studio.core.specs.experiment import SEARCH_IS_FOR_TUNE, read_experiment, search_table
from studio.data.files.cache import Cache
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.session.planner import ReadingCancelledError
from studio.gui.session.session_state import (
    OpenData,
    Opening,
    OpenSession,
    Ready,
    SessionState,
    ShowComparison,
    TrainDraft,
)
from studio.runs.planning.tuning import is_tuning_of
from studio.runs.stored.dataset_recovery import LoadedDataset, recover_dataset

_KEPT = ("contenders", "match", "training", "looks", "rates")
"""Settings of the user that do not depend on the data."""


@dataclass(frozen=True)
class _Missing:
    record: DatasetRecord
    error: DatasetError


class Commands(QObject):
    """Carries out what the user dropped, chose, clicked or named on the command line.

    Attributes:
        refuses: Asked before training starts; whether something stands against it, which the
            user has then been told.

    Signals:
        page_wanted: The name of the page that shows what was opened or started.
        data_missing: The record of a session's dataset that cannot be read, and the error.
        told: A few words to show for a moment.
    """

    page_wanted = Signal(str)
    data_missing = Signal(object, object)
    told = Signal(str)

    def __init__(self, context: AppContext, settings: Settings) -> None:
        super().__init__(context)
        self.refuses: Callable[[], bool] = lambda: False
        self._context = context
        self._session, self._planner = context.session, context.planner
        self._settings = settings
        self._began_with: ComparisonSpec | None = None
        self._planner.plan_changed.connect(self._train_if_asked)
        self._session.transitioned.connect(self._follow)

    def open(self, path: Path) -> None:
        """Opens a dataset, an experiment or a session; tells what is wrong with it."""
        if path.suffix == ".gates":
            self._open_session(path)
        elif path.suffix == ".toml":
            self._open_experiment(path)
        else:
            self._open_data(OpenData(self._spec_for(FileDataset(path=str(path.absolute())))), path)

    def open_dataset(self, dataset: FileDataset) -> None:
        """Opens a file or folder that is read as its settings say."""
        self._open_data(OpenData(self._spec_for(dataset)))

    def open_one_of(self, paths: Sequence[Path], chosen: Path) -> None:
        """Opens one of several files; the others are remembered as recent files."""
        for path in paths:
            if path != chosen:
                self._settings.remember(path)
        self.open(chosen)

    def open_generated(self, name: str) -> None:
        """Opens the data of a generator with its default settings."""
        self._open_data(OpenData(self._spec_for(GeneratedDataset(generator=name))))

    def run_example(self, path: Path) -> None:
        """Opens an example experiment and trains it at once."""
        if not self._session.is_busy and self._open_experiment(path, train=True):
            self.page_wanted.emit("train")

    def show_comparison(self, comparison: int) -> None:
        """Shows another comparison of the open session, with its data."""
        self._session.show_comparison(ShowComparison(comparison))

    def reload_dataset(self) -> None:
        """Reads the session's dataset again, from where the session now says that it is."""
        if self._session.path is not None:
            intent = OpenSession(self._session.path)
            self._session.intend(intent)
            self._load_dataset(intent)

    def train(self) -> None:
        """Trains the draft, or resumes what was stopped; waits for the newest edit's plan."""
        session, planner = self._session, self._planner
        if session.is_busy or self.refuses():
            return
        if self.can_resume:
            session.resume()
            self.page_wanted.emit("train")
        elif planner.is_current and planner.plan is not None:
            session.train(planner.plan)
            self.page_wanted.emit("train")
        elif planner.problem:
            self.told.emit(planner.problem)
        elif self._context.draft.spec is not None:
            session.intend(TrainDraft())
            self.told.emit("Preparing the latest change …")

    @property
    def can_resume(self) -> bool:
        """Whether training resumes the shown comparison instead of starting another."""
        session, planner = self._session, self._planner
        if session.is_training or session.history is None or session.why_read_only:
            return False
        draft, plan = self._context.draft.spec, planner.plan if planner.is_current else None
        is_same = draft is None or (
            plan is not None and is_tuning_of(session.history.spec, plan.spec)
        )
        return is_same and not session.history.is_complete

    def _spec_for(self, dataset: DatasetSpec) -> ComparisonSpec:
        """A comparison on other data, with the models and the training that the user set."""
        usual = ComparisonSpec(dataset=dataset, machine=self._settings.machine)
        return usual.model_copy(update=self._set_by_user())

    def _set_by_user(self) -> dict[str, object]:
        """Settings that are another than those with which the draft began."""
        draft = self._context.draft.spec
        if draft is None:
            return {}
        began = self._began_with or ComparisonSpec(dataset=draft.dataset)
        return {
            name: getattr(draft, name)
            for name in _KEPT
            if getattr(draft, name) != getattr(began, name)
        }

    def _open_data(
        self, intent: OpenData, path: Path | None = None, began_with: ComparisonSpec | None = None
    ) -> None:
        """Opens data; `began_with` are the settings of an experiment, as it has its own."""
        is_kept = began_with is None and bool(self._set_by_user())

        def remember() -> None:
            self._began_with = began_with
            if is_kept:
                self.told.emit("Your models and training settings were kept")
            if path is not None:
                self._settings.remember(path)

        self._planner.open(intent, remember)
        self.page_wanted.emit("data")

    def _open_experiment(self, path: Path, *, train: bool = False) -> bool:
        try:
            spec, search = read_experiment(path), search_table(path)
        except UserError as error:
            self._context.jobs.report("The experiment cannot be opened", error)
            return False
        if spec.machine == MachineSpec():  # the experiment leaves it to the user
            spec = spec.model_copy(update={"machine": self._settings.machine})
        self._open_data(OpenData(spec, train=train), path, began_with=spec)
        if search is not None:
            self.told.emit(SEARCH_IS_FOR_TUNE)
        return True

    def _open_session(self, path: Path) -> None:
        if self._session.is_busy:
            error = SessionError(
                "this window is training or opening a comparison",
                remedy="Stop it or wait, or open the session in a second window",
            )
            self._context.jobs.report(f"{path.name} was not opened", error)
        else:
            self._session.open(OpenSession(path))

    def _follow(self, before: SessionState, after: SessionState) -> None:
        """A session that was opened, or another comparison of it, brings its data."""
        path = self._session.path
        if path is not None and not self._session.is_untitled:
            self._settings.remember(path)
        if not isinstance(before, Opening) or not isinstance(after, Ready):
            return
        intent = before.intent
        if not isinstance(intent, OpenSession | ShowComparison) or self._is_over(intent):
            return
        if isinstance(intent, OpenSession):
            self._planner.clear()
            self.page_wanted.emit("compare")
        self._load_dataset(intent)

    def _load_dataset(self, intent: OpenSession | ShowComparison) -> None:
        """Makes the dataset of the shown comparison the window's, unless something newer came."""
        opened = self._session.opened
        if opened is None:
            return

        progress = self._planner.progress_while(lambda: not self._is_over(intent))

        def job() -> tuple[ComparisonSpec, LoadedDataset | _Missing]:
            record, spec = opened.workspace.ask(
                lambda session: (
                    session.dataset(opened.comparison),
                    session.history(opened.comparison).spec,
                )
            ).result()
            try:
                cache = Cache(self._context.folders.datasets, progress=progress)
                return spec, recover_dataset(record, str(opened.path), cache)
            except DatasetError as error:
                return spec, _Missing(record, error)

        def adopt(loaded: tuple[ComparisonSpec, LoadedDataset | _Missing]) -> None:
            self._planner.read.emit(1.0)
            if self._is_over(intent):
                return
            self._session.intend(None)
            spec, dataset = loaded
            if isinstance(dataset, _Missing):
                self.data_missing.emit(dataset.record, dataset.error)
            else:
                self._began_with = spec
                self._planner.adopt(spec, dataset.dataset, dataset.note)

        def failed(error: BaseException) -> None:
            self._planner.read.emit(1.0)
            if not isinstance(error, ReadingCancelledError):
                self._context.jobs.report("Reading the session's data failed", error)
            elif self._session.intent is None:
                self.told.emit("The data was not read; open the session again to read it")

        self._context.jobs.load("Reading the session's data", job, adopt, failed)

    def _is_over(self, intent: OpenSession | ShowComparison) -> bool:
        return self._session.intent is not intent

    def _train_if_asked(self) -> None:
        if not isinstance(self._session.intent, TrainDraft):
            return
        if self._planner.problem:
            self._session.intend(None)
        elif self._planner.is_current:
            self._session.intend(None)
            self.train()

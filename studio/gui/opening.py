"""From a path to what it is: data, an experiment or a session."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.errors import DatasetError, SessionError, UserError
from studio.core.experiment import read_experiment
from studio.core.record import DatasetRecord
from studio.core.spec import ComparisonSpec, FileDataset, GeneratedDataset, MachineSpec
from studio.data.cache import Cache
from studio.gui.desk import Desk
from studio.gui.settings import Settings
from studio.runs.restoring import Found, restore_dataset


@dataclass(frozen=True)
class _Missing:
    record: DatasetRecord
    error: DatasetError


class Opener(QObject):
    """Opens what the user dropped, chose or named on the command line.

    Signals:
        opened: The name of the page that shows what was opened.
        data_missing: The record of a session's dataset that cannot be read, and the error.
    """

    opened = Signal(str)
    data_missing = Signal(object, object)

    def __init__(self, desk: Desk, settings: Settings) -> None:
        super().__init__(desk)
        self._desk = desk
        self._settings = settings
        self._train_when_planned = False
        self._newest: object = None
        self._wants_dataset = False
        desk.planner.plan_changed.connect(self._train_if_asked)
        desk.work.session_changed.connect(self._session_changed)
        desk.work.history_changed.connect(self._load_dataset)
        desk.work.opened.connect(self._take_session)

    def open(self, path: Path) -> None:
        """Opens a file or folder; what is wrong with it is told."""
        self._train_when_planned = False
        if path.suffix == ".gates":
            self._open_session(path)
        elif path.suffix == ".toml":
            self._open_experiment(path)
        else:
            self._newest = path
            spec = FileDataset(path=str(path.absolute()))
            machine = self._settings.machine
            comparison = ComparisonSpec(dataset=spec, machine=machine)
            self._desk.planner.open(comparison, lambda: self._settings.remember(path))
            self.opened.emit("data")

    def open_generated(self, name: str) -> None:
        """Opens the data of a generator with its usual settings."""
        self._train_when_planned = False
        self._newest = name
        spec = GeneratedDataset(generator=name)
        comparison = ComparisonSpec(dataset=spec, machine=self._settings.machine)
        self._desk.planner.open(comparison)
        self.opened.emit("data")

    def run_example(self, path: Path) -> None:
        """Opens an example experiment and trains it at once."""
        if self._desk.work.is_training or self._desk.work.is_starting:
            return
        self._train_when_planned = self._open_experiment(path)
        self.opened.emit("train")

    def _open_session(self, path: Path) -> None:
        if self._desk.work.is_training or self._desk.work.is_starting:
            told = SessionError(
                "a comparison is being trained or opened in this window",
                remedy="Stop it or wait for it, or open the session in a second window",
            )
            self._desk.waiting.report(f"{path.name} was not opened", told)
            return
        self._newest = path
        self._desk.work.open(path)

    def _take_session(self, path: Path) -> None:
        if path == self._newest:
            self._wants_dataset = True
            self._desk.planner.clear()
            self.opened.emit("compare")
            self._load_dataset()

    def _open_experiment(self, path: Path) -> bool:
        try:
            spec = read_experiment(path)
        except UserError as error:
            self._desk.waiting.report("The experiment cannot be opened", error)
            return False
        if spec.machine == MachineSpec():  # the experiment leaves it to the user
            spec = spec.model_copy(update={"machine": self._settings.machine})
        self._newest = path
        self._desk.planner.open(spec, lambda: self._settings.remember(path))
        self.opened.emit("data")
        return True

    def load_dataset_again(self) -> None:
        """Reads the session's dataset anew, from where the session says that it is now."""
        self._wants_dataset = True
        self._desk.work.read_history()

    def show_comparison(self, comparison: int) -> None:
        """Shows another comparison of the open session, with its data."""
        self._wants_dataset = True
        self._desk.work.show_comparison(comparison)

    def _session_changed(self) -> None:
        path = self._desk.work.path
        if path is not None and not self._desk.work.is_untitled:
            self._settings.remember(path)
        self._load_dataset()

    def _load_dataset(self) -> None:
        """Brings the dataset of a session that was opened onto the desk, once."""
        work = self._desk.work
        workspace, comparison, path = work.workspace, work.comparison, work.path
        history = work.history
        if workspace is None or comparison is None or path is None or history is None:
            return
        if not self._wants_dataset or work.is_training:
            return
        self._wants_dataset = False
        self._newest = wish = (path, comparison)

        def job() -> Found | _Missing:
            record = workspace.ask(lambda session: session.dataset(comparison)).result()
            try:
                return restore_dataset(record, str(path), Cache(self._desk.folders.datasets))
            except DatasetError as error:
                return _Missing(record, error)

        def adopt(found: Found | _Missing) -> None:
            if self._newest != wish:  # something else was opened meanwhile
                return
            if isinstance(found, _Missing):
                self.data_missing.emit(found.record, found.error)
            else:
                self._desk.planner.adopt(history.spec, found.dataset, found.note)

        self._desk.waiting.load("Reading the session's data", job, adopt)

    def _train_if_asked(self) -> None:
        plan = self._desk.planner.plan
        if self._train_when_planned and plan is not None:
            self._train_when_planned = False
            self._desk.work.train(plan)

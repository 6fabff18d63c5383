"""The session in the window: opening, training, stopping, saving, and its newest results."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.errors import BackupError, SessionError
from studio.core.results.events import (
    ComparisonEnded,
    Event,
    ExecutionInfo,
    GatesTraced,
    RunFailed,
    RunFinished,
    RunStarted,
)
from studio.core.results.history import ComparisonHistory
from studio.core.results.progress import ComparisonProgress
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.jobs.event_pump import EventPump
from studio.gui.session.parallel_choice import ParallelChoice
from studio.gui.session.session_files import SessionFiles
from studio.gui.session.session_loading import Loaded, last_comparison, training_comparison
from studio.gui.session.session_state import (
    Ended,
    Extend,
    Failed,
    Idle,
    Intent,
    OpenedSession,
    Opening,
    OpenSession,
    Paused,
    Ready,
    Resume,
    SessionState,
    ShowComparison,
    Starting,
    Train,
    Training,
    TrainLonger,
    opened_in,
    with_opened,
)
from studio.paths import Folders
from studio.runs.execution.machine import describe_machine
from studio.runs.planning.longer_training import NewLimits
from studio.runs.planning.plan import Plan, plan_for
from studio.runs.planning.tuning import tuning_trial
from studio.runs.workspace import Workspace
from studio.sessions import ComparisonSummary, SessionFile


class SessionController(QObject):
    """Owns the state of the session and the user's newest intent; waits for nothing.

    Attributes:
        state: What the session is doing.
        intent: What the user asked for last and is still in progress, or None; a newer one
            replaces it, and whatever was begun for an older one ends without effect.
        history: The comparison that is shown, as last read, or None.
        progress: How far it is.
        traces: The newest gates of the pinned example by contender name, the newest last.
        execution: Device, engine and threads of the newest run, or None before the first.
        why_no_training: Asked before anything trains: why it must not, a clause, or "".

    Signals:
        transitioned: The state before and the state now.
        saved: The path under which the session was saved.
        backup_failed: The path of a session that was not replaced, and the BackupError.
        progressed: Events of the running comparison, a list; they are saved already.
        history_changed: `history` was read again.
    """

    transitioned = Signal(object, object)
    saved = Signal(object)
    backup_failed = Signal(object, object)
    progressed = Signal(list)
    history_changed = Signal()

    def __init__(
        self, folders: Folders, jobs: BackgroundJobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.state: SessionState = Idle()
        self.intent: Intent | None = None
        self.why_no_training: Callable[[], str] = lambda: ""
        self.history: ComparisonHistory | None = None
        self.progress: ComparisonProgress | None = None
        self.traces: dict[str, GatesTraced] = {}
        self.execution: ExecutionInfo | None = None
        self._files = SessionFiles(folders, jobs.compute)
        self._jobs = jobs
        self.parallel = ParallelChoice(folders, jobs.compute, self)
        self._pump = EventPump(self)
        self._pump.pumped.connect(self._take_events)

    @property
    def opened(self) -> OpenedSession | None:
        return opened_in(self.state)

    @property
    def workspace(self) -> Workspace | None:
        return None if self.opened is None else self.opened.workspace

    @property
    def path(self) -> Path | None:
        return None if self.opened is None else self.opened.path

    @property
    def why_read_only(self) -> str:
        """Why nothing can be written, or ""."""
        return "" if self.opened is None else self.opened.why_read_only

    @property
    def comparison(self) -> int | None:
        """Number of the comparison that is shown, or None."""
        return None if self.opened is None else self.opened.comparison

    @property
    def comparisons(self) -> tuple[ComparisonSummary, ...]:
        return () if self.opened is None else self.opened.comparisons

    @property
    def is_starting(self) -> bool:
        """Whether another session or comparison is about to be shown, or to train."""
        return isinstance(self.state, Opening | Starting)

    @property
    def is_training(self) -> bool:
        """Whether a comparison is training or paused."""
        return isinstance(self.state, Training | Paused)

    @property
    def is_paused(self) -> bool:
        return isinstance(self.state, Paused)

    @property
    def is_busy(self) -> bool:
        return self.is_starting or self.is_training

    @property
    def is_untitled(self) -> bool:
        """Whether the session was given no name yet."""
        return self.path is not None and self.path.parent == self.untitled_folder

    @property
    def untitled_folder(self) -> Path:
        """Where unnamed sessions are kept from their first epoch on."""
        return self._files.untitled_folder

    def intend(self, intent: Intent | None) -> None:
        """Takes what the user asked for; what was asked for before is no longer wanted."""
        self.intent = intent

    def train(self, plan: Plan) -> bool:
        """Starts a comparison, in the open session or in a new, unnamed one.

        Where learning rates are to be tried, the comparison that tries them comes first.

        Returns:
            Whether it is about to start; otherwise the user has been told why not.
        """
        opened, known = self.opened, self._known_dataset(plan)
        if opened is not None and opened.why_read_only:
            opened = None
        path = self._files.untitled(plan.spec.name) if opened is None else opened.path

        def job() -> Loaded:
            is_tuned_first = plan.spec.rates is not None
            first = plan_for(tuning_trial(plan.spec), plan.dataset) if is_tuned_first else plan
            machine = describe_machine(plan.spec.machine, self._jobs.compute)
            new = first.record(machine.environment, known=known)
            workspace = self._files.create(path) if opened is None else opened.workspace
            events = workspace.subscribe() if opened is None else opened.events
            self.parallel.apply(workspace, first)
            return training_comparison(workspace, events, workspace.start(first, new), path)

        return self._start(Train(plan), "Starting to train", job)

    def resume(self, comparison: int | None = None) -> bool:
        """Trains the runs of a comparison that have not ended, of the shown one if none is named.

        Returns:
            Whether it is about to start.
        """
        opened = self.opened
        if opened is None:
            return False
        number = opened.comparison if comparison is None else comparison

        def job() -> Loaded:
            self.parallel.apply_stored(opened.workspace, number)
            running = opened.workspace.resume(number)
            return training_comparison(opened.workspace, opened.events, running, opened.path)

        return self._start(Resume(number), "Resuming training", job)

    def add_seeds(self, seeds: int, planned: ComparisonSpec | None = None) -> bool:
        """Trains more seeds of the shown comparison, which has ended.

        Args:
            seeds: How many it shall have in all.
            planned: Its spec with interim looks, where it has none yet.

        Returns:
            Whether it is about to start.
        """
        opened = self.opened
        if opened is None:
            return False
        intent = Extend(opened.comparison, seeds, planned)

        def job() -> Loaded:
            self.parallel.apply_stored(opened.workspace, intent.comparison)
            running = opened.workspace.extend(intent.comparison, seeds, planned)
            return training_comparison(opened.workspace, opened.events, running, opened.path)

        return self._start(intent, "Adding seeds", job)

    def train_longer(self, limits: NewLimits) -> bool:
        """Trains the ended runs of the shown comparison longer.

        Args:
            limits: Their new limits.

        Returns:
            Whether it is about to start.
        """
        opened = self.opened
        if opened is None:
            return False
        intent = TrainLonger(opened.comparison, limits)

        def job() -> Loaded:
            self.parallel.apply_stored(opened.workspace, intent.comparison)
            running = opened.workspace.train_longer(intent.comparison, limits)
            return training_comparison(opened.workspace, opened.events, running, opened.path)

        return self._start(intent, "Training longer", job)

    def show_comparison(self, intent: ShowComparison) -> None:
        """Shows another comparison of the open session; does nothing while one trains."""
        opened, number = self.opened, intent.comparison
        if opened is None or self.is_busy:
            return

        def job() -> Loaded:
            history, comparisons = opened.workspace.ask(
                lambda session: (session.history(number), session.comparisons())
            ).result()
            return replace(opened, comparison=number, comparisons=comparisons), history, None

        self._load(intent, "Reading the comparison", job)

    def open(self, intent: OpenSession) -> None:
        """Opens a session file and shows its last comparison; does nothing while one trains."""
        if not self.is_busy:
            name = intent.path.name
            self._load(intent, f"Opening {name}", lambda: self._open(intent.path))

    def leave(self) -> None:
        """Closes the open session, so that what is trained next begins a new one.

        An unnamed session stays where it is, and is offered again.
        """
        opened = self.opened
        if opened is None or self.is_busy:
            return
        self._pump.disconnect_from_queue()
        self.history, self.progress, self.traces, self.execution = None, None, {}, None
        self._close_later(opened.workspace)
        self._go(Idle())
        self.history_changed.emit()

    def pause_or_resume(self) -> None:
        """Pauses what trains, or resumes it after a pause."""
        state = self.state
        if isinstance(state, Training):
            state.running.control.pause()
            self._go(Paused(state.opened, state.running))
        elif isinstance(state, Paused):
            state.running.control.proceed()
            self._go(Training(state.opened, state.running))

    def stop(self) -> None:
        """Stops training after the current step."""
        if isinstance(self.state, Training | Paused):
            self.state.running.control.stop()

    @property
    def pinned(self) -> int | None:
        """The example that is traced while something trains, or None."""
        state = self.state
        return state.running.control.pinned if isinstance(state, Training | Paused) else None

    def pin(self, example: int) -> None:
        """Traces that example of the validation set (training set without one) each epoch."""
        if isinstance(self.state, Training | Paused):
            self.state.running.control.pinned = example

    def save_as(self, path: Path, *, backup: bool = True) -> None:
        """Saves the whole session under another name and continues there, training included.

        Args:
            path: The new file.
            backup: Whether a copy of a session that it replaces is kept.
        """
        opened = self.opened
        if opened is None:
            return
        moves = self._moves_to(path)

        def job() -> str:
            why = opened.workspace.move_to(path, backup=backup).result()
            if moves:
                opened.path.unlink(missing_ok=True)
            return why

        def take(why: str) -> None:
            now = self.opened
            if now is not None and now.workspace is opened.workspace:
                self._go(with_opened(self.state, replace(now, path=path, why_read_only=why)))
            self.saved.emit(path)

        def failed(error: BaseException) -> None:
            if isinstance(error, BackupError):
                self.backup_failed.emit(path, error)
            else:
                self._jobs.report(f"Saving {path.name} failed", error)

        self._jobs.load(f"Saving {path.name}", job, take, failed)

    def close_as(self, path: Path) -> None:
        """Moves an unnamed session to its place with all that is still saved, and closes; waits.

        Raises:
            SessionError: The place cannot be written; the session stays where it was.
        """
        opened = self.opened
        if opened is None:
            return
        moves = self._moves_to(path)
        opened.workspace.stop()
        opened.workspace.move_to(path).result()
        self.close()
        if moves:
            opened.path.unlink(missing_ok=True)

    def ask(self, question: Callable[[SessionFile], object]) -> "Future[object] | None":
        """Reads the session in the recorder thread; None where none is open."""
        return None if self.workspace is None else self.workspace.ask(question)

    def read_history(self) -> None:
        opened = self.opened
        if opened is None:
            return

        def take(history: ComparisonHistory) -> None:
            now = self.opened
            if now is None or now.workspace is not opened.workspace:
                return
            if now.comparison == opened.comparison:
                self.history = history
                self.history_changed.emit()

        self._jobs.load(
            "Reading results", lambda: opened.workspace.history(opened.comparison), take
        )

    def close(self) -> None:
        """Stops training, saves and closes; waits, at most for the current step."""
        self._pump.disconnect_from_queue()
        self._files.close_all()
        self.state = Idle()

    def _moves_to(self, path: Path) -> bool:
        """Whether saving there takes the place of the unnamed file; not one that others write."""
        old = self.path
        is_ours = self.is_untitled and not self.why_read_only
        return is_ours and old is not None and old.resolve() != path.resolve()

    def _open(self, path: Path) -> Loaded:
        workspace = self._files.open(path)
        try:
            return last_comparison(workspace, path)
        except BaseException:
            self._files.close(workspace)
            raise

    def _start(self, intent: Intent, what: str, job: Callable[[], Loaded]) -> bool:
        """Lets something train, unless something stands against it."""
        why_not = self.why_no_training()
        if why_not:
            self._jobs.report(f"{what} failed", SessionError(why_not))
        if why_not or self.is_busy:
            return False
        self._load(intent, what, job)
        return True

    def _load(self, intent: Intent, what: str, job: Callable[[], Loaded]) -> None:
        """Lets the loader bring what is to be shown; nothing else can begin meanwhile."""
        before = self.state
        assert isinstance(before, Idle | Ready | Ended | Failed)  # noqa: S101 - callers ask is_busy
        is_shown = isinstance(intent, OpenSession | ShowComparison)
        if is_shown:
            self.intend(intent)
        self._pump.disconnect_from_queue()  # what happens from now on is for `_take` to show
        self._go(Opening(intent, before) if is_shown else Starting(intent, before))

        def failed(error: BaseException) -> None:
            opened = self.opened
            if opened is not None:
                self._pump.connect_to(opened.events)
            state = self.state
            self._go(state.before if isinstance(state, Opening | Starting) else state)
            self._jobs.report(f"{what} failed", error)

        self._jobs.load(what, job, self._take, failed)

    def _take(self, loaded: Loaded) -> None:
        opened, history, running = loaded
        before = self.workspace
        if before is not None and before is not opened.workspace:
            self._close_later(before)
        self.history = history
        self.progress = ComparisonProgress.of(history)
        self.traces = {}
        runs = (run for contender in history.contenders for run in contender.runs)
        self.execution = next((run.execution for run in runs if run.execution is not None), None)
        self._pump.connect_to(opened.events)
        self._go(Ready(opened) if running is None else Training(opened, running))
        self.history_changed.emit()

    def _go(self, state: SessionState) -> None:
        before, self.state = self.state, state
        self.transitioned.emit(before, state)

    def _known_dataset(self, plan: Plan) -> "Future[DatasetRecord] | None":
        """How the open session remembers the plan's dataset, where it does."""
        opened, history = self.opened, self.history
        if opened is None or history is None or plan.spec.dataset != history.spec.dataset:
            return None
        return opened.workspace.ask(lambda session: session.dataset(opened.comparison))

    def _close_later(self, workspace: Workspace) -> None:
        def closed(_: None) -> None:
            """Nobody waits for it."""

        self._jobs.load(
            "Closing the previous session", lambda: self._files.close(workspace), closed
        )

    def _take_events(self, events: list[Event]) -> None:
        if self.progress is None:
            return
        for event in events:
            self.progress = self.progress.after(event)
            if isinstance(event, GatesTraced):
                self.traces.pop(event.run.contender, None)
                self.traces[event.run.contender] = event
            elif isinstance(event, RunStarted):
                self.execution = event.execution
        ended, opened = self.progress.ended, self.opened
        state = self.state
        if ended is not None and opened is not None:  # the state is over, its end not yet told
            self.state = (Failed if ended.how == "failed" else Ended)(opened, ended)
        self.progressed.emit(events)
        if ended is not None or any(isinstance(e, RunFinished | RunFailed) for e in events):
            self.read_history()
        if ended is not None:
            self._tell_end(state, ended)

    def _tell_end(self, before: SessionState, ended: ComparisonEnded) -> None:
        self.transitioned.emit(before, self.state)
        if ended.how == "failed":
            self._jobs.report("Training ended", SessionError(ended.problem.removesuffix(".")))

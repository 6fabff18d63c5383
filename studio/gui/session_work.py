"""The session on the desk: opening, training, stopping, saving, and what came out so far."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import QObject, Signal

from studio.core.errors import SessionError
from studio.core.events import (
    ComparisonEnded,
    Event,
    GatesTraced,
    RunFailed,
    RunFinished,
    RunStarted,
    Served,
)
from studio.core.history import ComparisonHistory
from studio.core.progress import ComparisonProgress
from studio.core.record import DatasetRecord
from studio.core.spec import ComparisonSpec
from studio.gui.event_pump import EventPump
from studio.gui.session_begun import Begun, at_work, opened_session
from studio.gui.session_files import SessionFiles
from studio.gui.waiting import Waiting
from studio.paths import Folders
from studio.runs.machine import describe_machine
from studio.runs.plan import Plan, plan_for
from studio.runs.tuning import trial_of
from studio.runs.workspace import Running, Workspace
from studio.sessions import ComparisonSummary, SessionFile


class SessionWork(QObject):
    """The open session; nothing here waits for the file or for training.

    Attributes:
        path: The session file, or None.
        why_read_only: Why nothing can be written, or "".
        comparison: Number of the comparison that is shown, or None.
        comparisons: All comparisons of the session.
        history: The comparison that is shown, as last read, or None.
        progress: How far it is.
        traces: The newest gates of the pinned example by contender name.
        served: With what the newest run is computed, or None before the first.
        why_no_training: Asked before anything trains: what stands against it, a clause, or "".

    Signals:
        opened: The path of a session that was opened, after `session_changed`.
        saved: The path under which a session was saved, after `session_changed`.
        session_changed: Another session or comparison is open, or training began or ended.
        progressed: Events of the comparison under way, a list; they are saved already.
        history_changed: `history` was read anew.
        finished: All runs of the comparison ended by themselves.
    """

    opened = Signal(object)
    saved = Signal(object)
    session_changed = Signal()
    progressed = Signal(list)
    history_changed = Signal()
    finished = Signal()

    def __init__(self, folders: Folders, waiting: Waiting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.why_read_only = ""
        self.comparison: int | None = None
        self.comparisons: tuple[ComparisonSummary, ...] = ()
        self.why_no_training: Callable[[], str] = lambda: ""
        self.history: ComparisonHistory | None = None
        self.progress: ComparisonProgress | None = None
        self.traces: dict[str, GatesTraced] = {}
        self.served: Served | None = None
        self._files = SessionFiles(folders, waiting.compute)
        self._waiting = waiting
        self._workspace: Workspace | None = None
        self._events: SimpleQueue[Event] | None = None
        self._running: Running | None = None
        self._starts = 0
        self._pump = EventPump(self)
        self._pump.pumped.connect(self._take_events)

    @property
    def is_starting(self) -> bool:
        """Whether another session or comparison is about to be shown, or to train."""
        return self._starts > 0

    @property
    def is_training(self) -> bool:
        """Whether a comparison is under way, pauses included."""
        return self._running is not None

    @property
    def is_paused(self) -> bool:
        """Whether it pauses."""
        return self._running is not None and self._running.control.is_paused

    @property
    def is_untitled(self) -> bool:
        """Whether the session was given no name yet."""
        return self.path is not None and self.path.parent == self.untitled_folder

    @property
    def _moves_on_save(self) -> bool:
        """Whether a save takes the place of the file: not where another window writes to it."""
        return self.is_untitled and not self.why_read_only

    @property
    def untitled_folder(self) -> Path:
        """Where work without a name is kept from its first epoch on."""
        return self._files.untitled_folder

    def train(self, plan: Plan) -> None:
        """Starts a comparison, in the open session or in a new one without a name.

        Where rates are to be tried, the comparison that tries them comes first.
        """
        workspace, path, events = self._workspace, self.path, self._events
        known = self._known_dataset(plan)
        if workspace is None or self.why_read_only or path is None or events is None:
            workspace, path, events = None, self._files.untitled(plan.spec.name), None

        def job() -> Begun:
            first = plan if plan.spec.rates is None else plan_for(trial_of(plan.spec), plan.dataset)
            machine = describe_machine(plan.spec.machine, self._waiting.compute)
            new = first.record(machine.environment, known=known)
            busy = workspace or self._files.create(path)
            heard = events or busy.subscribe()
            return at_work(busy, heard, busy.start(first, new), path)

        self._begin("Starting to train", job)

    def resume(self, comparison: int | None = None) -> None:
        """Goes on with the runs of a comparison, of the shown one if none is named."""
        workspace, path, events = self._workspace, self.path, self._events
        comparison = self.comparison if comparison is None else comparison
        if workspace is None or comparison is None or path is None or events is None:
            return

        self._begin(
            "Going on with the training",
            lambda: at_work(workspace, events, workspace.resume(comparison), path),
        )

    def add_seeds(self, seeds: int, planned: ComparisonSpec | None = None) -> None:
        """Trains more seeds of the shown comparison, which has ended.

        Args:
            seeds: How many it shall have in all.
            planned: Its spec with looks, where it has none yet.
        """
        workspace, comparison, path = self._workspace, self.comparison, self.path
        events = self._events
        if workspace is None or comparison is None or path is None or events is None:
            return

        def job() -> Begun:
            running = workspace.extend(comparison, seeds, planned)
            return at_work(workspace, events, running, path)

        self._begin("Adding seeds", job)

    def show_comparison(self, comparison: int) -> None:
        """Shows another comparison of the open session; does nothing while one trains."""
        workspace, path, events = self._workspace, self.path, self._events
        if workspace is None or path is None or events is None:
            return
        if self.is_training or self.is_starting:
            return
        why = self.why_read_only

        def job() -> Begun:
            history, all_of_them = workspace.ask(
                lambda session: (session.history(comparison), session.comparisons())
            ).result()
            return Begun(workspace, events, None, comparison, history, path, why, all_of_them)

        self._start("Reading the comparison", job)

    def open(self, path: Path) -> None:
        """Opens a session file and shows its last comparison."""

        def tell() -> None:
            self.opened.emit(path)

        self._start(f"Opening {path.name}", lambda: self._open(path), tell)

    def leave(self) -> None:
        """Closes the open session, so that what is trained next begins a new one.

        Work without a name stays where it is, and is offered again.
        """
        before = self._workspace
        if before is None or self.is_training or self.is_starting:
            return
        self._pump.disconnect_from_queue()
        self._workspace, self._events, self.path, self.why_read_only = None, None, None, ""
        self.comparison, self.comparisons = None, ()
        self.history, self.progress, self.traces, self.served = None, None, {}, None
        self._close_later(before)
        self.session_changed.emit()
        self.history_changed.emit()

    def pause_or_proceed(self) -> None:
        """Pauses what trains, or goes on after a pause."""
        if self._running is not None:
            control = self._running.control
            (control.proceed if control.is_paused else control.pause)()
            self.session_changed.emit()

    def stop(self) -> None:
        """Stops the training after the step under way."""
        if self._running is not None:
            self._running.control.stop()

    def pin(self, example: int) -> None:
        """Traces that example of the validation part (training without one) after each epoch."""
        if self._running is not None:
            self._running.control.pinned = example

    def save_as(self, path: Path) -> None:
        """Saves the whole session under another name and goes on there, training included."""
        workspace, old = self._workspace, self.path
        if workspace is None:
            return
        moves = self._moves_on_save

        def job() -> str:
            why = workspace.move_to(path).result()
            if moves and old is not None and old.resolve() != path.resolve():
                old.unlink(missing_ok=True)
            return why

        def take(why: str) -> None:
            if workspace is self._workspace:
                self.path, self.why_read_only = path, why
                self.session_changed.emit()
            self.saved.emit(path)

        self._waiting.load(f"Saving {path.name}", job, take)

    def close_as(self, path: Path) -> None:
        """Moves work without a name to its place with all that is still saved, and closes; waits.

        Raises:
            SessionError: The place cannot be written; the work stays where it was.
        """
        workspace, old = self._workspace, self.path
        if workspace is None or old is None:
            return
        moves = self._moves_on_save and old.resolve() != path.resolve()
        workspace.stop()
        workspace.move_to(path).result()
        self.close()
        if moves:
            old.unlink(missing_ok=True)

    def ask(self, question: Callable[[SessionFile], object]) -> "Future[object] | None":
        """Reads the session in the recorder thread; None where none is open."""
        return None if self._workspace is None else self._workspace.ask(question)

    @property
    def workspace(self) -> Workspace | None:
        """The open session at work."""
        return self._workspace

    def close(self) -> None:
        """Stops training, saves and closes; waits, at most for the step under way."""
        self._pump.disconnect_from_queue()
        self._files.close_all()
        self._workspace, self._running = None, None

    def _open(self, path: Path) -> Begun:
        made = self._files.open(path)
        try:
            return opened_session(made, path)
        except BaseException:
            self._files.close(made)
            raise

    def _begin(self, what: str, job: Callable[[], Begun]) -> None:
        """Lets something train, unless something stands against it."""
        why_not = self.why_no_training()
        if why_not:
            self._waiting.report(f"{what} did not work", SessionError(why_not))
            self.session_changed.emit()
        elif not self.is_starting:
            self._start(what, job)

    def _start(
        self, what: str, job: Callable[[], Begun], then: Callable[[], None] = lambda: None
    ) -> None:
        """Lets the loader bring what is to be shown; nothing else can begin meanwhile."""
        self._starts += 1
        self._pump.disconnect_from_queue()  # what happens from now on is for `_begun` to show
        self.session_changed.emit()

        def take(begun: Begun) -> None:
            self._begun(begun)
            then()

        def failed(error: BaseException) -> None:
            self._starts -= 1
            if self._events is not None:
                self._pump.connect_to(self._events)
            self.session_changed.emit()
            self._waiting.report(f"{what} did not work", error)

        self._waiting.load(what, job, take, failed)

    def _known_dataset(self, plan: Plan) -> "Future[DatasetRecord] | None":
        """How the open session remembers the plan's dataset, where it does."""
        workspace, comparison, history = self._workspace, self.comparison, self.history
        if workspace is None or comparison is None or history is None:
            return None
        if plan.spec.dataset != history.spec.dataset:
            return None
        return workspace.ask(lambda session: session.dataset(comparison))

    def _begun(self, begun: Begun) -> None:
        self._starts -= 1
        if self._workspace is not None and self._workspace is not begun.workspace:
            self._close_later(self._workspace)
        self._workspace, self._running = begun.workspace, begun.running
        self._events = begun.events
        self.path, self.comparison = begun.path, begun.comparison
        self.history, self.why_read_only = begun.history, begun.why_read_only
        self.comparisons = begun.comparisons
        self.progress = ComparisonProgress.of(begun.history)
        self.traces = {}
        runs = (run for contender in begun.history.contenders for run in contender.runs)
        self.served = next((run.served for run in runs if run.served is not None), None)
        self._pump.connect_to(begun.events)
        self.session_changed.emit()
        self.history_changed.emit()

    def _close_later(self, workspace: Workspace) -> None:
        def closed(_: None) -> None:
            """Nobody waits for it."""

        what = "Closing the session before"
        self._waiting.load(what, lambda: self._files.close(workspace), closed)

    def _take_events(self, events: list[Event]) -> None:
        if self.progress is None:
            return
        for event in events:
            self.progress = self.progress.after(event)
            if isinstance(event, GatesTraced):
                self.traces[event.run.contender] = event
            elif isinstance(event, RunStarted):
                self.served = event.served
        ended = self.progress.ended
        if ended is not None:
            self._running = None
        self.progressed.emit(events)
        if ended is not None or any(isinstance(e, RunFinished | RunFailed) for e in events):
            self.read_history()
        if ended is not None:
            self._tell_end(ended)

    def _tell_end(self, ended: ComparisonEnded) -> None:
        self.session_changed.emit()
        if ended.how == "finished":
            self.finished.emit()
        if ended.how == "failed":
            self._waiting.report("Training ended", SessionError(ended.problem.removesuffix(".")))

    def read_history(self) -> None:
        """Reads the shown comparison anew."""
        workspace, comparison = self._workspace, self.comparison
        if workspace is None or comparison is None:
            return

        def take(history: ComparisonHistory) -> None:
            if comparison == self.comparison and workspace is self._workspace:
                self.history = history
                self.history_changed.emit()

        self._waiting.load("Reading results", lambda: workspace.history(comparison), take)

"""A comparison trained at more sizes of its training part, one after the other."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QObject, Signal

from studio.core.training_sizes import Portion
from studio.data import Cache, Dataset
from studio.gui.session_work import SessionWork
from studio.gui.waiting import Waiting
from studio.paths import Folders
from studio.runs.plan import Plan, plan_for
from studio.runs.restoring import restore_dataset
from studio.runs.sizes import MissingSize, sizes_asked_for
from studio.runs.workspace import Workspace


class Growing(QObject):
    """Starts the missing sizes in turn; ends when one is stopped or cannot begin.

    Signals:
        told: Which size begins, a sentence.
    """

    told = Signal(str)

    def __init__(
        self, folders: Folders, work: SessionWork, waiting: Waiting, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._folders, self._work, self._waiting = folders, work, waiting
        self._left: list[MissingSize] = []
        self._count = 0
        self._dataset: Dataset | None = None
        self._place: tuple[Workspace, int] | None = None
        self._stage: Literal["idle", "preparing", "starting", "training"] = "idle"
        work.finished.connect(self._go_on)
        work.session_changed.connect(self._look)

    def begin(self, sizes: Sequence[int]) -> None:
        """Trains the shown comparison at sizes that the session does not have.

        Args:
            sizes: Numbers of training examples.
        """
        work = self._work
        workspace, comparison, history = work.workspace, work.comparison, work.history
        if workspace is None or comparison is None or history is None or self._is_busy:
            return
        self._stage, self._place = "preparing", (workspace, comparison)
        where = str(work.path)

        def job() -> tuple[tuple[MissingSize, ...], Dataset]:
            numbers = workspace.ask(lambda file: [each.id for each in file.comparisons()]).result()
            histories = {number: workspace.history(number) for number in numbers}
            record = workspace.ask(lambda session: session.dataset(comparison)).result()
            dataset = restore_dataset(record, where, Cache(self._folders.datasets)).dataset
            portions = [Portion(size, is_share=False) for size in sizes]
            return sizes_asked_for(history.spec, dataset, portions, histories).missing, dataset

        def take(found: tuple[tuple[MissingSize, ...], Dataset]) -> None:
            missing, self._dataset = found
            self._left, self._count = list(missing), len(missing)
            self._next()

        what = "Preparing the sizes"
        self._waiting.load(what, job, take, lambda error: self._fail(what, error))

    @property
    def _is_busy(self) -> bool:
        work = self._work
        is_training = work.is_training or work.is_starting
        return self._stage == "preparing" or is_training or bool(work.why_read_only)

    def _next(self) -> None:
        """Starts the next size, or shows again what was shown before the first."""
        dataset = self._dataset
        if not self._left or dataset is None or not self._is_at_its_place:
            self._end()
            return
        size = self._left.pop(0)
        number = self._count - len(self._left)
        self.told.emit(f"{size.examples:,} training examples ({number} of {self._count})")
        if size.unfinished is not None:
            self._stage = "starting"
            self._work.resume(size.unfinished)
            return
        self._stage = "preparing"
        what = "Preparing the data"
        self._waiting.load(
            what,
            lambda: plan_for(size.spec, dataset),
            self._train,
            lambda error: self._fail(what, error),
        )

    def _train(self, plan: Plan) -> None:
        work = self._work
        if work.is_training or work.is_starting or not self._is_at_its_place:
            self._end()
            return
        self._stage = "starting"
        work.train(plan)

    def _look(self) -> None:
        """Follows what the session does: training began, could not begin, or was stopped."""
        work = self._work
        if work.is_training and self._stage == "starting":
            self._stage = "training"
        elif self._stage == "starting" and not work.is_starting:
            self._end()
        elif self._stage == "training" and not work.is_training and not work.is_starting:
            ended = work.progress.ended if work.progress is not None else None
            if ended is None or ended.how != "finished":
                self._end()

    def _go_on(self) -> None:
        """After a size; trials of learning rates are followed by what they were for."""
        history = self._work.history
        if self._stage == "training" and (history is None or history.spec.asked is None):
            self._next()

    @property
    def _is_at_its_place(self) -> bool:
        return self._place is not None and self._work.workspace is self._place[0]

    def _fail(self, what: str, error: BaseException) -> None:
        self._end()
        self._waiting.report(f"{what} did not work", error)

    def _end(self) -> None:
        is_over = not self._left and self._stage == "training" and self._is_at_its_place
        self._stage, self._left, self._dataset = "idle", [], None
        if is_over and self._place is not None:
            self._work.show_comparison(self._place[1])
        self._place = None

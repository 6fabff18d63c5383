"""Reads the shown example again with what the user changed, in the compute thread."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from studio.core.arrays import Doubles
from studio.core.inspection.course import Course
from studio.core.inspection.edits import NO_EDITS, Edits
from studio.gui.jobs.background_jobs import BackgroundJobs, explained
from studio.gui.pages.gates.gates_work import InspectedGates
from studio.runs.stored.cell_inspection import CellInspection, open_cells


class InspectorWork(QObject):
    """The networks of one example, and their courses with the newest edits.

    Of several edits in quick succession the newest counts; the former courses stay until the new
    ones are there.

    Attributes:
        seen: The gates whose networks are open, or None.
        cells: The networks on the example without edits, by contender.
        edits: What is changed, by contender.
        courses: The newest courses, by contender.
        problem: Why there are none, or "".
        is_ready: Whether the networks are open, also where there is none that can be.

    Signals:
        opened: Other networks or another example; also where that failed.
        changed: `courses` changed by edits.
    """

    opened = Signal()
    changed = Signal()

    def __init__(self, jobs: BackgroundJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._is_busy = False
        self.seen: InspectedGates | None = None
        self.cells: dict[str, CellInspection] = {}
        self.edits: dict[str, Edits] = {}
        self.courses: dict[str, Course] = {}
        self.problem = ""
        self.is_ready = False
        self._computed: dict[str, Edits] = {}

    def open(self, seen: InspectedGates) -> None:
        """Opens the networks of inspected gates; edits of others are dropped."""
        if seen is self.seen:
            return
        self._clear(seen)
        example, pairs = seen.example, seen.pairs
        if example is None:
            return

        def take(cells: dict[str, CellInspection]) -> None:
            if seen is self.seen:
                self.cells, self.is_ready = cells, True
                self.courses = {name: cell.course for name, cell in cells.items()}
                self.opened.emit()

        def refuse(error: BaseException) -> None:
            if seen is self.seen:
                self.problem = explained(error)
                self.opened.emit()

        self._jobs.calculate(
            "Computing the terms of each gate", lambda: open_cells(pairs, example), take, refuse
        )

    def close(self) -> None:
        """Forgets networks and edits."""
        self._clear(None)

    def edit(self, name: str, edits: Edits) -> None:
        """Changes what is held and silenced in a contender."""
        self.edits[name] = edits
        self._compute()

    def edit_inputs(self, inputs: Mapping[int, Doubles]) -> None:
        """Replaces scaled courses of input channels for all contenders."""
        for name in self.cells:
            self.edits[name] = self.edits_of(name).with_inputs(inputs)
        self._compute()

    def reset(self) -> None:
        """Undoes all edits."""
        self.edits = {}
        self._compute()

    def edits_shown(self, name: str) -> Edits:
        """The edits of a contender's newest course; newer ones may be on their way."""
        return self._computed.get(name, NO_EDITS)

    def edits_of(self, name: str) -> Edits:
        """The newest edits."""
        return self.edits.get(name, NO_EDITS)

    @property
    def is_edited(self) -> bool:
        """Whether anything is changed."""
        return any(self.edits.values())

    def _clear(self, seen: InspectedGates | None) -> None:
        self.seen, self.problem, self.is_ready = seen, "", False
        self.cells, self.edits, self.courses, self._computed = {}, {}, {}, {}

    def _compute(self) -> None:
        """Computes the contenders whose edits are others than those of their courses."""
        if self._is_busy:
            return
        cells = self.cells
        wanted = {
            name: self.edits_of(name)
            for name in cells
            if self.edits_of(name) is not self._computed.get(name, NO_EDITS)
        }
        if not wanted:
            return
        self._is_busy = True

        def job() -> dict[str, Course]:
            return {
                name: cells[name].run(edits) if edits else cells[name].course
                for name, edits in wanted.items()
            }

        def take(courses: dict[str, Course]) -> None:
            self._is_busy = False
            if cells is self.cells:
                self.courses |= courses
                self._computed |= wanted
                self.changed.emit()
            self._compute()

        def refuse(error: BaseException) -> None:
            self._is_busy = False
            self._jobs.report("The example cannot be read again", error)

        self._jobs.calculate("Reading the example again", job, take, refuse)

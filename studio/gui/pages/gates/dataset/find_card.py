"""Finds passages of the test set in which units do what is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from studio.analysis.gates.dataset.passages import GateCondition
from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.pages.gates.dataset.condition_row import ConditionRow
from studio.gui.pages.gates.dataset.pass_runner import PassRunner
from studio.gui.pages.gates.dataset.passage_results import PassageResults
from studio.gui.pages.gates.view.gates import Cursor
from studio.gui.pages.gates.view.passage_words import condition_choices, found_words
from studio.gui.widgets.basics import Card, button, fill_combo_box, label, set_tone
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.runs.stored.gate_inspection import has_gates
from studio.runs.stored.unit_traces import FoundPassages, UnitTraces, UnitTracesPass

_MOST_CONDITIONS = 3
_TEASER = "Passages of the test set in which a gate or state is above or below a value."


@dataclass(frozen=True)
class WantedTraces:
    """Which traces are needed: a contender's, of a seed, in a layer and direction, some units."""

    contender: str
    seed: int
    prefix: str
    units: tuple[int, ...] = field(compare=False)


@dataclass(frozen=True)
class PassagePlace:
    """Where a passage begins, and whose model it is."""

    example: int
    contender: str
    seed: int
    epoch: int
    cursor: Cursor


class FindCard(Card):
    """The traces of a contender are read once; then every search is quick.

    Attributes:
        found: The passages, or None.

    Signals:
        chosen: A PassagePlace that the user went to.
    """

    chosen = Signal(object)

    def __init__(
        self, context: AppContext, make: Callable[[WantedTraces], Callable[[], UnitTracesPass]]
    ) -> None:
        super().__init__("Find passages")
        self._context, self._make = context, make
        self.runner = PassRunner(context.jobs, self)
        self.runner.changed.connect(self._progressed)
        self.contender = ElidedComboBox("Whose passages are found")
        self.contender.setAccessibleName("Contender")
        self.contender.currentIndexChanged.connect(lambda _: self._offer())
        self.search = button("Find", self._begin, tip=_TEASER)
        self.more = button("and…", self._add_row, tip="Add a condition that must hold as well")
        self.stop = button("Stop", self.runner.stop)
        self.progress = label("", tone="muted")
        self.progress.setWordWrap(False)
        self.words = label(_TEASER, tone="muted")
        self.rows: list[ConditionRow] = []
        self.results = PassageResults(context.appearance)
        self.results.chosen.connect(self._choose)
        self.found: FoundPassages | None = None
        self._specs: dict[str, ContenderSpec] = {}
        self._place, self._seed = "l0", 1
        self._traces: tuple[WantedTraces, UnitTraces] | None = None
        self._is_old = False
        self._lay_out()
        self._add_row()

    def offer(
        self, specs: Sequence[ContenderSpec], prefix: str, seed: int, *, possible: bool
    ) -> None:
        """The contenders, and the layer and seed that the page shows."""
        self._specs = {spec.name: spec for spec in specs if has_gates(spec)}
        self._place, self._seed = prefix, seed
        names = [(name, name) for name in self._specs]
        fill_combo_box(self.contender, names, self.contender.currentData())
        self.search.setEnabled(possible and bool(self._specs))
        self._offer()
        stroke = self._traces and self._context.strokes().get(self._traces[0].contender)
        if stroke:
            self.results.use(stroke)

    def forget(self) -> None:
        """Another session."""
        self.runner.stop()
        self._traces = self.found = None
        self._show_nothing(_TEASER, "muted")

    def read_again(self) -> None:
        """Runs went on: the next search reads the test set again."""
        self._is_old = True

    @property
    def conditions(self) -> list[GateCondition]:
        return [row.condition for row in self.rows]

    def _offer(self) -> None:
        spec = self._specs.get(self.contender.currentData() or "")
        if spec is not None:
            for row in self.rows:
                row.offer(condition_choices(spec.cell), spec.hidden_size)

    def _begin(self) -> None:
        conditions = self.conditions
        units = tuple(dict.fromkeys(each.unit for each in conditions))
        wanted = WantedTraces(self.contender.currentData(), self._seed, self._place, units)
        known = self._traces
        is_known = known is not None and known[0] == wanted and not self._is_old
        if is_known and known is not None and known[1].knows(conditions):
            self._search(wanted, known[1], conditions)
            return

        def take(reading: UnitTracesPass) -> None:
            traces = reading.result()
            self._traces, self._is_old = (wanted, traces), False
            self._search(wanted, traces, conditions)

        self._traces = None
        refuse = partial(self._show_nothing, tone="warning")
        self.runner.begin(self._make(wanted), take, refuse)

    def _search(
        self, wanted: WantedTraces, traces: UnitTraces, conditions: Sequence[GateCondition]
    ) -> None:
        def take(found: FoundPassages) -> None:
            if self._traces is not None and self._traces[1] is traces:
                self._show(found, traces)

        def refuse(error: BaseException) -> None:
            self._show_nothing(explained(error), "warning")

        what = f"Searching {wanted.contender}"
        self._context.jobs.load(what, lambda: traces.find(conditions), take, refuse)

    def _show(self, found: FoundPassages, traces: UnitTraces) -> None:
        self.found = found
        run, available = traces.model.run, len(traces.task.test)
        name, whose = run.contender, f"{run.contender}, seed {run.seed},"
        words = found_words(found.passages, len(traces.numbers), available, whose)
        self._show_nothing(words, "muted")
        stroke = self._context.strokes().get(name)
        if not len(found.passages) or stroke is None:
            return
        self.results.show_found(
            found, traces.model.preprocessing, lambda at: traces.aligned(found, at), stroke
        )
        self.results.show()

    def _show_nothing(self, words: str, tone: str) -> None:
        self.results.hide()
        self.words.setText(words)
        set_tone(self.words, tone)

    def _choose(self, row: int) -> None:
        found, known = self.found, self._traces
        if found is None or known is None:
            return
        first, model = found.conditions[0], known[1].model
        cursor = Cursor(int(found.passages.first[row]), first.name, first.unit)
        number = int(found.numbers[row])
        run = model.run
        place = PassagePlace(number, run.contender, run.seed, model.epoch, cursor)
        self.chosen.emit(place)

    def _add_row(self) -> None:
        row = ConditionRow("and" if self.rows else "where")
        row.remove.setEnabled(bool(self.rows))
        row.removed.connect(lambda: self._remove_row(row))
        row.entered.connect(self._begin)
        self.rows.append(row)
        self._conditions.addWidget(row)
        self._offer()
        self.more.setEnabled(len(self.rows) < _MOST_CONDITIONS)

    def _remove_row(self, row: ConditionRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.more.setEnabled(True)

    def _progressed(self) -> None:
        running = self.runner.is_running
        for part in (self.progress, self.stop):
            part.setVisible(running)
        self.search.setVisible(not running)
        self.progress.setText(self.runner.words)

    def _lay_out(self) -> None:
        for part in (self.progress, self.stop):
            self.header.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
            part.hide()
        choices = FlowRow()
        choices.add(self.contender, caption="passages of")
        self._conditions = QVBoxLayout()
        actions = FlowRow()
        actions.add(self.more)
        actions.add(self.search)
        self.body.addWidget(choices)
        self.body.addLayout(self._conditions)
        self.body.addWidget(actions)
        self.body.addWidget(self.words)
        self.body.addWidget(self.results)
        self.results.hide()

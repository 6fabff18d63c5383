"""The page Gates: the same example through every contender, gate by gate."""

from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.events import Event, GatesTraced, Pair
from studio.core.preparation import Preparation
from studio.core.spec import ComparisonSpec
from studio.gui.desk import Desk
from studio.gui.pages.gates_body import GatesBody, View
from studio.gui.pages.gates_controls import GatesControls
from studio.gui.pages.gates_work import GatesWork, Seen
from studio.gui.pages.page import Page
from studio.gui.viewstate.gates import layer_choices
from studio.gui.widgets.basics import EmptyPage, em, label, set_tone
from studio.runs.looking import Look


@dataclass(frozen=True)
class _Source:
    """Where the gates come from: the session, or the plan before any training."""

    spec: ComparisonSpec
    preparation: Preparation
    sizes: dict[str, int]

    @property
    def watched(self) -> str:
        """The part whose pinned example is traced while training."""
        return "validation" if self.sizes.get("validation") else "training"


class GatesPage(Page):
    """Stored gates of any kept epoch; live ones of the pinned example while training."""

    name = "gates"
    icon = "mdi6.grid"
    title = "Gates"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.work = GatesWork(desk, self)
        self.empty = EmptyPage(
            "There is nothing to look into yet.", "Open data", lambda: self.go_to.emit("data")
        )
        self.controls = GatesControls()
        self.problem = label("", tone="warning")
        self.body = GatesBody(desk.look)
        self._looks: dict[str, Look] = {}
        self._wanted: object = None
        self._shown_source: object = None
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """See Page."""
        source = self._source()
        self.empty.setVisible(source is None)
        self._filled.setVisible(source is not None)
        if source is None:
            return
        live = self._is_live
        contenders = source.spec.contenders
        self.body.show_contenders([each.name for each in contenders])
        layers = {each.name: (each.num_layers, each.bidirectional) for each in contenders}
        self.controls.show_layers(layer_choices(layers))
        self.controls.show_parts(source.sizes, only=source.watched if live else "")
        self._offer_runs(source.spec)
        self.controls.set_live(training=self.desk.work.is_training, live=live)
        if live:
            self._take_live(source)
        else:
            self._ask()
        self._draw(source)

    @property
    def _is_live(self) -> bool:
        return self.desk.work.is_training and self.controls.follows

    def _follow(self) -> None:
        if not self.controls.follows:
            self.work.read_epochs()
        self._wanted, self._looks = None, {}
        self.mark_stale()

    def _source(self) -> _Source | None:
        history, plan = self.desk.work.history, self.desk.planner.plan
        if history is not None:
            return _Source(history.spec, history.preparation, dict(history.part_sizes))
        if plan is not None:
            sizes = {name: len(part) for name, part in plan.task.parts.items()}
            return _Source(plan.spec, plan.task.preparation, sizes)
        return None

    def _offer_runs(self, spec: ComparisonSpec) -> None:
        first = spec.task.divisions[0]  # of folds it is the first that is looked at
        known = {run: e for run, e in self.work.epochs.items() if run.division == first}
        begun = sorted({run.seed for run, kept in known.items() if kept})
        self.controls.show_seeds(begun or list(spec.training.seed_list[:1]))
        seed = self.controls.selection.seed
        epochs = {e for run, kept in known.items() if run.seed == seed for e in kept}
        self.controls.show_epochs(sorted(epochs), max(epochs, default=0))

    def _ask(self) -> None:
        history, plan = self.desk.work.history, self.desk.planner.plan
        if history is not None and not self.work.epochs:
            return  # which epochs are kept is being read
        wanted = (self.work.source, plan if history is None else None, self.controls.selection)
        if wanted != self._wanted:
            self._wanted = wanted
            self.work.ask(self.controls.selection)

    def _take_live(self, source: _Source) -> None:
        self._wanted = None
        traces = self.desk.work.traces
        self._looks = {
            each.name: Look(each, traces[each.name].epoch, traces[each.name].trace, {}, {})
            for each in source.spec.contenders
            if each.name in traces
        }
        self._tell(
            "muted",
            f"Live: an example of the {source.watched} part, after each epoch."
            if self._looks
            else "The gates appear after the first epoch.",
        )

    def _take_seen(self) -> None:
        seen, source = self.work.seen, self._source()
        if seen is None or source is None or self._is_live:
            return
        if not seen.problem:
            self._looks = seen.looks
        nothing = "" if seen.looks else "No contender has begun with this seed."
        self._tell("warning", seen.problem or nothing)
        self.controls.truth.setText(_truth(seen, source.preparation))
        self._draw(source)

    def _draw(self, source: _Source) -> None:
        layer, reverse = self.controls.layer_choice
        view = View(layer, reverse, self.controls.unit_order, self._scored_epochs())
        self.body.show_looks(self._looks, source.preparation, self.desk.strokes(), view)

    def _scored_epochs(self) -> dict[str, int]:
        """After which epoch the chosen seed's run was scored, by contender."""
        history = self.desk.work.history
        if history is None:
            return {}
        wanted = Pair(self.controls.selection.seed, history.spec.task.divisions[0])
        runs = (run for contender in history.contenders for run in contender.runs)
        return {
            run.run.contender: run.result.kept_epoch
            for run in runs
            if run.run.pair == wanted and run.result is not None
        }

    def _tell(self, tone: str, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_tone(self.problem, tone)

    def _selected(self) -> None:
        if self._is_live:
            self.desk.work.pin(self.controls.number.value())
        self.mark_stale()

    def _session_changed(self) -> None:
        if self.work.source != self._shown_source:
            self._shown_source = self.work.source
            self.work.forget()
            self._wanted, self._looks = None, {}
        self.mark_stale()

    def _history_changed(self) -> None:
        self.set_state("done" if self.desk.work.history is not None else "")
        self.work.read_epochs()
        self.mark_stale()

    def _progressed(self, events: list[Event]) -> None:
        if self._is_live and any(isinstance(event, GatesTraced) for event in events):
            self.mark_stale()

    def _lay_out(self) -> None:
        self._filled = QWidget()
        column = QVBoxLayout(self._filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.7))
        column.addWidget(self.controls)
        column.addWidget(self.problem)
        column.addWidget(self.body, 1)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._filled)
        self._filled.hide()

    def _connect(self) -> None:
        desk = self.desk
        desk.work.session_changed.connect(self._session_changed)
        desk.work.history_changed.connect(self._history_changed)
        desk.work.progressed.connect(self._progressed)
        desk.planner.plan_changed.connect(self.mark_stale)
        desk.look.changed.connect(self.mark_stale)
        self.work.arrived.connect(self._take_seen)
        self.work.epochs_changed.connect(self.mark_stale)
        self.controls.selected.connect(self._selected)
        self.controls.rearranged.connect(self.mark_stale)
        self.controls.followed.connect(self._follow)
        self.body.reach.changed.connect(self.mark_stale)


def _truth(seen: Seen, preparation: Preparation) -> str:
    """The class of the example, or where it comes from."""
    if seen.example is None or preparation.stepwise:
        return ""
    if preparation.class_names is not None:
        return f"class {preparation.class_names[int(seen.example.truth)]}"
    if seen.example.position is not None and preparation.window is not None:
        return f"forecast from step {seen.example.position}"
    return ""

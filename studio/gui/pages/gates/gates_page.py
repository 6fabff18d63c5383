"""The page Gates: the same example through every contender, gate by gate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import Event, GatesTraced, PairId
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.dataset.find_card import PassagePlace
from studio.gui.pages.gates.dataset.gate_studies import GateStudies
from studio.gui.pages.gates.foreign_gates import ForeignRow
from studio.gui.pages.gates.gates_body import GatesBody, View
from studio.gui.pages.gates.gates_controls import GatesControls
from studio.gui.pages.gates.gates_inspector import Inspector
from studio.gui.pages.gates.gates_work import NEW_DATA, GatesWork, InspectedGates, NewExample
from studio.gui.pages.gates.pinned_gates import PinnedGates
from studio.gui.pages.gates.view.gates import NO_GATES, Cursor, layer_choices, why_no_gates
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import EmptyPage, em, label, set_tone
from studio.runs.stored.gate_inspection import GateInspection, has_gates, series_of_example


@dataclass(frozen=True)
class _Source:
    """Where the gates come from: the session, or the plan before any training."""

    spec: ComparisonSpec
    preprocessing: Preprocessing
    sizes: dict[str, int]

    @property
    def watched(self) -> str:
        """The part whose pinned example is traced while training."""
        return "validation" if self.sizes.get("validation") else "training"


@dataclass
class _LeftView:
    """What was looked at when the session was left, as far as it is not shown again yet."""

    example: tuple[str, int] | None = None
    run: tuple[int, int] | None = None
    cursors: dict[str, Cursor] = field(default_factory=dict)
    fixed: str = ""
    wanted: str = ""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "_LeftView":
        """From a file that anyone may have written; what is not as it should be is left out."""
        left = cls(fixed=str(state.get("fixed", "")))
        match state.get("example"):
            case [str() as part, int() as number]:
                left.example = part, number
        match state.get("run"):
            case [int() as seed, int() as epoch]:
                left.run = seed, epoch
        cursors = state.get("cursors")
        for name, place in (cursors if isinstance(cursors, dict) else {}).items():
            match place:
                case [int() as step, str() as panel, int() as unit]:
                    left.cursors[name] = Cursor(max(step, 0), panel, max(unit, 0))
        return left


class GatesPage(Page):
    """Stored gates of any kept epoch; live ones of the pinned example while training."""

    name = "gates"
    icon = "mdi6.grid"
    title = "Gates"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.gates_work = GatesWork(context, self)
        self.pinned_gates = PinnedGates(context, self)
        self.empty = EmptyPage(
            "No networks to inspect yet.", "Open data", lambda: self.go_to.emit("data")
        )
        self.controls = GatesControls()
        self.problem = label("", tone="warning")
        self.foreign_row = ForeignRow(self.gates_work.foreign)
        self.body = GatesBody(context.appearance)
        self.inspector = Inspector(context, self.body, self)
        self.studies = GateStudies(context, self.gates_work)
        self._inspections: dict[str, GateInspection] = {}
        self._wanted: object = None
        self._shown_source: object = None
        self._left = _LeftView()
        self._lay_out()
        self._connect()

    def view_state(self) -> dict[str, Any]:
        """The example, the run, and where the cursors are."""
        chosen = self.controls.selection
        columns = self.body.columns.items()
        return {
            "example": [chosen.part, chosen.index],
            "run": [chosen.seed, chosen.epoch],
            "cursors": {
                name: [place.step, place.panel, place.unit]
                for name, column in columns
                if (place := column.maps.cursor_place) is not None
            },
            "fixed": next((n for n, column in columns if column.maps.is_fixed_here), ""),
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Takes what was left; it is shown when the session's epochs and gates are there."""
        self._left = _LeftView.of(state)
        self.mark_stale()

    def show_example(self, part: str, index: int, contender: str, seed: int, epoch: int) -> None:
        """Shows the gates of an example at an epoch of a contender's run, also while training."""
        self.controls.follow.show_choice("kept")
        self.gates_work.read_epochs()
        self._left = _LeftView((part, index), (seed, epoch), wanted=contender)
        self._wanted = None
        self.mark_stale()

    def show_new_example(self, wanted: NewExample) -> None:
        """Shows the gates of an example of new data, as one of a set of its own."""
        self.gates_work.new_data = wanted.data
        self.show_example(NEW_DATA, wanted.index, wanted.contender, wanted.seed, wanted.epoch)

    def open_model(self, path: Path) -> None:
        """Shows a model of another program in place of the contenders."""
        self.gates_work.foreign.open(path, self.gates_work.known_task)

    def show_passage(self, place: PassagePlace) -> None:
        """Shows the example of a passage with the cursor where it begins."""
        wanted, cursors = place.contender, self.body.cursors
        self.show_example("test", place.example, wanted, place.seed, place.epoch)
        step = place.cursor.step
        self._left.cursors = {name: replace(each, step=step) for name, each in cursors.items()}
        self._left.cursors[wanted] = place.cursor
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(0))

    def refresh(self) -> None:
        source = self._source()
        self.empty.setVisible(source is None)
        self._filled.setVisible(source is not None)
        if source is None:
            return
        live = self._is_live
        contenders = source.spec.contenders
        gateless = {
            contender.name: why_no_gates(contender.cell)
            for contender in contenders
            if not has_gates(contender)
        }
        self.body.show_contenders([contender.name for contender in contenders], gateless)
        layers = {
            contender.name: (contender.num_layers, contender.bidirectional)
            for contender in filter(has_gates, contenders)
        }
        self.controls.show_layers(layer_choices(layers))
        self.controls.show_parts(source.sizes, only=source.watched if live else "")
        self._offer_runs(source.spec)
        if not live:
            self._restore_selection(source)
        training = self.context.session.is_training and self.gates_work.foreign.model is None
        self.controls.set_live(training=training, live=live)
        if live:
            self._take_live(source)
        else:
            self._ask()
        self._draw(source)

    def _restore_selection(self, source: _Source) -> None:
        """Chooses what was left, once it can be chosen."""
        if self._left.example is not None:
            self.controls.choose_example(*self._left.example, source.sizes)
            self._left.example = None
        if self._left.run is not None and self.gates_work.epochs:
            seed, epoch = self._left.run
            self.controls.choose_run(seed, epoch)
            self._offer_runs(source.spec)  # the epochs of that seed
            self.controls.choose_run(seed, epoch)
            self._left.run = None

    def _restore_cursors(self) -> None:
        """Puts the cursors where they were left, once the gates are drawn."""
        for name, cursor in self._left.cursors.items():
            if name in self.body.columns:
                self.body.columns[name].maps.put_cursor(cursor)
        if self._left.fixed in self.body.columns:
            self.body.columns[self._left.fixed].maps.fixed.emit()
        if self._left.wanted in self.body.columns:
            self.body.bring_forward(self._left.wanted)
        self._left = _LeftView()

    @property
    def _is_live(self) -> bool:
        is_own = self.gates_work.foreign.model is None
        return is_own and self.context.session.is_training and self.controls.follows

    def _follow(self) -> None:
        if not self.controls.follows:
            self.gates_work.read_epochs()
        self._wanted, self._inspections = None, {}
        self.mark_stale()

    def _source(self) -> _Source | None:
        history, plan = self.context.session.history, self.context.planner.plan
        foreign = self.gates_work.foreign
        if foreign.model is not None and foreign.spec is not None:
            task = foreign.model.task
            sizes = {name: len(part) for name, part in task.parts.items()}
            return _Source(foreign.spec, task.preprocessing, sizes)
        if history is not None:
            new = self.gates_work.new_data
            added = {} if new is None else {NEW_DATA: len(new)}
            return _Source(history.spec, history.preprocessing, {**history.part_sizes, **added})
        if plan is not None:
            sizes = {name: len(part) for name, part in plan.task.parts.items()}
            return _Source(plan.spec, plan.task.preprocessing, sizes)
        return None

    def _offer_runs(self, spec: ComparisonSpec) -> None:
        if self.gates_work.foreign.model is not None:
            self.controls.show_seeds([1])
            self.controls.show_epochs([0], 0)
            return
        first = spec.task.fold_ids[0]  # with folds, the first is shown
        epochs_by_run = {
            run: e for run, e in self.gates_work.epochs.items() if run.fold_id == first
        }
        begun = sorted({run.seed for run, kept in epochs_by_run.items() if kept})
        self.controls.show_seeds(begun or list(spec.training.seed_list[:1]))
        seed = self.controls.selection.seed
        epochs = {e for run, kept in epochs_by_run.items() if run.seed == seed for e in kept}
        self.controls.show_epochs(sorted(epochs), max(epochs, default=0))

    def _ask(self) -> None:
        history, plan = self.context.session.history, self.context.planner.plan
        is_foreign = self.gates_work.foreign.model is not None
        if history is not None and not is_foreign and not self.gates_work.epochs:
            return  # which epochs are kept is being read
        wanted = (
            self.gates_work.source,
            plan if history is None and not is_foreign else None,
            self.controls.selection,
        )
        if wanted != self._wanted:
            self._wanted = wanted
            self.gates_work.ask(self.controls.selection)

    def _take_live(self, source: _Source) -> None:
        self._wanted = None
        pinned = self.context.session.pinned
        if pinned is not None:
            self.controls.show_pinned(pinned)
        traces = self.pinned_gates.newest(source.watched)
        self._inspections = {
            contender.name: GateInspection(
                contender,
                traces[contender.name].epoch,
                traces[contender.name].trace,
                {},
                {},
                series_of_example(source.preprocessing, traces[contender.name].position),
            )
            for contender in source.spec.contenders
            if contender.name in traces
        }
        self._show_message(
            "muted",
            self._nothing_to_show(source)
            or f"Live: an example of the {source.watched} set, after each epoch; a run that has "
            "ended shows its last one."
            if self._inspections
            else self._why_not_yet(),
        )

    def _why_not_yet(self) -> str:
        workspace = self.context.session.workspace
        if workspace is not None and workspace.parallel is not None:
            return (
                "There are no live gates while runs train on workers; choose “any epoch” to see "
                "those of a finished epoch."
            )
        return "Gates appear after the first epoch."

    def _take_seen(self) -> None:
        seen, source = self.gates_work.seen, self._source()
        if seen is None or source is None or self._is_live:
            return
        if not seen.problem:
            self._inspections = seen.inspections
        no_gates = self._nothing_to_show(source)
        nothing = "" if seen.inspections else "No contender has started with this seed."
        self._show_message("muted" if no_gates else "warning", no_gates or seen.problem or nothing)
        self.controls.targets_in_units.setText(_truth(seen, source.preprocessing))
        restores = bool(seen.inspections) and self._left.run is None
        self._draw(source, self._restore_cursors if restores else None)

    def _bring_in_sight(self) -> None:
        """Scrolls to the inspector where there is no room for it below the maps."""
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.body.inspector, 0, 0))

    @staticmethod
    def _nothing_to_show(source: _Source) -> str:
        """Why there are no gates at all, or ""."""
        return "" if any(map(has_gates, source.spec.contenders)) else NO_GATES

    def _draw(self, source: _Source, then: Callable[[], None] | None = None) -> None:
        layer, reverse = self.controls.layer_choice
        seen = None if self._is_live else self.gates_work.seen
        example = None if seen is None else seen.example
        truth = None if example is None else example.targets_in_units
        view = View(layer, reverse, self.controls.unit_order, self._scored_epochs(), truth)
        strokes = self.context.strokes()
        parts = self.body.drawing(self._inspections, source.preprocessing, strokes, view)
        parts += [partial(self._show_beside, seen, source, view), *([then] if then else [])]
        if self.body.has_new_columns:
            self.draw_in_turn(parts)
            return
        self.draw_in_turn(())
        for part in parts:
            part()

    def _show_beside(self, seen: InspectedGates | None, source: _Source, view: View) -> None:
        self.inspector.follow(seen, source.preprocessing, view)
        self.studies.follow(seen, source.preprocessing)
        seed = self.controls.selection.seed
        self.studies.offer(source.spec.contenders, view.prefix, seed)

    def _scored_epochs(self) -> dict[str, int]:
        """After which epoch the chosen seed's run was scored, by contender."""
        history = self.context.session.history
        if history is None or self.gates_work.foreign.model is not None:
            return {}
        wanted = PairId(self.controls.selection.seed, history.spec.task.fold_ids[0])
        runs = (run for contender in history.contenders for run in contender.runs)
        return {
            run.run.contender: run.result.kept_epoch
            for run in runs
            if run.run.pair == wanted and run.result is not None
        }

    def _show_message(self, tone: str, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_tone(self.problem, tone)

    def _selected(self) -> None:
        if self._is_live:
            self.context.session.pin(self.controls.number.value())
        self.mark_stale()

    def _follow_session(self) -> None:
        if self.gates_work.session_source != self._shown_source:
            self._shown_source = self.gates_work.session_source
            self.gates_work.foreign.close()
            self.gates_work.forget()
            self.pinned_gates.forget()
            self.studies.forget()
            self._wanted, self._inspections = None, {}
        self.mark_stale()

    def _foreign_changed(self) -> None:
        self.gates_work.seen = None
        self.body.free()
        self.studies.forget()
        self._wanted, self._inspections = None, {}
        self.mark_stale()

    def _plan_changed(self) -> None:
        self.gates_work.foreign.close_if_other_data()
        self.mark_stale()

    def _history_changed(self) -> None:
        self.set_state("done" if self.context.session.history is not None else "")
        self.gates_work.read_epochs()
        self.mark_stale()

    def _progressed(self, events: list[Event]) -> None:
        if self._is_live and any(isinstance(event, GatesTraced) for event in events):
            self.mark_stale()

    def _lay_out(self) -> None:
        self._filled = QWidget()
        column = QVBoxLayout(self._filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.7))
        column.addWidget(self.foreign_row)
        column.addWidget(self.controls)
        column.addWidget(self.problem)
        column.addWidget(self.body, 1)
        column.addWidget(self.studies)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._filled)
        self._filled.hide()

    def _connect(self) -> None:
        context = self.context
        context.session.transitioned.connect(self._follow_session)
        context.session.history_changed.connect(self._history_changed)
        context.session.progressed.connect(self._progressed)
        context.planner.plan_changed.connect(self._plan_changed)
        self.gates_work.foreign.changed.connect(self._foreign_changed)
        context.appearance.changed.connect(self.mark_stale)
        self.gates_work.arrived.connect(self._take_seen)
        self.pinned_gates.changed.connect(self.mark_stale)
        self.gates_work.epochs_changed.connect(self.mark_stale)
        self.controls.selected.connect(self._selected)
        self.controls.rearranged.connect(self.mark_stale)
        self.controls.followed.connect(self._follow)
        self.body.gradient_norms.changed.connect(self.mark_stale)
        self.studies.passages.chosen.connect(self.show_passage)
        self.inspector.shown.connect(self._bring_in_sight)
        self.inspector.undone.connect(self.mark_stale)


def _truth(seen: InspectedGates, preprocessing: Preprocessing) -> str:
    """The class of the example, or where it comes from."""
    if seen.example is None or preprocessing.per_step:
        return ""
    if not seen.example.is_known:
        return "truth not known"
    if preprocessing.class_names is not None:
        return f"class {preprocessing.class_names[int(seen.example.targets_in_units)]}"
    if seen.example.position is not None and preprocessing.window is not None:
        return f"forecast from step {seen.example.position}"
    return ""

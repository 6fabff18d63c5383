"""The page Gates: the same example through every contender, gate by gate."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec
from studio.gui.desk import Desk
from studio.gui.pages.gates_column import GatesColumn
from studio.gui.pages.gates_controls import GatesControls
from studio.gui.pages.gates_insight import HalfLifeCard, Panels, ReachCard, SaturationCard
from studio.gui.pages.gates_work import GatesWork, Seen
from studio.gui.pages.page import Page
from studio.gui.pages.unit_card import UnitCard
from studio.gui.plots.heat_map import Shown
from studio.gui.viewstate.gates import (
    Panel,
    layer_choices,
    panels_of,
    prefix_of,
    unit_order,
)
from studio.gui.widgets.basics import EmptyPage, Segments, em, label
from studio.runs.looking import Look

_COLUMN_EM = 21
_NARROW_COLUMN_EM = 28
_INSIGHT_EM = 22
_WIDE_EM = 72
_ANY_WIDTH = 16777215  # Qt's QWIDGETSIZE_MAX


class GatesPage(Page):
    """Stored gates of any kept epoch; live ones of the pinned example while training."""

    name = "gates"
    icon = "mdi6.grid"
    title = "Gates"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.work = GatesWork(desk, self)
        self.controls = GatesControls()
        self.columns: dict[str, GatesColumn] = {}
        self._looks: dict[str, Look] = {}
        self._wanted: object = None
        self._comparison = desk.work.comparison
        self.chooser = Segments((), "Contender")
        self._chooser_box = QWidget()
        self._chooser_row = QHBoxLayout(self._chooser_box)
        self._columns_row = QHBoxLayout()
        self._lay_out()
        self._connect()
        self._show_nothing()

    def refresh(self) -> None:
        """See Page."""
        source = self._source()
        if source is None:
            self._show_nothing()
            return
        contenders, preparation, sizes = source
        self.empty.hide()
        self._body.show()
        live = self.desk.work.is_training
        self.controls.show_parts(sizes if not live else {self._watched(sizes): 10**9, **sizes})
        self.controls.show_layers(
            layer_choices({c.name: (c.num_layers, c.bidirectional) for c in contenders})
        )
        self._offer_runs()
        self.controls.set_live(live=live)
        self._make_columns([each.name for each in contenders])
        if live:
            self._take_live(contenders)
        else:
            self._ask()
        self._draw(preparation)

    def _source(self) -> tuple[tuple[ContenderSpec, ...], Preparation, dict[str, int]] | None:
        """Contenders, preparation and sizes of the parts: of the session, or of the plan."""
        history, plan = self.desk.work.history, self.desk.planner.plan
        if history is not None:
            return history.spec.contenders, history.preparation, dict(history.part_sizes)
        if plan is not None:
            sizes = {name: len(part) for name, part in plan.task.parts.items()}
            return plan.spec.contenders, plan.task.preparation, sizes
        return None

    @staticmethod
    def _watched(sizes: dict[str, int]) -> str:
        return "validation" if sizes.get("validation") else "training"

    def _offer_runs(self) -> None:
        history, plan = self.desk.work.history, self.desk.planner.plan
        spec = history.spec if history is not None else plan.spec if plan is not None else None
        if spec is None:
            return
        begun = sorted({run.seed for run, kept in self.work.epochs.items() if kept})
        self.controls.show_seeds(begun or list(spec.training.seed_list[:1]))
        seed = self.controls.selection.seed
        epochs = {e for run, kept in self.work.epochs.items() if run.seed == seed for e in kept}
        self.controls.show_epochs(sorted(epochs), max(epochs, default=0))

    def _ask(self) -> None:
        if self.desk.work.history is not None and not self.work.epochs:
            return  # which epochs are kept is being read
        selection = self.controls.selection
        wanted = (self.desk.work.comparison, self._plan_key(), selection)
        if wanted != self._wanted:
            self._wanted = wanted
            self.work.ask(selection)

    def _plan_key(self) -> object:
        return None if self.desk.work.history is not None else self.desk.planner.plan

    def _take_live(self, contenders: tuple[ContenderSpec, ...]) -> None:
        self._wanted = None
        traces = self.desk.work.traces
        self._looks = {
            each.name: Look(each, traces[each.name].epoch, traces[each.name].trace, {}, {})
            for each in contenders
            if each.name in traces
        }
        self._tell("" if self._looks else "The gates appear after the first epoch.")

    def _take_seen(self) -> None:
        seen = self.work.seen
        if seen is None or self.desk.work.is_training:
            return
        if not seen.problem:
            self._looks = seen.looks
        problem = seen.problem
        if not problem and not seen.looks:
            problem = "No contender has begun with this seed."
        self._tell(problem)
        self._show_truth(seen)
        source = self._source()
        if source is not None:
            self._draw(source[1])

    def _show_truth(self, seen: Seen) -> None:
        source = self._source()
        if seen.example is None or source is None:
            return
        preparation, truth = source[1], seen.example.truth
        if preparation.class_names is not None:
            self.controls.truth.setText(f"{preparation.class_names[int(truth)]}")
        elif seen.example.position is not None and preparation.window is not None:
            self.controls.truth.setText(f"forecast from step {seen.example.position}")
        else:
            self.controls.truth.setText("")

    def _draw(self, preparation: Preparation) -> None:
        strokes = self.desk.strokes()
        layer, reverse = self.controls.layer_choice
        contenders: dict[str, tuple[str, tuple[Panel, ...]]] = {}
        for name, look in self._looks.items():
            column, spec = self.columns.get(name), look.contender
            fits = layer < spec.num_layers and (spec.bidirectional or not reverse)
            if column is None or name not in strokes or not fits:
                continue
            panels = panels_of(
                CELLS[spec.cell], look.trace.layers, prefix_of(layer, reverse=reverse)
            )
            contenders[name] = (spec.cell, panels)
            order = unit_order(CELLS[spec.cell], panels, self.controls.unit_order)
            inputs = preparation.input_scaler.undo(look.trace.input)
            shown = Shown(spec.cell, panels, inputs, _input_label(preparation), order)
            column.show_gates(self._heading(look, layer), shown, strokes[name])
        self._link()
        self._align_scales()
        self._draw_insight(contenders, prefix_of(layer, reverse=reverse))
        self._show_unit()

    def _heading(self, look: Look, layer: int) -> str:
        spec = look.contender
        which = f", layer {layer + 1}" if spec.num_layers > 1 else ""
        epoch = f"epoch {look.epoch}" if look.epoch else "untrained"
        return f"{spec.name}{which}, {spec.hidden_size} units, {epoch}"

    def _draw_insight(self, contenders: Panels, prefix: str) -> None:
        strokes = self.desk.strokes()
        self.saturation.show_gates(contenders, strokes)
        self.half_life.show_gates(contenders, strokes)
        known = {name: look for name, look in self._looks.items() if name in strokes}
        self.reach.show_looks(known, prefix, strokes)

    def _show_unit(self) -> None:
        column = next((each for each in self.columns.values() if each.maps.is_fixed_here), None)
        shown, at = (
            (None, None) if column is None else (column.maps.shown, column.maps.cursor_place)
        )
        self.unit.setVisible(at is not None)
        if column is not None and shown is not None and at is not None:
            self.unit.show_unit(column.name, shown, at, reverse=self.controls.layer_choice[1])

    def _link(self) -> None:
        drawn = [each.maps for each in self.columns.values() if each.maps.shown is not None]
        for maps in drawn[1:]:
            maps.link_to(drawn[0])

    def _make_columns(self, names: list[str]) -> None:
        if list(self.columns) == names:
            return
        for column in self.columns.values():
            column.deleteLater()
        self.columns = {name: GatesColumn(self.desk.look, name) for name in names}
        for column in self.columns.values():
            self._columns_row.addWidget(column, 1)
            column.maps.step_moved.connect(self._move_all)
            column.maps.cursor_moved.connect(self._cursor_moved)
            column.maps.fixed.connect(self._fix)
            column.maps.freed.connect(self._free)
        self.chooser.hide()
        self.chooser.deleteLater()
        self.chooser = Segments([(name, name) for name in names], "Contender")
        self.chooser.chosen.connect(lambda _: self._arrange())
        self._chooser_row.insertWidget(0, self.chooser)
        self._arrange()

    def _move_all(self, step: int) -> None:
        for column in self.columns.values():
            if column.maps is not self.sender():
                column.maps.show_step(step)

    def _cursor_moved(self) -> None:
        if self.unit.isVisible():
            self._show_unit()

    def _fix(self) -> None:
        for column in self.columns.values():
            column.maps.set_fixed(fixed=True, here=column.maps is self.sender())
        self._show_unit()

    def _free(self) -> None:
        for column in self.columns.values():
            column.maps.set_fixed(fixed=False, here=False)
        self._show_unit()

    def _tell(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _show_nothing(self) -> None:
        self._body.hide()
        self.empty.show()

    def _selected(self) -> None:
        if self.desk.work.is_training:
            self.desk.work.pin(self.controls.number.value())
        self.mark_stale()

    def _session_changed(self) -> None:
        if self.desk.work.comparison != self._comparison:
            self._comparison = self.desk.work.comparison
            self.work.forget()
            self._wanted, self._looks = None, {}
        self.mark_stale()

    def _history_changed(self) -> None:
        self.set_state("done" if self.desk.work.history is not None else "")
        self.work.read_epochs()
        self.mark_stale()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Shows as many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= em(self, _WIDE_EM)
        across = QBoxLayout.Direction.LeftToRight
        down = QBoxLayout.Direction.TopToBottom
        self._main.setDirection(across if wide else down)
        self._insight.setDirection(down if wide else across)
        self._insight_box.setMinimumWidth(em(self, _INSIGHT_EM) if wide else 0)
        self._insight_box.setMaximumWidth(em(self, _INSIGHT_EM) if wide else _ANY_WIDTH)
        room = self.width() - (em(self, _INSIGHT_EM) if wide else 0)
        fitting = max(1, room // em(self, _COLUMN_EM if wide else _NARROW_COLUMN_EM))
        names = list(self.columns)
        self._chooser_box.setVisible(fitting < len(names))
        first = names.index(self.chooser.choice) if self.chooser.choice in names else 0
        first = max(0, min(first, len(names) - fitting))
        for place, column in enumerate(self.columns.values()):
            column.setVisible(first <= place < first + fitting)
        self._align_scales()

    def _align_scales(self) -> None:
        """As much room below each column's maps, so that their axes stand at one height."""
        rows = [column.bars for column in self.columns.values() if column.isVisible()]
        height = max((row.heightForWidth(row.width()) for row in rows), default=0)
        for row in rows:
            row.setMinimumHeight(height)

    def _lay_out(self) -> None:
        self.empty = EmptyPage(
            "There is nothing to look into yet.", "Open data", lambda: self.go_to.emit("data")
        )
        self.problem = label("", tone="warning")
        self.saturation = SaturationCard(self.desk.look)
        self.half_life = HalfLifeCard(self.desk.look)
        self.reach = ReachCard(self.desk.look)
        self.unit = UnitCard(self.desk.look)
        self._chooser_row.setContentsMargins(0, 0, 0, 0)
        self._chooser_row.addWidget(self.chooser)
        self._chooser_row.addStretch(1)
        self._insight_box = QWidget()
        self._insight = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._insight_box)
        self._insight.setContentsMargins(0, 0, 0, 0)
        for card in (self.saturation, self.half_life, self.reach):
            card.setMinimumHeight(em(self, 16))
            self._insight.addWidget(card, 1)
        self._main = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._main.addLayout(self._columns_row, 1)
        self._main.addWidget(self._insight_box)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        for part in (self.controls, self.problem, self._chooser_box):
            body.addWidget(part)
        body.addLayout(self._main, 1)
        body.addWidget(self.unit)
        for layout in (self._columns_row, self._insight, self._main, body):
            layout.setSpacing(em(self, 0.7))
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body)

    def _connect(self) -> None:
        desk = self.desk
        desk.work.session_changed.connect(self._session_changed)
        desk.work.history_changed.connect(self._history_changed)
        desk.work.progressed.connect(lambda _: self.mark_stale())
        desk.planner.plan_changed.connect(self.mark_stale)
        desk.look.changed.connect(self.mark_stale)
        self.work.arrived.connect(self._take_seen)
        self.work.epochs_changed.connect(self.mark_stale)
        self.controls.selected.connect(self._selected)
        self.controls.rearranged.connect(self.mark_stale)
        self.reach.changed.connect(self.mark_stale)


def _input_label(preparation: Preparation) -> str:
    if len(preparation.input_names) > 1:
        return "input"
    unit = preparation.input_units[0]
    name = preparation.input_names[0]
    return f"{name}, {unit}" if unit else name

"""Columns of gates beside their insights; as many columns as there is room for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.arrays import Truth
from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.pages.gates.gate_rows import Shown
from studio.gui.pages.gates.gates_column import GatesColumn
from studio.gui.pages.gates.insight_cards import GradientNormCard, HalfLifeCard, SaturationCard
from studio.gui.pages.gates.inspector.inspector_card import InspectorCard
from studio.gui.pages.gates.unit_card import UnitCard
from studio.gui.pages.gates.view.gates import (
    Cursor,
    Order,
    Panel,
    panels_of,
    prefix_of,
    unit_order,
)
from studio.gui.pages.gates.view.prediction_words import predicts
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.short_names import short_names
from studio.gui.view.texts import symbols_read
from studio.gui.widgets.basics import Segments, em
from studio.gui.widgets.flow_layout import flowing
from studio.gui.widgets.plain_text import without_key
from studio.runs.stored.gate_inspection import GateInspection

_COLUMN_EM = 21
_NARROW_COLUMN_EM = 28
_INSIGHT_EM = 22
_WIDE_EM = 70
_INSIGHT_ROW_EM = 40
"""Three insights stand beside each other from here on."""
_ANY_WIDTH = 16777215  # Qt's QWIDGETSIZE_MAX


@dataclass(frozen=True)
class View:
    """Which layer and direction is shown, how units are sorted, which epochs were scored.

    The truth of the example is None for live gates.
    """

    layer: int
    reverse: bool
    order: Order
    kept: Mapping[str, int] = field(default_factory=dict)
    truth: Truth | None = None

    @property
    def prefix(self) -> str:
        return prefix_of(self.layer, reverse=self.reverse)

    def fits(self, inspection: GateInspection) -> bool:
        """Whether a contender has that layer and direction."""
        spec = inspection.contender
        return self.layer < spec.num_layers and (spec.bidirectional or not self.reverse)


class GatesBody(QWidget):
    """What stands below the row of choices.

    Signals:
        inspected: The cursor was fixed or freed.
        moved: A cursor is elsewhere.
        arranged: Other columns may be in sight.
    """

    inspected = Signal()
    moved = Signal()
    arranged = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._view = View(0, reverse=False, order="memory")
        self._gateless: Mapping[str, str] = {}
        self.columns: dict[str, GatesColumn] = {}
        self.chooser = Segments((), "Contender")
        self.saturation = SaturationCard(appearance)
        self.half_life = HalfLifeCard(appearance)
        self.gradient_norms = GradientNormCard(appearance)
        self.unit = UnitCard(appearance)
        self.unit.hide()
        self.inspector = InspectorCard(appearance)
        self.inspector.hide()
        self._preprocessing: Preprocessing | None = None
        self._inspections: Mapping[str, GateInspection] = {}
        self._drawn: dict[str, tuple[str, tuple[Panel, ...]]] = {}
        self._chooser_box = QWidget()
        self._chooser_row = QHBoxLayout(self._chooser_box)
        self._columns_row = QHBoxLayout()
        self._insight_box = QWidget()
        self._insight = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._insight_box)
        self._main = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()

    def show_contenders(self, names: Sequence[str], gateless: Mapping[str, str]) -> None:
        """Shows a column for each contender; those of `gateless` only say why they have none."""
        if list(self.columns) == list(names) and self._gateless == gateless:
            return
        self._gateless = dict(gateless)
        for column in self.columns.values():
            column.hide()
            column.deleteLater()
        self.columns = {name: GatesColumn(self._appearance, name) for name in names}
        for column in self.columns.values():
            if column.name in self._gateless:
                self._columns_row.addWidget(column, 0, Qt.AlignmentFlag.AlignTop)
            else:
                self._columns_row.addWidget(column, 1)
            column.maps.step_moved.connect(self._move_all)
            column.maps.cursor_moved.connect(self._cursor_moved)
            column.maps.fixed.connect(self._fix)
            column.maps.freed.connect(self.free)
            column.maps.canvas.set_compact(compact=self.inspector.isVisibleTo(self))
        self.chooser.hide()
        self.chooser.deleteLater()
        choices = [(name, without_key(short)) for name, short in short_names(names).items()]
        self.chooser = Segments(choices, "Contender", flowing)
        self.chooser.chosen.connect(lambda _: self._arrange())
        self._chooser_row.insertWidget(0, self.chooser, 1)
        self._show_insights()
        self._arrange()

    def bring_forward(self, name: str) -> None:
        """Shows the column of a contender where there is no room for all of them."""
        self.chooser.show_choice(name)
        self._arrange()
        self.columns[name].maps.setFocus()

    def drawing(
        self,
        inspections: Mapping[str, GateInspection],
        preprocessing: Preprocessing,
        strokes: Mapping[str, Stroke],
        view: View,
    ) -> list[Callable[[], None]]:
        """What draws these, a column at a time and then what all columns have in common."""
        self._view, self._preprocessing, self._inspections = view, preprocessing, inspections
        self._drawn = {}
        columns = [partial(self._draw_column, name, strokes.get(name)) for name in self.columns]
        return [*columns, partial(self._draw_together, strokes)]

    @property
    def has_new_columns(self) -> bool:
        """Whether a column is drawn for the first time, which takes long."""
        return any(
            column.maps.shown is None and name in self._inspections
            for name, column in self.columns.items()
        )

    def _draw_column(self, name: str, stroke: Stroke | None) -> None:
        view, preprocessing = self._view, self._preprocessing
        inspection, column = self._inspections.get(name), self.columns.get(name)
        if preprocessing is None or column is None:
            return
        if inspection is None or stroke is None or not view.fits(inspection):
            missing = "No such layer." if inspection else "Not available yet."
            column.show_nothing(self._gateless.get(name, missing))
            return
        cell = CELLS[inspection.contender.cell]
        panels = panels_of(cell, inspection.trace.layers, view.prefix)
        self._drawn[name] = (cell.name, panels)
        inputs = inspection.inputs_in_units(preprocessing)
        shown = Shown(
            cell.name,
            panels,
            inputs,
            _input_label(preprocessing),
            unit_order(cell, panels, view.order),
            symbols_read(inputs, preprocessing),
            inspection.contender.nonlinearity,
        )
        column.show_gates(_heading(inspection, view.layer, view.kept.get(name)), shown, stroke)

    def _draw_together(self, strokes: Mapping[str, Stroke]) -> None:
        view = self._view
        self._link()
        self.saturation.show_gates(self._drawn, strokes)
        self.half_life.show_gates(self._drawn, strokes)
        drawn = {name: self._inspections[name] for name in self._drawn}
        live = view.truth is None
        is_foreign = any(inspection.is_foreign for inspection in drawn.values())
        self.gradient_norms.setVisible(not is_foreign)
        self.gradient_norms.show_inspections(drawn, view.prefix, strokes, live=live)
        self._show_predictions()
        self._show_unit()
        QTimer.singleShot(0, self, self._align)

    def show_edited(self, inspections: Mapping[str, GateInspection]) -> None:
        """Draws other values of the same example; units stay in their order."""
        preprocessing, view = self._preprocessing, self._view
        self._inspections = {**self._inspections, **inspections}
        for name, inspection in inspections.items():
            column = self.columns.get(name)
            if column is None or column.maps.shown is None or preprocessing is None:
                continue
            cell = CELLS[inspection.contender.cell]
            panels = panels_of(cell, inspection.trace.layers, view.prefix)
            inputs = inspection.inputs_in_units(preprocessing)
            column.maps.show_gates(replace(column.maps.shown, panels=panels, inputs=inputs))
        self._show_predictions()

    @property
    def fixed_column(self) -> GatesColumn | None:
        """The column whose cursor is fixed."""
        return next((each for each in self.columns.values() if each.maps.is_fixed_here), None)

    @property
    def cursors(self) -> dict[str, Cursor]:
        """Where the cursor is in each contender that is drawn."""
        places = {name: column.maps.cursor_place for name, column in self.columns.items()}
        return {
            name: place
            for name, place in places.items()
            if place is not None and self.columns[name].maps.isVisibleTo(self.columns[name])
        }

    @property
    def names_in_sight(self) -> list[str]:
        """The contenders for whose columns there is room."""
        return [name for name, column in self.columns.items() if column.isVisibleTo(self)]

    def set_inspecting(self, *, inspecting: bool) -> None:
        """Makes room for the cell inspector, and shows it, or takes it away."""
        if self.inspector.isVisibleTo(self) == inspecting:
            return
        self.inspector.setVisible(inspecting)
        for column in self.columns.values():
            column.maps.canvas.set_compact(compact=inspecting)
        self._show_insights()
        self._show_unit()
        self._arrange()

    def _show_insights(self) -> None:
        has_some = len(self._gateless) < len(self.columns)
        self._insight_box.setVisible(has_some and not self.inspector.isVisibleTo(self))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _link(self) -> None:
        drawn = [column.maps for column in self.columns.values() if column.maps.shown is not None]
        for maps in drawn[1:]:
            maps.link_to(drawn[0])

    def _move_all(self, step: int) -> None:
        for column in self.columns.values():
            if column.maps is not self.sender():
                column.maps.show_step(step)

    def _cursor_moved(self) -> None:
        if self.unit.isVisible():
            self._show_unit()
        if self._preprocessing is not None and self._preprocessing.per_step:
            self._show_predictions()
        self.moved.emit()

    def _show_predictions(self) -> None:
        preprocessing, truth = self._preprocessing, self._view.truth
        for name, cursor in self.cursors.items():
            inspection, words = self._inspections.get(name), ""
            prediction = None if inspection is None else inspection.prediction
            if preprocessing is not None and prediction is not None and truth is not None:
                words = predicts(preprocessing, prediction, truth, cursor.step)
            self.columns[name].show_prediction(words)

    def _fix(self) -> None:
        for column in self.columns.values():
            column.maps.set_fixed(fixed=True, here=column.maps is self.sender())
        self._show_unit()
        self.inspected.emit()

    def free(self) -> None:
        """Lets the cursor follow the mouse again."""
        for column in self.columns.values():
            column.maps.set_fixed(fixed=False, here=False)
        self._show_unit()
        self.inspected.emit()

    def _show_unit(self) -> None:
        column = None if self.inspector.isVisibleTo(self) else self.fixed_column
        shown = None if column is None else column.maps.shown
        cursor = None if column is None else column.maps.cursor_place
        self.unit.setVisible(cursor is not None)
        if column is not None and shown is not None and cursor is not None:
            self.unit.show_unit(column.name, shown, cursor, reverse=self._view.reverse)

    def _arrange(self) -> None:
        wide = self.width() >= em(self, _WIDE_EM)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._main.setDirection(across if wide else down)
        is_row = not wide and self.width() >= em(self, _INSIGHT_ROW_EM)
        self._insight.setDirection(across if is_row else down)
        beside = em(self, _INSIGHT_EM)
        self._insight_box.setMinimumWidth(beside if wide else 0)
        self._insight_box.setMaximumWidth(beside if wide else _ANY_WIDTH)
        is_beside = wide and self._insight_box.isVisibleTo(self)
        room = self.width() - (beside if is_beside else 0)
        fitting = max(1, room // em(self, _COLUMN_EM if wide else _NARROW_COLUMN_EM))
        names = list(self.columns)
        self._chooser_box.setVisible(fitting < len(names))
        first = names.index(self.chooser.choice) if self.chooser.choice in names else 0
        first = max(0, min(first, len(names) - fitting))
        for place, column in enumerate(self.columns.values()):
            column.setVisible(first <= place < first + fitting)
        self.arranged.emit()
        QTimer.singleShot(0, self, self._align)

    def _align(self) -> None:
        """As much room above and below each column's maps: what is in one row stands at one height.

        Headings and colour scales wrap where a column is narrow.
        """
        columns = [column for column in self.columns.values() if column.isVisible()]
        for parts in ([column.heading for column in columns], [column.bars for column in columns]):
            height = max((part.heightForWidth(part.width()) for part in parts), default=0)
            for part in parts:
                part.setMinimumHeight(height)

    def _lay_out(self) -> None:
        self._chooser_row.setContentsMargins(0, 0, 0, 0)
        self._chooser_row.addWidget(self.chooser)
        self._insight.setContentsMargins(0, 0, 0, 0)
        for card in (self.saturation, self.half_life, self.gradient_norms):
            card.setMinimumHeight(em(self, 16))
            self._insight.addWidget(card, 1)
        self._main.addLayout(self._columns_row, 1)
        self._main.addWidget(self._insight_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._chooser_box)
        column.addLayout(self._main, 1)
        column.addWidget(self.unit)
        column.addWidget(self.inspector)
        for layout in (self._columns_row, self._insight, self._main, column):
            layout.setSpacing(em(self, 0.7))


def _heading(inspection: GateInspection, layer: int, best_epoch: int | None) -> str:
    spec = inspection.contender
    if inspection.is_foreign:
        which = f", layer {layer + 1}" if spec.num_layers > 1 else ""
        units = inspection.trace.layers[f"{prefix_of(layer, reverse=False)}_h"].shape[1]
        return f"{spec.name}{which}, {units} units, trained by another program"
    which = f", layer {layer + 1}" if spec.num_layers > 1 else ""
    epoch = f"epoch {inspection.epoch}" if inspection.epoch else "untrained"
    scored = "" if best_epoch in {None, inspection.epoch} else f" (best epoch {best_epoch})"
    return f"{spec.name}{which}, {spec.hidden_size} units, {epoch}{scored}"


def _input_label(preprocessing: Preprocessing) -> str:
    if len(preprocessing.input_names) > 1:
        return "input"
    unit = preprocessing.input_units[0]
    name = preprocessing.input_names[0]
    return f"{name}, {unit}" if unit else name

"""Columns of gates beside their insights; as many columns as there is room for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.core.preparation import Preparation
from studio.gui.desk import Look as Theming
from studio.gui.pages.gates_column import GatesColumn
from studio.gui.pages.gates_insight import HalfLifeCard, ReachCard, SaturationCard
from studio.gui.pages.unit_card import UnitCard
from studio.gui.plots.gate_rows import Shown
from studio.gui.theme import Stroke
from studio.gui.viewstate.gates import Order, Panel, panels_of, prefix_of, unit_order
from studio.gui.viewstate.texts import symbols_read
from studio.gui.widgets.basics import Segments, em
from studio.runs.looking import Look

_COLUMN_EM = 21
_NARROW_COLUMN_EM = 28
_INSIGHT_EM = 22
_WIDE_EM = 70
_ANY_WIDTH = 16777215  # Qt's QWIDGETSIZE_MAX


@dataclass(frozen=True)
class View:
    """Which layer and direction is shown, how units are sorted, which epochs were scored."""

    layer: int
    reverse: bool
    order: Order
    kept: Mapping[str, int] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """How its arrays are called in a trace."""
        return prefix_of(self.layer, reverse=self.reverse)

    def fits(self, look: Look) -> bool:
        """Whether a contender has that layer and direction."""
        spec = look.contender
        return self.layer < spec.num_layers and (spec.bidirectional or not self.reverse)


class GatesBody(QWidget):
    """What stands below the row of choices."""

    def __init__(self, look: Theming) -> None:
        super().__init__()
        self._look = look
        self._view = View(0, reverse=False, order="memory")
        self.columns: dict[str, GatesColumn] = {}
        self.chooser = Segments((), "Contender")
        self.saturation = SaturationCard(look)
        self.half_life = HalfLifeCard(look)
        self.reach = ReachCard(look)
        self.unit = UnitCard(look)
        self.unit.hide()
        self._chooser_box = QWidget()
        self._chooser_row = QHBoxLayout(self._chooser_box)
        self._columns_row = QHBoxLayout()
        self._insight_box = QWidget()
        self._insight = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._insight_box)
        self._main = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()

    def show_contenders(self, names: Sequence[str]) -> None:
        """Makes a column for each."""
        if list(self.columns) == list(names):
            return
        for column in self.columns.values():
            column.hide()
            column.deleteLater()
        self.columns = {name: GatesColumn(self._look, name) for name in names}
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

    def show_looks(
        self,
        looks: Mapping[str, Look],
        preparation: Preparation,
        strokes: Mapping[str, Stroke],
        view: View,
    ) -> None:
        """Draws what there is of each contender."""
        self._view = view
        contenders: dict[str, tuple[str, tuple[Panel, ...]]] = {}
        for name, column in self.columns.items():
            look = looks.get(name)
            if look is None or name not in strokes or not view.fits(look):
                column.show_nothing("No such layer." if look else "Not there yet.")
                continue
            cell = CELLS[look.contender.cell]
            panels = panels_of(cell, look.trace.layers, view.prefix)
            contenders[name] = (cell.name, panels)
            order = unit_order(cell, panels, view.order)
            inputs = preparation.input_scaler.undo(look.trace.input)
            read = symbols_read(inputs, preparation)
            shown = Shown(
                cell.name,
                panels,
                inputs,
                _input_label(preparation),
                order,
                read,
                look.contender.nonlinearity,
            )
            heading = _heading(look, view.layer, view.kept.get(name))
            column.show_gates(heading, shown, strokes[name])
        self._link()
        self.saturation.show_gates(contenders, strokes)
        self.half_life.show_gates(contenders, strokes)
        known = {name: look for name, look in looks.items() if name in contenders}
        self.reach.show_looks(known, view.prefix, strokes)
        self._show_unit()
        QTimer.singleShot(0, self, self._align)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Shows as many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _link(self) -> None:
        drawn = [each.maps for each in self.columns.values() if each.maps.shown is not None]
        for maps in drawn[1:]:
            maps.link_to(drawn[0])

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

    def _show_unit(self) -> None:
        column = next((each for each in self.columns.values() if each.maps.is_fixed_here), None)
        shown = None if column is None else column.maps.shown
        at = None if column is None else column.maps.cursor_place
        self.unit.setVisible(at is not None)
        if column is not None and shown is not None and at is not None:
            self.unit.show_unit(column.name, shown, at, reverse=self._view.reverse)

    def _arrange(self) -> None:
        wide = self.width() >= em(self, _WIDE_EM)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._main.setDirection(across if wide else down)
        self._insight.setDirection(down if wide else across)
        beside = em(self, _INSIGHT_EM)
        self._insight_box.setMinimumWidth(beside if wide else 0)
        self._insight_box.setMaximumWidth(beside if wide else _ANY_WIDTH)
        room = self.width() - (beside if wide else 0)
        fitting = max(1, room // em(self, _COLUMN_EM if wide else _NARROW_COLUMN_EM))
        names = list(self.columns)
        self._chooser_box.setVisible(fitting < len(names))
        first = names.index(self.chooser.choice) if self.chooser.choice in names else 0
        first = max(0, min(first, len(names) - fitting))
        for place, column in enumerate(self.columns.values()):
            column.setVisible(first <= place < first + fitting)
        QTimer.singleShot(0, self, self._align)

    def _align(self) -> None:
        """As much room above and below each column's maps: what is in one row stands at one height.

        Headings and colour scales wrap where a column is narrow.
        """
        columns = [column for column in self.columns.values() if column.isVisible()]
        for parts in ([each.heading for each in columns], [each.bars for each in columns]):
            height = max((part.heightForWidth(part.width()) for part in parts), default=0)
            for part in parts:
                part.setMinimumHeight(height)

    def _lay_out(self) -> None:
        self._chooser_row.setContentsMargins(0, 0, 0, 0)
        self._chooser_row.addWidget(self.chooser)
        self._chooser_row.addStretch(1)
        self._insight.setContentsMargins(0, 0, 0, 0)
        for card in (self.saturation, self.half_life, self.reach):
            card.setMinimumHeight(em(self, 16))
            self._insight.addWidget(card, 1)
        self._main.addLayout(self._columns_row, 1)
        self._main.addWidget(self._insight_box)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._chooser_box)
        whole.addLayout(self._main, 1)
        whole.addWidget(self.unit)
        for layout in (self._columns_row, self._insight, self._main, whole):
            layout.setSpacing(em(self, 0.7))


def _heading(look: Look, layer: int, kept: int | None) -> str:
    spec = look.contender
    which = f", layer {layer + 1}" if spec.num_layers > 1 else ""
    epoch = f"epoch {look.epoch}" if look.epoch else "untrained"
    scored = "" if kept in {None, look.epoch} else f" (scored at {kept})"
    return f"{spec.name}{which}, {spec.hidden_size} units, {epoch}{scored}"


def _input_label(preparation: Preparation) -> str:
    if len(preparation.input_names) > 1:
        return "input"
    unit = preparation.input_units[0]
    name = preparation.input_names[0]
    return f"{name}, {unit}" if unit else name

"""Opens the cell inspector where the cursor is fixed, and keeps it and the maps in step."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeyEvent

from studio.core.arrays import Doubles
from studio.core.inspection.course import Course
from studio.core.inspection.edits import Edits
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import Trace
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.gates_body import GatesBody, View
from studio.gui.pages.gates.gates_work import InspectedGates
from studio.gui.pages.gates.inspector.contender_pane import Looked
from studio.gui.pages.gates.inspector.inspector_work import InspectorWork
from studio.runs.stored.cell_inspection import CellInspection, why_no_terms
from studio.runs.stored.gate_inspection import Example, GateInspection

_COMPUTING = "Computing the terms of each gate…"


class Inspector(QObject):
    """Between the page's body, its card and the work behind it.

    Signals:
        shown: The card was opened.
        undone: Edits were dropped as the card was closed; the maps must be drawn again.
    """

    shown = Signal()
    undone = Signal()

    def __init__(self, context: AppContext, body: GatesBody, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._body, self.card = context, body, body.inspector
        self.work = InspectorWork(context.jobs, self)
        self._seen: InspectedGates | None = None
        self._preprocessing: Preprocessing | None = None
        self._view: View | None = None
        self._place: tuple[int, dict[str, int]] | None = None
        self._drawn: dict[str, Course] = {}
        self._connect()

    def follow(self, seen: InspectedGates | None, preprocessing: Preprocessing, view: View) -> None:
        """The page shows these gates now; None while training is followed."""
        self._seen, self._preprocessing, self._view = seen, preprocessing, view
        self._open_or_close()
        if self.work.is_edited:
            self._body.show_edited(self._edited(list(self.work.cells)))

    @property
    def is_open(self) -> bool:
        return self.card.isVisibleTo(self._body)

    def _open_or_close(self) -> None:
        seen = self._seen
        if self._body.fixed_column is None or seen is None or seen.example is None:
            self._close()
            return
        was_open = self.is_open
        self.card.show_contenders(list(self._body.columns))
        self._body.set_inspecting(inspecting=True)
        self.work.open(seen)
        self._drawn = dict(self.work.courses)
        self._fill()
        if not was_open:
            self.shown.emit()

    def _close(self) -> None:
        was_edited = self.work.is_edited
        self._body.set_inspecting(inspecting=False)
        self.work.close()
        if was_edited:
            self.undone.emit()

    def _fill(self) -> None:
        """All of the card."""
        self._place = None
        work, preprocessing = self.work, self._preprocessing
        if not self.is_open or preprocessing is None:
            return
        self.card.tell(work.problem or ("" if work.is_ready else _COMPUTING))
        self.card.undo.setEnabled(work.is_edited)
        for name in self.card.panes:
            self._fill_pane(name, preprocessing)
        self._show_in_sight()
        is_text = preprocessing.vocabulary is not None
        self.card.offer_channels(() if is_text else preprocessing.input_names)
        if work.cells and not is_text:
            self._show_input()
        self._move()

    def _fill_pane(self, name: str, preprocessing: Preprocessing) -> None:
        pane, view = self.card.panes[name], self._view
        cell, cursor = self.work.cells.get(name), self._body.cursors.get(name)
        if cell is None or view is None:
            pane.show_nothing(self._why_nothing(name))
        elif view.prefix not in cell.course.layers or cursor is None:
            pane.show_nothing("No such layer.")
        else:
            after, edits = self.work.courses[name], self.work.edits_shown(name)
            stroke = self._context.strokes()[name]
            looked = Looked(cell.course, after, edits, preprocessing, view.prefix, stroke)
            pane.show_course(looked, cursor.step, cursor.unit)

    def _why_nothing(self, name: str) -> str:
        """Why there are no terms of a contender, a sentence, or "" while they are computed."""
        inspection = None if self._seen is None else self._seen.inspections.get(name)
        why = "" if inspection is None else why_no_terms(inspection.contender)
        return f"{why[0].upper()}{why[1:]}." if why else ""

    def _show_in_sight(self) -> None:
        in_sight = self._body.names_in_sight
        without = [name for name in in_sight if not self.work.cells.get(name)]
        has_any = len(without) < len(in_sight)
        hidden = [name for name in without if has_any and not self._why_nothing(name)]
        self.card.show_visible([name for name in in_sight if name not in hidden])

    def _move(self) -> None:
        """The cursor is elsewhere."""
        column = self._body.fixed_column
        if not self.is_open or column is None or column.maps.cursor_place is None:
            return
        shown = column.maps.shown
        steps = 1 if shown is None else len(shown.inputs)
        units = {name: cursor.unit for name, cursor in self._body.cursors.items()}
        place = column.maps.cursor_place.step, units
        if place != self._place:  # every contender tells that its cursor moved
            self._place = place
            self.card.show_places(column.maps.cursor_place.step, steps, units)

    def _show_input(self) -> None:
        channel = max(0, self.card.channel.currentIndex())
        self.card.show_input(
            self._in_units({})[:, channel], self._in_units(self._inputs)[:, channel]
        )

    @property
    def _inputs(self) -> Mapping[int, Doubles]:
        """The channels that are edited, the same for all contenders."""
        return next((self.work.edits_of(name).inputs for name in self.work.cells), {})

    def _in_units(self, inputs: Mapping[int, Doubles]) -> Doubles:
        """The example with edited channels in its own units, (time, channels)."""
        example, preprocessing = self._example, self._preprocessing
        assert preprocessing is not None  # noqa: S101 - the card is filled
        scaled = np.array(example.inputs, dtype=np.float64)
        for channel, values in inputs.items():
            scaled[:, channel] = values
        series = example.series
        return np.asarray(preprocessing.inputs_in_units(scaled[None], series)[0])

    @property
    def _example(self) -> Example:
        assert self._seen is not None  # noqa: S101 - asked where the card is filled
        assert self._seen.example is not None  # noqa: S101
        return self._seen.example

    def _edit(self, name: str, change: Callable[[Edits], Edits]) -> None:
        self.work.edit(name, change(self.work.edits_of(name)))
        self.card.undo.setEnabled(self.work.is_edited)

    def _edit_input(self, channel: int, values: Doubles) -> None:
        """Steps that are as they were keep their scaled value to the last digit."""
        assert self._preprocessing is not None  # noqa: S101 - the card is filled
        units = self._in_units({})
        was, original = units[:, channel].copy(), np.array(self._example.inputs[:, channel])
        units[:, channel] = values
        series = self._example.series
        scaled = self._preprocessing.scaled_inputs(units[None], series)[0][:, channel]
        edited = np.where(values == was, original, scaled).astype(np.float64)
        others = {at: each for at, each in self._inputs.items() if at != channel}
        if not np.array_equal(edited, original):
            others[channel] = edited
        self.work.edit_inputs(others)
        self.card.undo.setEnabled(self.work.is_edited)

    def _changed(self) -> None:
        """New courses are there: the maps and the panes of those contenders follow."""
        courses = self.work.courses
        others = [name for name in courses if courses[name] is not self._drawn.get(name)]
        self._body.show_edited(self._edited(others))
        preprocessing = self._preprocessing
        if self.is_open and preprocessing is not None:
            for name in others:
                self._fill_pane(name, preprocessing)
            self.card.undo.setEnabled(self.work.is_edited)
        self._drawn = dict(courses)

    def _edited(self, names: Collection[str]) -> dict[str, GateInspection]:
        """What the maps show of these contenders: the newest courses."""
        seen = self._seen
        if seen is None or seen is not self.work.seen:
            return {}
        return {
            name: self._edited_one(seen.inspections[name], cell)
            for name, cell in self.work.cells.items()
            if name in seen.inspections and name in names
        }

    def _edited_one(self, inspection: GateInspection, cell: CellInspection) -> GateInspection:
        course = self.work.courses[cell.contender.name]
        if course is cell.course:
            return inspection
        sequence = np.array(inspection.trace.input)
        for channel, values in self._inputs.items():
            sequence[:, channel] = values
        trace = Trace(sequence, course.arrays())
        return replace(inspection, trace=trace, prediction=course.prediction)

    def _begin(self) -> None:
        self._drawn = dict(self.work.courses)
        self._fill()

    def _reset(self) -> None:
        self.work.reset()
        self._fill()

    def _walk(self, event: QKeyEvent) -> None:
        column = self._body.fixed_column
        if column is not None:
            column.maps.press(event)

    def _end(self) -> None:
        column = self._body.fixed_column
        self._body.free()
        if column is not None:
            column.maps.setFocus()

    def _connect(self) -> None:
        self._body.inspected.connect(self._open_or_close)
        self._body.moved.connect(self._move)
        self._body.arranged.connect(self._rearrange)
        self.work.opened.connect(self._begin)
        self.work.changed.connect(self._changed)
        self.card.edited.connect(self._edit)
        self.card.input_edited.connect(self._edit_input)
        self.card.channel_chosen.connect(self._show_input)
        self.card.reset.connect(self._reset)
        self.card.closed.connect(self._end)
        self.card.walked.connect(self._walk)

    def _rearrange(self) -> None:
        if self.is_open:
            self._show_in_sight()
            self._place = None  # others may be in sight now
            self._move()

"""Heat maps of all gates and states of one contender, with a cursor for mouse and keys."""

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.cells import CELLS
from studio.gui.pages.gates.gate_rows import INPUT, GateRows, Shown, as_csv
from studio.gui.pages.gates.view.gates import Cursor, read_out_text
from studio.gui.plots.picture_menu import PictureMenu
from studio.gui.style.appearance import Appearance

_STRIDE = 10


class GateMaps(QWidget):
    """Input and heat maps of time x unit with one cursor.

    The mouse and the arrow keys move the cursor; a click or Return fixes it, Escape frees it.

    Signals:
        step_moved: The user moved to another step.
        cursor_moved: The cursor is elsewhere, by the user or by `show_step`.
        fixed: The user fixed the cursor.
        freed: The user freed it.
    """

    step_moved = Signal(int)
    cursor_moved = Signal()
    fixed = Signal()
    freed = Signal()

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self._appearance = appearance
        self._shown: Shown | None = None
        self.is_fixed = False
        self.is_fixed_here = False
        self.cursor_place: Cursor | None = None
        self.setAccessibleName(f"Gates of {name}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = GateRows()
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self._menu = PictureMenu(
            self, self.canvas, self.accessibleName, self.as_csv, self.canvas.reset_zoom
        )
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        appearance.changed.connect(self._redraw)

    @property
    def shown(self) -> Shown | None:
        return self._shown

    def show_gates(self, shown: Shown) -> None:
        """Draws gates and states; the cursor stays where it can."""
        self._shown = shown
        self.canvas.draw(shown, self._appearance.theme)
        self._put(self._kept_cursor(shown))

    def as_csv(self) -> str:
        """What is shown; see gate_rows."""
        return "" if self._shown is None else as_csv(self._shown)

    def link_to(self, other: "GateMaps") -> None:
        """Zooms in time together with another contender's maps."""
        mine, theirs = self.canvas.top, other.canvas.top
        if other is not self and mine is not None and theirs is not None:
            mine.setXLink(theirs)

    def set_fixed(self, *, fixed: bool, here: bool) -> None:
        """Whether the mouse leaves the cursor where it is, and whether it was fixed here."""
        self.is_fixed, self.is_fixed_here = fixed, here
        self._draw_cursor()
        self.cursor_moved.emit()

    def show_step(self, step: int) -> None:
        """Moves the cursor to a step without telling that the user did."""
        if self.cursor_place is not None and self._shown is not None:
            last = len(self._shown.inputs) - 1
            self._put(replace(self.cursor_place, step=min(step, last)))

    def put_cursor(self, cursor: Cursor) -> None:
        """Moves the cursor to a place, or to the nearest that there is."""
        self.cursor_place = cursor
        if self._shown is not None:
            self._put(self._kept_cursor(self._shown))

    @property
    def words(self) -> str:
        if self._shown is None or self.cursor_place is None:
            return ""
        return read_out_text(
            CELLS[self._shown.cell], self._shown.panels, self.cursor_place, self._shown.symbols
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Moves, fixes and frees the cursor."""
        if not self.press(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Shows that the keys act here."""
        super().focusInEvent(event)
        self._draw_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Shows that the keys act elsewhere."""
        super().focusOutEvent(event)
        self._draw_cursor()

    def press(self, event: QKeyEvent) -> bool:
        """Moves, fixes or frees the cursor; whether the key does any of this."""
        if self._shown is None:
            return False
        stride = _STRIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        last = len(self._shown.inputs) - 1
        keys = Qt.Key
        if event.key() in {keys.Key_Left, keys.Key_Right}:
            self._step_by(stride if event.key() == keys.Key_Right else -stride)
        elif event.key() in {keys.Key_Home, keys.Key_End}:
            self._step_by(last if event.key() == keys.Key_End else -last)
        elif event.key() in {keys.Key_Up, keys.Key_Down}:
            self._unit_by(stride if event.key() == keys.Key_Down else -stride)
        elif event.key() in {keys.Key_Return, keys.Key_Enter}:
            self.fixed.emit()
        elif event.key() == keys.Key_Escape and self.is_fixed:
            self.freed.emit()
        else:
            return False
        return True

    def _step_by(self, steps: int) -> None:
        if self.cursor_place is not None and self._shown is not None:
            step = self.cursor_place.step + steps
            self._move(replace(self.cursor_place, step=_within(step, len(self._shown.inputs))))

    def _unit_by(self, rows: int) -> None:
        """Goes on into the next map at the edge of one."""
        cursor, shown = self.cursor_place, self._shown
        if cursor is None or shown is None:
            return
        units = len(shown.order)
        names = [panel.name for panel in shown.panels]
        row = shown.row_of(cursor.unit)
        place = _within(names.index(cursor.panel) * units + row + rows, units * len(names))
        panel, row = divmod(place, units)
        self._move(Cursor(cursor.step, names[panel], int(shown.order[row])))

    def _hover(self, where: QPointF) -> None:
        if not self.is_fixed and (cursor := self._place_at(where)) is not None:
            self._move(cursor)

    def _click(self, event: object) -> None:
        if event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            return
        cursor = self._place_at(event.scenePos())  # type: ignore[attr-defined]
        if cursor is not None:
            self.setFocus()
            self._move(cursor)
            self.fixed.emit()

    def _place_at(self, where: QPointF) -> Cursor | None:
        shown, before = self._shown, self.cursor_place
        if shown is None or before is None:
            return None
        place = self.canvas.place_at(where)
        if place is None:
            return None
        name, x, y = place
        step = _within(round(x), len(shown.inputs))
        if name == INPUT:
            return replace(before, step=step)
        return Cursor(step, name, int(shown.order[_within(round(y), len(shown.order))]))

    def _move(self, cursor: Cursor) -> None:
        moved_on = self.cursor_place is None or cursor.step != self.cursor_place.step
        self._put(cursor)
        if moved_on:
            self.step_moved.emit(cursor.step)

    def _put(self, cursor: Cursor) -> None:
        self.cursor_place = cursor
        self._draw_cursor()
        self.setAccessibleDescription(self.words)
        self.cursor_moved.emit()

    def _kept_cursor(self, shown: Shown) -> Cursor:
        memory = CELLS[shown.cell].memory_gate or shown.panels[0].name
        before = self.cursor_place or Cursor(len(shown.inputs) // 2, memory, 0)
        names = [panel.name for panel in shown.panels]
        return Cursor(
            _within(before.step, len(shown.inputs)),
            before.panel if before.panel in names else memory,
            before.unit if before.unit < len(shown.order) else 0,
        )

    def _redraw(self) -> None:
        if self._shown is not None:
            self.show_gates(self._shown)

    def _draw_cursor(self) -> None:
        cursor, shown, theme = self.cursor_place, self._shown, self._appearance.theme
        if cursor is not None and shown is not None:
            color = theme.accent if self.hasFocus() else theme.text
            self.canvas.draw_cursor(shown, cursor, color, theme, fixed=self.is_fixed_here)


def _within(value: int, count: int) -> int:
    return min(max(value, 0), count - 1)

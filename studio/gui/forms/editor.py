"""The base of a form's editors."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.gui.widgets.basics import em

FIELD_EM = 1.75


class Editor(QWidget):
    """Edits one value.

    While the user has not touched it, it gives back the very value that it was shown, which may be
    finer than what a field can show.

    Signals:
        edited: The user changed the value; `value` returns it, or raises ValueError with what is
            wrong.
        finished: The user left the field, or pressed Return; what was typed is whole.
        given_up: The user takes back what was refused.

    Attributes:
        counts_while_typed: Whether every keystroke is an edit, before the value is whole.
        is_refused: Whether what the field shows is wrong, so that undo takes it back.
    """

    edited = Signal()
    finished = Signal()
    given_up = Signal()
    counts_while_typed = False

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        self._given: Any = None
        self._is_touched = True  # nothing was given yet
        self.is_refused = False
        self.field = field
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(field, 1)
        self.setFocusProxy(field)
        field.setMinimumHeight(em(field, FIELD_EM))
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)

    def value(self) -> Any:  # noqa: ANN401 - of the field's type
        return self._read() if self._is_touched else self._given

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        """Shows a value without a signal."""
        self._given, self._is_touched = value, False
        self._show(value)

    def touch(self) -> None:
        """Takes the shown value as the user's, and emits `edited`."""
        self._is_touched = True
        self.edited.emit()

    def _read(self) -> Any:  # noqa: ANN401 - of the field's type
        raise NotImplementedError

    def _show(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        raise NotImplementedError

    def show_default(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        """Shows what a blank currently stands for."""

    @property
    def is_half_typed(self) -> bool:
        """Whether something was typed that is not applied yet."""
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The wheel scrolls the page and undo undoes the last edit, not what the field holds.

        The wheel turns the value only where the field has the focus; undo is the field's own
        only while something is half typed, or while what it holds is refused.
        """
        if (
            isinstance(event, QWheelEvent)
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        if isinstance(event, QKeyEvent):
            is_undo = event.matches(QKeySequence.StandardKey.Undo)
            is_redo = event.matches(QKeySequence.StandardKey.Redo)
            is_first = event.type() == QEvent.Type.ShortcutOverride
            if is_undo and self.is_refused:
                event.accept()
                if not is_first:
                    self.given_up.emit()
                return True
            if is_first and (is_undo or is_redo) and not self.is_half_typed:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

"""One editor for each type of field; each tells its value and when the user changed it."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

_LARGEST = 2_000_000_000


class Editor(QWidget):
    """Edits one value.

    Signals:
        edited: The user changed the value; `value` gives it, or raises ValueError with a sentence
            that says why what was typed is none.
    """

    edited = Signal()

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        self.field = field
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(field, 1)
        self.setFocusProxy(field)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)

    def value(self) -> Any:  # noqa: ANN401 - of the field's type
        """What the editor shows."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        """Shows a value without telling anybody."""
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The wheel scrolls the page, not the value, unless the field has the focus."""
        if isinstance(event, QWheelEvent) and not self.field.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class WholeNumber(Editor):
    """A whole number with limits and a unit."""

    def __init__(self, low: int, high: int, unit: str) -> None:
        self._box = QSpinBox()
        super().__init__(self._box)
        self._box.setRange(low, high)
        self._box.setKeyboardTracking(False)
        self._box.setAccelerated(True)
        if unit:
            self._box.setSuffix(f" {unit}")
        self._box.valueChanged.connect(self.edited)

    def value(self) -> int:
        """See Editor."""
        return self._box.value()

    def show_value(self, value: int) -> None:
        """See Editor."""
        with QSignalBlocker(self._box):
            self._box.setValue(value)


class Number(Editor):
    """A number that is typed, whole or not; empty means None where that is allowed."""

    def __init__(self, *, whole: bool, optional: bool, empty: str) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._whole = whole
        self._optional = optional
        self._line.setPlaceholderText(empty)
        self._line.setClearButtonEnabled(optional)
        self._line.editingFinished.connect(self._finish)
        self._shown = ""

    def value(self) -> float | None:
        """See Editor."""
        text = self._line.text().strip().replace(",", ".")
        if not text and self._optional:
            return None
        try:
            return int(text) if self._whole else float(text)
        except ValueError:
            kind = "a whole number" if self._whole else "a number"
            raise ValueError(f"is not {kind}") from None

    def show_value(self, value: float | None) -> None:
        """See Editor."""
        self._shown = "" if value is None else f"{value:g}" if not self._whole else str(value)
        self._line.setText(self._shown)

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.edited.emit()


class Choice(Editor):
    """One of a few values; the first may be None, shown as its label."""

    def __init__(self, choices: tuple[tuple[str, Any], ...]) -> None:
        self._box = QComboBox()
        super().__init__(self._box)
        for label, value in choices:
            self._box.addItem(label, value)
        self._box.activated.connect(lambda _: self.edited.emit())

    def value(self) -> Any:  # noqa: ANN401 - of the field's type
        """See Editor."""
        return self._box.currentData()

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        """See Editor."""
        self._box.setCurrentIndex(max(0, self._box.findData(value)))


class Switch(Editor):
    """On or off."""

    def __init__(self) -> None:
        self._box = QCheckBox()
        super().__init__(self._box)
        self._box.clicked.connect(lambda _: self.edited.emit())

    def value(self) -> bool:
        """See Editor."""
        return self._box.isChecked()

    def show_value(self, value: bool) -> None:  # noqa: FBT001 - a value
        """See Editor."""
        self._box.setChecked(value)


class Text(Editor):
    """A line of text; empty means None where that is allowed."""

    def __init__(self, *, optional: bool) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._optional = optional
        self._line.editingFinished.connect(self._finish)
        self._shown = ""

    def value(self) -> str | None:
        """See Editor."""
        text = self._line.text()
        return None if self._optional and not text else text

    def show_value(self, value: str | None) -> None:
        """See Editor."""
        self._shown = value or ""
        self._line.setText(self._shown)

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.edited.emit()


def editor_for(info: FieldInfo, choices: tuple[tuple[str, Any], ...] | None = None) -> Editor:
    """The editor of a field.

    Args:
        info: The field, with limits and unit.
        choices: (label, value) pairs where they depend on more than the field's type.
    """
    if choices is not None:
        return Choice(choices)
    kind, optional = _plain_type(info.annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    empty = str(extra.get("empty", "automatic"))
    if get_origin(kind) is Literal:
        none = ((empty, None),) if optional else ()
        return Choice((*none, *((str(value), value) for value in get_args(kind))))
    if kind is bool:
        return Switch()
    if kind is int and not optional:
        low, high = _limits(info)
        return WholeNumber(low, high, str(extra.get("unit", "")))
    if kind in {int, float}:
        return Number(whole=kind is int, optional=optional, empty=empty if optional else "")
    return Text(optional=optional)


def _plain_type(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a type
    """The type without None, and whether None is allowed."""
    parts = get_args(annotation)
    if type(None) not in parts:
        return annotation, False
    return next(part for part in parts if part is not type(None)), True


def _limits(info: FieldInfo) -> tuple[int, int]:
    low, high = -_LARGEST, _LARGEST
    for rule in info.metadata:
        if isinstance(rule, Ge):
            low = int(rule.ge)  # type: ignore[call-overload]
        elif isinstance(rule, Gt):
            low = int(rule.gt) + 1  # type: ignore[call-overload]
        elif isinstance(rule, Le):
            high = int(rule.le)  # type: ignore[call-overload]
        elif isinstance(rule, Lt):
            high = int(rule.lt) - 1  # type: ignore[call-overload]
    return low, high

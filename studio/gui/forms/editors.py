"""One editor for each type of field."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt
from pydantic.fields import FieldInfo
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from studio.core.specs.settings import setting_info
from studio.gui.forms.editor import Editor
from studio.gui.forms.number_input import format_number, parse_number, parse_whole_number
from studio.gui.forms.share_editor import Shares
from studio.gui.forms.value_labels import value_label

_LARGEST = 2_000_000_000


class WholeNumber(Editor):
    """A whole number with limits and a unit."""

    counts_while_typed = True

    def __init__(self, low: int, unit: str) -> None:
        self._box = QSpinBox()
        super().__init__(self._box)
        self._box.setRange(low, _LARGEST)  # what is too large is refused, not cut
        self._box.setCorrectionMode(QSpinBox.CorrectionMode.CorrectToNearestValue)
        self._box.setAccelerated(True)
        self._unit = unit
        self._show_unit(low)
        self._box.valueChanged.connect(self._changed)
        self._box.editingFinished.connect(self.finished)

    def set_unit(self, unit: str) -> None:
        """Another unit in the plural."""
        self._unit = unit
        self._show_unit(self._box.value())

    def _read(self) -> int:
        return self._box.value()

    def _show(self, value: int) -> None:
        with QSignalBlocker(self._box):
            self._box.setValue(value)
        self._show_unit(value)

    def _changed(self, value: int) -> None:
        self._show_unit(value)
        self.touch()

    def _show_unit(self, value: int) -> None:
        if self._unit:
            suffix = f" {self._unit.removesuffix('s') if value == 1 else self._unit}"
            if suffix != self._box.suffix():
                with QSignalBlocker(self._box):
                    self._box.setSuffix(suffix)


class Line(Editor):
    """What is typed in one line; it counts when the line is left, or with Return."""

    def __init__(self) -> None:
        self._line = QLineEdit()
        self._line.setAcceptDrops(False)  # the window opens what is dropped
        super().__init__(self._line)
        self._shown = self._given_text = ""
        self._line.textChanged.connect(self._typed)
        self._line.editingFinished.connect(self._finish)

    @property
    def is_half_typed(self) -> bool:
        return self._line.text() != self._shown

    def _show_text(self, text: str) -> None:
        self._shown = self._given_text = text
        self._line.setText(text)
        if not self._line.hasFocus():
            self._line.setCursorPosition(0)  # of a long text, the beginning is seen

    def _typed(self, text: str) -> None:
        self._is_touched = text != self._given_text

    def _finish(self) -> None:
        if self.is_half_typed:
            self._shown = self._line.text()
            self.edited.emit()


class Number(Line):
    """A number that is typed, whole or not; empty means None where that is allowed."""

    def __init__(self, *, whole: bool, optional: bool, empty: str) -> None:
        super().__init__()
        self._whole = whole
        self._optional = optional
        self._empty = empty
        self._line.setPlaceholderText(empty)
        self._line.setClearButtonEnabled(optional)

    def show_default(self, value: float | None) -> None:
        if value is not None:
            self._line.setPlaceholderText(f"{self._empty}: {format_number(value)}")

    def _read(self) -> float | None:
        text = self._line.text().strip()
        if not text and self._optional:
            return None
        return parse_whole_number(text) if self._whole else parse_number(text)

    def _show(self, value: float | None) -> None:
        self._show_text("" if value is None else format_number(value))


class Choice(Editor):
    """One of a few values; the first may be None, shown as its label."""

    def __init__(self, choices: tuple[tuple[str, Any], ...]) -> None:
        self._box = QComboBox()
        super().__init__(self._box)
        self._choices = choices
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(8)
        self.offer(choices)
        self._box.activated.connect(lambda _: self.touch())

    def offer(self, choices: tuple[tuple[str, Any], ...]) -> None:
        """Offers these choices; the chosen value stays chosen where it is among them."""
        value = self._read()
        self._choices = choices
        with QSignalBlocker(self._box):
            self._box.clear()
            for label, choice in choices:
                self._box.addItem(label, choice)
        self._show(value)

    def _read(self) -> Any:  # noqa: ANN401 - of the field's type
        return self._box.currentData()

    def _show(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        index = self._box.findData(value)
        if index < 0 and value is not None:  # shown, though it is none of the choices
            words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            self._box.setPlaceholderText(words)
        self._box.setCurrentIndex(0 if index < 0 and value is None else index)

    def show_default(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        none = self._box.findData(None)
        words = next((t for t, v in self._choices if v == value and v is not None), "")
        if none >= 0 and words:
            self._box.setItemText(none, f"{self._choices[none][0]}: {words}")


class Switch(Editor):
    """On or off."""

    def __init__(self) -> None:
        self._box = QCheckBox()
        super().__init__(self._box)
        self._box.clicked.connect(lambda _: self.touch())

    def _read(self) -> bool:
        return self._box.isChecked()

    def _show(self, value: bool) -> None:  # noqa: FBT001 - a value
        self._box.setChecked(value)


class TextLine(Line):
    """A line of text; empty means None where that is allowed."""

    def __init__(self, *, optional: bool, empty: str = "") -> None:
        super().__init__()
        self._optional = optional
        self._line.setPlaceholderText(empty)

    def _read(self) -> str | None:
        text = self._line.text()
        return None if self._optional and not text else text

    def _show(self, value: str | None) -> None:
        self._show_text(value or "")


class Names(TextLine):
    """Names with commas between them."""

    def __init__(self) -> None:
        super().__init__(optional=True)

    def _read(self) -> Any:  # noqa: ANN401 - a tuple of names, or None
        text = super()._read()
        return text and tuple(name.strip() for name in text.split(",") if name.strip())

    def _show(self, value: Any) -> None:  # noqa: ANN401 - likewise
        super()._show(None if value is None else ", ".join(value))


def editor_for(
    name: str, info: FieldInfo, choices: tuple[tuple[str, Any], ...] | None = None
) -> Editor:
    """The editor of a field.

    Args:
        name: The field's name.
        info: The field, with limits and unit.
        choices: (label, value) pairs where they depend on more than the field's type.
    """
    if choices is not None:
        return Choice(choices)
    kind, optional = _plain_type(info.annotation)
    unset = setting_info(info).unset if optional else ""
    if kind is int and not optional:
        return WholeNumber(_lowest(info), setting_info(info).unit)
    if kind in {int, float}:
        return Number(whole=kind is int, optional=optional, empty=unset)
    if get_origin(kind) is Literal or kind is bool:
        return _choice(name, kind, unset)
    if get_origin(kind) is tuple:
        return Shares() if float in get_args(kind) else Names()
    return TextLine(optional=optional, empty=unset)


def _choice(name: str, kind: Any, unset: str) -> Editor:  # noqa: ANN401 - a type
    if kind is bool and not unset:
        return Switch()
    none = ((unset, None),) if unset else ()
    if kind is bool:
        return Choice((*none, ("yes", True), ("no", False)))
    return Choice((*none, *((value_label(name, value), value) for value in get_args(kind))))


def _plain_type(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a type
    """The type without None, and whether None is allowed."""
    parts = get_args(annotation)
    if type(None) not in parts:
        return annotation, False
    return next(part for part in parts if part is not type(None)), True


def _lowest(info: FieldInfo) -> int:
    low = -_LARGEST
    for rule in info.metadata:
        if isinstance(rule, Ge):
            low = int(rule.ge)  # type: ignore[call-overload]
        elif isinstance(rule, Gt):
            low = int(rule.gt) + 1  # type: ignore[call-overload]
    return low

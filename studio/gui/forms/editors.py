"""One editor for each type of field; each tells its value and when the user changed it."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt
from pydantic.fields import FieldInfo
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from studio.gui.forms.editor import Editor
from studio.gui.forms.shares import Shares
from studio.gui.forms.words import said, when_empty

_LARGEST = 2_000_000_000


class WholeNumber(Editor):
    """A whole number with limits and a unit."""

    def __init__(self, low: int, unit: str) -> None:
        self._box = QSpinBox()
        super().__init__(self._box)
        self._box.setRange(low, _LARGEST)  # what is too large is told, not cut
        self._box.setCorrectionMode(QSpinBox.CorrectionMode.CorrectToNearestValue)
        self._box.setAccelerated(True)
        self._unit = unit
        self._say_unit(low)
        self._box.valueChanged.connect(self._changed)

    def value(self) -> int:
        """See Editor."""
        return self._box.value()

    def show_value(self, value: int) -> None:
        """See Editor."""
        with QSignalBlocker(self._box):
            self._box.setValue(value)
        self._say_unit(value)

    def _changed(self, value: int) -> None:
        self._say_unit(value)
        self.edited.emit()

    def _say_unit(self, value: int) -> None:
        if self._unit:
            suffix = f" {self._unit.removesuffix('s') if value == 1 else self._unit}"
            if suffix != self._box.suffix():
                with QSignalBlocker(self._box):
                    self._box.setSuffix(suffix)


class Number(Editor):
    """A number that is typed, whole or not; empty means None where that is allowed."""

    def __init__(self, *, whole: bool, optional: bool, empty: str) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._whole = whole
        self._optional = optional
        self._empty = empty
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

    def show_default(self, value: float | None) -> None:
        """See Editor."""
        if value is not None:
            self._line.setPlaceholderText(f"{self._empty}: {value:g}")

    @property
    def is_half_typed(self) -> bool:
        """See Editor."""
        return self._line.text() != self._shown

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.edited.emit()


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
        self._box.activated.connect(lambda _: self.edited.emit())

    def offer(self, choices: tuple[tuple[str, Any], ...]) -> None:
        """Offers these choices; the chosen value stays chosen where it is among them."""
        value = self._box.currentData()
        self._choices = choices
        with QSignalBlocker(self._box):
            self._box.clear()
            for label, each in choices:
                self._box.addItem(label, each)
        self.show_value(value)

    def value(self) -> Any:  # noqa: ANN401 - of the field's type
        """See Editor."""
        return self._box.currentData()

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        """See Editor."""
        self._box.setCurrentIndex(max(0, self._box.findData(value)))

    def show_default(self, value: Any) -> None:  # noqa: ANN401 - of the field's type
        """See Editor."""
        none = self._box.findData(None)
        words = next((t for t, v in self._choices if v == value and v is not None), "")
        if none >= 0 and words:
            self._box.setItemText(none, f"{self._choices[none][0]}: {words}")


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

    def __init__(self, *, optional: bool, empty: str = "") -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._optional = optional
        self._line.setPlaceholderText(empty)
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

    @property
    def is_half_typed(self) -> bool:
        """See Editor."""
        return self._line.text() != self._shown

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.edited.emit()


class Names(Text):
    """Names with commas between them."""

    def __init__(self) -> None:
        super().__init__(optional=True)

    def value(self) -> Any:  # noqa: ANN401 - a tuple of names, or None
        """See Editor."""
        text = super().value()
        return text and tuple(name.strip() for name in text.split(",") if name.strip())

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - likewise
        """See Editor."""
        super().show_value(None if value is None else ", ".join(value))


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
    if kind is int and not optional:
        return WholeNumber(_lowest(info), unit_of(info))
    if kind in {int, float}:
        return Number(
            whole=kind is int, optional=optional, empty=when_empty(name) if optional else ""
        )
    if get_origin(kind) is Literal or kind is bool:
        return _choice(name, kind, optional=optional)
    if get_origin(kind) is tuple:
        return Shares() if float in get_args(kind) else Names()
    return Text(optional=optional, empty=when_empty(name) if optional else "")


def _choice(name: str, kind: Any, *, optional: bool) -> Editor:  # noqa: ANN401 - a type
    if kind is bool and not optional:
        return Switch()
    none = ((when_empty(name), None),) if optional else ()
    if kind is bool:
        return Choice((*none, ("yes", True), ("no", False)))
    return Choice((*none, *((said(name, value), value) for value in get_args(kind))))


def unit_of(info: FieldInfo) -> str:
    """The unit of a field, or ""."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return str(extra.get("unit", ""))


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

"""A form for a spec: labels, editors, errors at the field; a wrong draft never becomes a spec."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.core.spec import Spec
from studio.gui.forms.editors import Editor, editor_for

Choices = Mapping[str, tuple[tuple[str, Any], ...]]


class Form(QWidget):
    """Edits some fields of a spec.

    The draft is validated as a whole after every change. While it is wrong, the error stands
    below its field and the last right spec stays in force.

    Signals:
        changed: The new spec, after a change by the user that made a right one.
    """

    changed = Signal(object)

    def __init__(
        self,
        spec: Spec,
        fields: Sequence[str],
        *,
        columns: int = 1,
        choices: Choices | None = None,
        label: Callable[[str, str], str] | None = None,
    ) -> None:
        super().__init__()
        self._spec = spec
        self._editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._errors: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self.fontMetrics().averageCharWidth() * 2)
        for number, name in enumerate(fields):
            self._add(grid, name, divmod(number, columns), choices or {}, label)
        for column in range(columns):
            grid.setColumnStretch(2 * column + 1, 1)
        self.show_spec(spec)

    def editor(self, field: str) -> Editor:
        """The editor of a field."""
        return self._editors[field]

    def show_spec(self, spec: Spec) -> None:
        """Shows another spec of the same kind, and drops what was wrong in the draft."""
        self._spec = spec
        for name, editor in self._editors.items():
            editor.show_value(getattr(spec, name))
            self._tell(name, "")

    def set_field_visible(self, field: str, *, visible: bool) -> None:
        """Shows or hides a field that does not fit what is edited."""
        for part in (self._editors[field], self._labels[field]):
            part.setVisible(visible)

    def _add(
        self,
        grid: QGridLayout,
        name: str,
        place: tuple[int, int],
        choices: Choices,
        label: Callable[[str, str], str] | None,
    ) -> None:
        info = type(self._spec).model_fields[name]
        row, column = place
        title = info.title or name
        caption = QLabel(label(name, title) if label else title)
        editor = editor_for(info, choices.get(name))
        error = QLabel()
        error.setProperty("tone", "bad")
        error.setWordWrap(True)
        error.hide()
        for part in (caption, editor, editor.field):
            part.setToolTip(info.description or "")
        editor.field.setAccessibleName(title)
        editor.field.setAccessibleDescription(info.description or "")
        caption.setBuddy(editor.field)
        grid.addWidget(caption, 2 * row, 2 * column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(editor, 2 * row, 2 * column + 1)
        grid.addWidget(error, 2 * row + 1, 2 * column, 1, 2)
        editor.edited.connect(self._take)
        self._editors[name], self._labels[name], self._errors[name] = editor, caption, error

    def _take(self) -> None:
        draft = self._spec.model_dump()
        wrong: dict[str, str] = {}
        for name, editor in self._editors.items():
            try:
                draft[name] = editor.value()
            except ValueError as error:
                wrong[name] = str(error)
        try:
            spec = type(self._spec).model_validate(draft)
        except ValidationError as error:
            wrong = {**_problems(error, list(self._editors)), **wrong}
        for name in self._editors:
            self._tell(name, wrong.get(name, ""))
        if not wrong and spec != self._spec:
            self._spec = spec
            self.changed.emit(spec)

    def _tell(self, name: str, problem: str) -> None:
        self._errors[name].setText(problem)
        self._errors[name].setVisible(bool(problem))


def _problems(error: ValidationError, fields: list[str]) -> dict[str, str]:
    """What is wrong by field; a rule over several fields names its field before a colon."""
    found = {}
    for detail in error.errors():
        message = detail["msg"].removeprefix("Value error, ")
        name = str(detail["loc"][0]) if detail["loc"] else message.partition(":")[0]
        if name not in fields:
            name = fields[0]
        found[name] = message.removeprefix(f"{name}: ")
    return found

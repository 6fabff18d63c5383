"""A form for a spec: labels, editors, errors at the field; only valid drafts become specs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.core.specs.comparison_spec import Spec
from studio.core.specs.experiment import FieldProblem, field_problems
from studio.core.specs.settings import setting_info
from studio.gui.forms.editor import Editor
from studio.gui.forms.editors import Choice, Number, WholeNumber, editor_for
from studio.gui.style.theme import DARKER
from studio.gui.widgets.basics import em
from studio.gui.widgets.plain_text import plain_label
from studio.gui.widgets.scrolling import show_whole, steady

Choices = Mapping[str, tuple[tuple[str, Any], ...]]
_COLUMN_EM = 17
_STACKED_EM = 9.5
_BRIGHTEST = 255


@dataclass(frozen=True, eq=False)
class _Row:
    caption: QLabel
    editor: Editor
    error: QLabel
    whole: QWidget


class Form(QWidget):
    """Edits some fields of a spec.

    The draft is validated as a whole after every change. While it is wrong, the error stands
    below its field and the last valid spec stays in force. A figure counts with every keystroke;
    if it becomes wrong on the way, the value from before the typing is in force again, not the
    figures up to there.

    Args:
        spec: What is shown first.
        fields: The fields to edit, in order.
        columns: The most columns; fewer where the form is narrow.
        stacked: Labels above their fields instead of beside them.
        choices: Choices that depend on more than the field's type, by field.
        label: Another label for a field, from its name and its usual label.

    Attributes:
        subject: What it edits one of several of, such as a contender's name; named with a problem.

    Signals:
        changed: The new spec, after a valid change by the user.
        sought: A field of it should be seen; what folds the form away unfolds it.
    """

    changed = Signal(object)
    sought = Signal()

    def __init__(  # noqa: PLR0913 - what a form can be told
        self,
        spec: Spec,
        fields: Sequence[str],
        *,
        columns: int = 1,
        stacked: bool = False,
        choices: Choices | None = None,
        label: Callable[[str, str], str] | None = None,
    ) -> None:
        super().__init__()
        self.subject = ""
        self._spec = self._accepted = spec
        self._most_columns, self._columns = columns, 0
        self._stacked = stacked
        self._label = label
        self._before_typing: dict[str, Any] = {}
        self._fixed: set[str] = set()
        self._hidden: set[str] = set()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(em(self, 1.2 if columns > 1 else 0))
        self._grid.setVerticalSpacing(em(self, 0.35))
        self._rows = {name: self._row(name, choices or {}) for name in fields}
        self._fillers = [QWidget(self) for _ in range(columns)]
        self._align()
        self._arrange()
        self.show_spec(spec)

    @property
    def kind(self) -> type[Spec]:
        return type(self._spec)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self._rows)

    def editor(self, field: str) -> Editor:
        return self._rows[field].editor

    def problem(self, field: str) -> str:
        """What is wrong with a field, or ""."""
        return self._rows[field].error.text()

    @property
    def first_problem(self) -> str:
        """What is wrong with the first wrong field that applies, by its label; or ""."""
        row = self._first_wrong
        if row is None:
            return ""
        whose = f" of {self.subject}" if self.subject else ""
        return f"{row.editor.field.accessibleName()}{whose}: {row.error.text()}"

    def show_first_problem(self) -> None:
        """Puts the keyboard into the first wrong field, where it can be seen."""
        row = self._first_wrong
        if row is not None:
            self.sought.emit()
            row.editor.setFocus()
            show_whole(row.whole)

    @property
    def _first_wrong(self) -> _Row | None:
        rows = (self._rows[name] for name in self._rows if name not in self._hidden)
        return next((row for row in rows if row.error.text()), None)

    def show_spec(self, spec: Spec) -> None:
        """Shows another spec of the same kind, and drops what was wrong in the draft."""
        if spec == self._spec:
            return self._show_all(keep_wrong=True)
        self._spec = self._accepted = spec
        self._before_typing = {}
        return self._show_all(keep_wrong=False)

    def refuse(self, field: str, problem: str) -> None:
        """Shows at a field why the last change was refused outside the form."""
        self._spec = self._accepted
        self._show_error(field, problem)

    def show_fixed(self, field: str, value: Any, why: str) -> None:  # noqa: ANN401 - a value
        """Shows a value that follows from elsewhere and cannot be edited here."""
        self._fixed.add(field)
        editor = self._rows[field].editor
        editor.show_value(value)
        editor.setEnabled(False)
        editor.field.setToolTip(why)

    def show_editable(self, field: str) -> None:
        """Takes `show_fixed` back."""
        if field in self._fixed:
            self._fixed.discard(field)
            editor = self._rows[field].editor
            editor.setEnabled(True)
            editor.field.setToolTip(type(self._spec).model_fields[field].description or "")
            editor.show_value(getattr(self._spec, field))

    def show_default(self, field: str, value: Any) -> None:  # noqa: ANN401 - a value
        """Shows at a field what a blank stands for at present."""
        self._rows[field].editor.show_default(value)

    def offer(self, field: str, choices: tuple[tuple[str, Any], ...]) -> None:
        """Offers other choices at a field that was made with choices."""
        editor = self._rows[field].editor
        assert isinstance(editor, Choice)  # noqa: S101 - as the caller made it
        editor.offer(choices)
        editor.show_value(getattr(self._spec, field))

    def set_label(self, field: str, text: str, unit: str = "") -> None:
        """Calls a field by another name, and a whole number's unit by another."""
        row = self._rows[field]
        row.caption.setText(text)
        row.editor.field.setAccessibleName(text)
        if unit and isinstance(row.editor, WholeNumber):
            row.editor.set_unit(unit)

    def set_field_visible(self, field: str, *, visible: bool) -> None:
        """Shows or hides a field that does not fit what is edited."""
        if visible == (field in self._hidden):
            (self._hidden.discard if visible else self._hidden.add)(field)
            self._columns = 0
            self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(em(self, _STACKED_EM), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _row(self, name: str, choices: Choices) -> _Row:
        info = type(self._spec).model_fields[name]
        editor = editor_for(name, info, choices.get(name))
        title = info.title or name
        if self._label is not None:
            title = self._label(name, title)
        unit = setting_info(info).unit if isinstance(editor, Number) else ""
        caption = plain_label(f"{title}, {unit}" if unit else title)
        error = plain_label()
        error.setProperty("tone", "bad")
        error.setWordWrap(True)
        error.hide()
        for part in (caption, editor, editor.field):
            part.setToolTip(info.description or "")
        editor.field.setAccessibleName(title or info.title or name)
        editor.field.setAccessibleDescription(info.description or "")
        caption.setBuddy(editor.focusProxy() or editor.field)
        editor.edited.connect(self._take)
        editor.finished.connect(lambda: self._before_typing.pop(name, None))
        editor.given_up.connect(lambda: self._give_up(name))
        return _Row(caption, editor, error, self._joined(caption, editor, error))

    def _joined(self, caption: QLabel, editor: Editor, error: QLabel) -> QWidget:
        widget = QWidget(self)
        policy = QSizePolicy.Policy
        across = policy.Ignored if self._most_columns > 1 else policy.Preferred
        widget.setSizePolicy(across, policy.Maximum)
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.1))
        if self._stacked:
            caption.setProperty("tone", "muted")
            column.addWidget(caption)
            column.addWidget(editor)
        else:
            line = QGridLayout()
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(caption, 0, 0, Qt.AlignmentFlag.AlignVCenter)
            line.addWidget(editor, 0, 1)
            line.setHorizontalSpacing(em(self, 0.5))
            line.setColumnStretch(1, 1)
            column.addLayout(line)
        column.addWidget(error)
        caption.setVisible(bool(caption.text()))
        return widget

    def _align(self) -> None:
        """Gives labels that stand beside their fields one width."""
        if not self._stacked:
            widest = max(row.caption.sizeHint().width() for row in self._rows.values())
            for row in self._rows.values():
                row.caption.setMinimumWidth(widest)

    def _arrange(self) -> None:
        width = em(self, _STACKED_EM if self._stacked else _COLUMN_EM)
        columns = max(1, min(self._most_columns, self.width() // width))
        if columns == self._columns:
            return
        self._columns = columns
        for row in self._rows.values():
            self._grid.removeWidget(row.whole)
        shown = [name for name in self._rows if name not in self._hidden]
        for name, row in self._rows.items():
            row.whole.setVisible(name in shown)
        top = Qt.AlignmentFlag.AlignTop
        for filler in self._fillers:
            filler.hide()
        for number, name in enumerate(shown):
            self._grid.addWidget(self._rows[name].whole, *divmod(number, columns), top)
        for column in range(len(shown), columns):  # an empty column would leave out its gap
            self._grid.addWidget(self._fillers[column], 0, column)
            self._fillers[column].show()
        for column in range(self._most_columns):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _show_all(self, *, keep_wrong: bool) -> None:
        for name, row in self._rows.items():
            is_wrong = row.editor.is_half_typed or bool(row.error.text())
            if name in self._fixed or (keep_wrong and is_wrong):
                continue
            row.editor.show_value(getattr(self._spec, name))
            self._show_error(name, "")

    def _take(self) -> None:
        draft = self._spec.model_dump()
        wrong: dict[str, str] = {}
        for name, row in self._rows.items():
            if name in self._fixed:
                continue
            try:
                draft[name] = row.editor.value()
            except ValueError as error:
                wrong[name] = str(error)
        try:
            spec = type(self._spec).model_validate(draft)
        except ValidationError as error:
            wrong = {**_problems_by_field(error, list(self._rows)), **wrong}
        if wrong != {
            name: row.error.text() for name, row in self._rows.items() if row.error.text()
        }:
            with steady(self):
                for name in self._rows:
                    self._show_error(name, wrong.get(name, ""))
        if wrong:
            spec = self._without_half_typed(wrong)
        else:
            self._remember_before(spec)
        if spec != self._spec:
            self._accepted, self._spec = self._spec, spec
            self.changed.emit(spec)

    def _remember_before(self, spec: Spec) -> None:
        for name, row in self._rows.items():
            before = getattr(self._spec, name)
            if row.editor.counts_while_typed and getattr(spec, name) != before:
                self._before_typing.setdefault(name, before)

    def _without_half_typed(self, wrong: Iterable[str]) -> Spec:
        """The spec in force, without the beginnings of figures that became wrong."""
        before = {n: self._before_typing[n] for n in wrong if n in self._before_typing}
        return self._spec.model_copy(update=before)

    def _give_up(self, name: str) -> None:
        """Shows the value in force in place of a wrong one."""
        self._before_typing.pop(name, None)
        self._rows[name].editor.show_value(getattr(self._spec, name))
        self._take()

    def _show_error(self, name: str, problem: str) -> None:
        row = self._rows[name]
        row.editor.is_refused = bool(problem)
        row.error.setText(problem)
        row.error.setVisible(bool(problem))
        row.editor.field.setPalette(_frame_in(row.error) if problem else QPalette())
        row.editor.field.setAccessibleDescription(
            problem or type(self._spec).model_fields[name].description or ""
        )


def _frame_in(error: QLabel) -> QPalette:
    """A palette in which Fusion draws a field's frame in the colour of its error."""
    error.ensurePolished()
    color = error.palette().color(error.foregroundRole())
    palette = QPalette()
    value = min(_BRIGHTEST, color.value() * DARKER // 100)
    ground = QColor.fromHsv(color.hue(), color.saturation(), value)
    palette.setColor(QPalette.ColorRole.Window, ground)  # what is lighter than light would be white
    palette.setColor(QPalette.ColorRole.Highlight, color)
    return palette


_LIMITS = {
    "greater_than_equal": ("ge", "must be at least {}"),
    "greater_than": ("gt", "must be greater than {}"),
    "less_than_equal": ("le", "must be at most {}"),
    "less_than": ("lt", "must be less than {}"),
}


def _problems_by_field(error: ValidationError, fields: list[str]) -> dict[str, str]:
    """Messages by field; those of other fields go to the first."""
    messages = {}
    for problem in field_problems(error):
        name = str(problem.path[0]) if problem.path else ""
        messages[name if name in fields else fields[0]] = _message(problem)
    return messages


def _message(problem: FieldProblem) -> str:
    if problem.kind not in _LIMITS:
        return problem.message
    limit, words = _LIMITS[problem.kind]
    return words.format(f"{problem.limits[limit]:,.15g}")

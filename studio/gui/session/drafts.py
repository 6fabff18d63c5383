"""The settings that the forms edit, with undo; runs never change by an edit."""

import time
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.core.specs.comparison_spec import ComparisonSpec

_ONE_EDIT_SECONDS = 1.0


class Draft(QObject):
    """The comparison that is being set up.

    Signals:
        changed: Another spec is in force, by an edit, undo, redo or replacement.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._spec: ComparisonSpec | None = None
        self.undo_stack = QUndoStack(self)

    @property
    def spec(self) -> ComparisonSpec | None:
        """The spec in force; None before there is a dataset."""
        return self._spec

    def replace(self, spec: ComparisonSpec | None) -> None:
        """Begins with another comparison; nothing before it can be undone."""
        self.undo_stack.clear()
        self._put(spec)

    def edit(self, spec: ComparisonSpec, what: str) -> None:
        """Puts a changed spec in force; `what` names the change in the undo menu."""
        if self._spec is not None and spec != self._spec:
            self.undo_stack.push(_Edit(self, self._spec, spec, what))

    def _put(self, spec: ComparisonSpec | None) -> None:
        self._spec = spec
        self.changed.emit()


class _Edit(QUndoCommand):
    def __init__(
        self, draft: Draft, before: ComparisonSpec, after: ComparisonSpec, what: str
    ) -> None:
        super().__init__(what)
        self._draft, self._before, self._after = draft, before, after
        self._fields = _differing(before.model_dump(), after.model_dump())
        self._made = time.monotonic()

    def id(self) -> int:
        """All edits may merge with the one before."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Figures typed one after the other into one field are one edit; other fields are not."""
        assert isinstance(other, _Edit)  # noqa: S101 - the only kind there is
        is_same = (other.text(), other._fields) == (self.text(), self._fields)
        if not is_same or other._made - self._made > _ONE_EDIT_SECONDS:  # noqa: SLF001
            return False
        self._after, self._made = other._after, other._made  # noqa: SLF001
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._draft._put(self._after)  # noqa: SLF001 - the draft's own command

    def undo(self) -> None:
        self._draft._put(self._before)  # noqa: SLF001 - likewise


def _differing(before: Any, after: Any, path: str = "") -> frozenset[str]:  # noqa: ANN401 - parts
    """Where two dumped specs differ, down to single fields."""
    if before == after:
        return frozenset()
    if isinstance(before, tuple) and isinstance(after, tuple):
        before, after = dict(enumerate(before)), dict(enumerate(after))
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return frozenset({path})
    parts = (
        _differing(before.get(name), after.get(name), f"{path}.{name}")
        for name in before.keys() | after.keys()
    )
    return frozenset().union(*parts)

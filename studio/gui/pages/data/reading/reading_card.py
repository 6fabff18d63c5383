"""How the data was read: each decision with its reason, the doubtful ones first and open."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from studio.core.decisions import ReadingDecision
from studio.gui.pages.data.view.reading_rows import ReadingRow, reading_rows
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.plain_text import plain_label

_CHOICE_EM = 11
_MOST_OPEN = 8
_MOST_NOTED = 4
_NOTABLE = frozenset(
    {"order", "marks", "zone", "skip_rows", "skip_footer", "thousands", "id", "na_values", "member"}
)


class _Choice(QComboBox):
    """A list of choices that leaves the mouse wheel to the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()


class ReadingCard(Card):
    """A row for each decision; another choice reads the data again.

    Signals:
        chosen: A setting and the value that the user chose for it.
    """

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("How it was read")
        self._rows: tuple[ReadingRow, ...] = ()
        self._shows_all = False
        self.more = button("", self._toggle, tip="Show the decisions that are certain, too")
        self.header.addWidget(self.more)
        self.summary = label("", tone="muted")
        self.body.addWidget(self.summary)
        self._grid_widget = QWidget()
        self._grid = QGridLayout(self._grid_widget)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(em(self, 0.5))
        self._grid.setHorizontalSpacing(em(self, 0.8))
        self._grid.setColumnStretch(1, 1)
        self.body.addWidget(self._grid_widget)
        self.choices: dict[str, QComboBox] = {}

    def show_decisions(self, decisions: Iterable[ReadingDecision]) -> None:
        """Shows how a dataset was read; nothing where no decision was made."""
        rows = reading_rows(decisions)
        self.setVisible(bool(rows))
        if rows != self._rows:
            self._rows = rows
            self._fill()

    @property
    def doubtful(self) -> int:
        """How many decisions the data leaves open."""
        return sum(row.is_doubtful for row in self._rows)

    def _open_rows(self) -> tuple[ReadingRow, ...]:
        """The rows that are shown: all, or the doubtful ones and those that the user set."""
        if self._shows_all:
            return self._rows
        return tuple(row for row in self._rows if row.is_doubtful or row.is_set)[:_MOST_OPEN]

    def _toggle(self) -> None:
        self._shows_all = not self._shows_all
        self._fill()

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.choices = {}
        rows = self._open_rows()
        doubtful = self.doubtful
        notable = () if self._shows_all else _notable(self._rows)
        self.summary.setText("\n".join((_summary(doubtful, len(self._rows)), *notable)))
        self.summary.setProperty("tone", "warning" if doubtful else "muted")
        self.summary.style().polish(self.summary)
        hidden = len(self._rows) - len(rows)
        self.more.setText("Show less  ▴" if self._shows_all else f"Show all {len(self._rows)}  ▾")
        self.more.setVisible(self._shows_all or hidden > 0)
        for index, row in enumerate(rows):
            self._add(2 * index, row)
        self._grid_widget.setVisible(bool(rows))

    def _add(self, place: int, row: ReadingRow) -> None:
        title = label(row.title, bold=row.is_doubtful)
        evidence = plain_label(row.evidence)
        evidence.setWordWrap(True)
        evidence.setProperty("tone", "muted")
        self._grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(self._choice(row), place, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(evidence, place + 1, 0, 1, 2)

    def _choice(self, row: ReadingRow) -> QWidget:
        if len(row.choices) < 2:  # noqa: PLR2004 - nothing to choose from
            return label(row.choices[0][1])
        box = _Choice()
        box.setAccessibleName(row.title)
        box.setMinimumContentsLength(_CHOICE_EM)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        with QSignalBlocker(box):
            for choice, words in row.choices:
                box.addItem(words, choice)
        setting = row.setting
        box.activated.connect(lambda _: self._choose(setting, box))
        self.choices[setting] = box
        return box

    def _choose(self, setting: str, box: QComboBox) -> None:
        if box.currentIndex() > 0:
            self.chosen.emit(setting, str(box.currentData()))


def _notable(rows: Iterable[ReadingRow]) -> tuple[str, ...]:
    """What was done to the data without a doubt, a line each."""
    found = [row for row in rows if row.setting in _NOTABLE and not (row.is_doubtful or row.is_set)]
    return tuple(f"{row.title}: {row.choices[0][1]}. {row.evidence}" for row in found[:_MOST_NOTED])


def _summary(doubtful: int, count: int) -> str:
    if not doubtful:
        return "Nothing is in doubt."
    if doubtful == 1:
        return "Please check one decision; the data leaves it open."
    return f"Please check {doubtful} of {count} decisions; the data leaves them open."

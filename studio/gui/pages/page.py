"""What every page is to the window."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.gui.desk import Desk
from studio.gui.widgets.basics import em
from studio.gui.widgets.tab_order import neighbour, tab_stops

State = Literal["", "done", "waiting", "failed"]


class Page(QScrollArea):
    """A page; it redraws only while it is visible.

    Subclasses set `name`, `icon` and `title`, fill `self.content`, and override `refresh`.

    Signals:
        state_changed: `state` is another.
        go_to: The name of a page that should be shown.
        left: Tab went beyond the last or before the first field.
    """

    name = ""
    icon = ""
    title = ""

    state_changed = Signal()
    go_to = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.state: State = ""
        self._told = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = inside = QWidget()
        inside.setObjectName("page")
        self.content = QVBoxLayout(inside)
        gap = em(self, 0.9)
        self.content.setContentsMargins(gap, gap, gap, gap)
        self.content.setSpacing(em(self, 0.7))
        self.setWidget(inside)
        self._is_stale = True

    def refresh(self) -> None:
        """Shows what is on the desk now; called when visible and something changed."""

    def mark_stale(self) -> None:
        """Something that the page shows has changed: redraws now, or when it is shown."""
        self._is_stale = True
        if self.is_seen:
            self._refresh_if_stale()

    @property
    def is_seen(self) -> bool:
        """Whether it is the page that is shown, in a window that is not minimised."""
        return self.isVisible() and not self.window().isMinimized()

    def set_state(self, state: State) -> None:
        """Marks the page in the side bar."""
        if state != self.state:
            self.state = state
            self.state_changed.emit()

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Redraws what changed while the page was hidden."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._refresh_if_stale()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802 - Qt's name
        """Tab goes through the page as it is read, and at its end on to the side bar."""
        stops = tab_stops(self._inside)
        after = neighbour(stops, self.focusWidget(), forward=forward)
        if after is None:
            self.left.emit()
            return True
        reasons = Qt.FocusReason
        after.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
        self.ensureWidgetVisible(after)
        return True

    def _refresh_if_stale(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.draw_or_tell(self.refresh)

    def draw_or_tell(self, draw: Callable[[], None]) -> None:
        """Draws, and tells once what went wrong: Qt, which called, would end the program."""
        try:
            draw()
        except Exception as error:  # noqa: BLE001 - whatever it is
            if repr(error) != self._told:  # a page is drawn often
                self._told = repr(error)
                self.desk.waiting.report(f"The page {self.title} cannot be shown", error)

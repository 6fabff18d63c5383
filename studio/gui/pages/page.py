"""The base of all pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.gui.context.app_context import AppContext
from studio.gui.widgets.basics import em, label
from studio.gui.widgets.tab_order import neighbour, tab_stops

State = Literal["", "done", "waiting", "failed"]


class Page(QScrollArea):
    """A page; it redraws only while it is visible.

    Subclasses set `name`, `icon` and `title`, fill `self.content`, and override `refresh`.

    Attributes:
        notice: What is wrong, below the page: always in sight, and nothing on the page moves when
            it comes or goes.

    Signals:
        state_changed: `state` changed.
        go_to: The name of a page that should be shown.
        left: Tab went beyond the last or before the first field.
    """

    name = ""
    icon = ""
    title = ""

    state_changed = Signal()
    go_to = Signal(str)
    left = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.state: State = ""
        self._reported = ""
        self._to_draw: list[Callable[[], None]] = []
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.timeout.connect(self._draw_next)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._inside = inside = QWidget()
        inside.setObjectName("page")
        self.content = QVBoxLayout(inside)
        gap = em(self, 0.9)
        self.content.setContentsMargins(gap, gap, gap, gap)
        self.content.setSpacing(em(self, 0.7))
        self.setWidget(inside)
        self._is_stale = True
        self.notice = label("", tone="bad")
        self.notice.setObjectName("notice")
        self.notice.setParent(self)
        self.notice.hide()

    def tell(self, text: str) -> None:
        """Says what is wrong, or nothing."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))
        self._place_notice()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._place_notice()

    def _place_notice(self) -> None:
        is_told = bool(self.notice.text())
        height = self.notice.heightForWidth(self.width()) if is_told else 0
        if self.viewportMargins().bottom() != height:
            self.setViewportMargins(0, 0, 0, height)
        self.notice.setGeometry(0, self.height() - height, self.width(), height)

    def refresh(self) -> None:
        """Draws the current state; called when the page is visible and something changed."""

    def view_state(self) -> dict[str, Any]:
        """What is looked at on the page, as JSON can hold it."""
        return {}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Looks at it again, as far as it is there; the state may come from anywhere."""

    def mark_stale(self) -> None:
        """Redraws now, or when the page is next shown."""
        self._is_stale = True
        if self.is_seen:
            self._refresh_if_stale()

    @property
    def is_seen(self) -> bool:
        """Whether it is the page that is shown, in a window that is not minimised."""
        return self.isVisible() and not self.window().isMinimized()

    def set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Redraws what changed while the page was hidden."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._refresh_if_stale()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802 - Qt's name
        """Tab follows the reading order and, at the end, leaves to the side bar."""
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
            self.draw_or_report(self.refresh)

    @property
    def is_drawn(self) -> bool:
        """Whether nothing of the page is still to be drawn."""
        return not (self._is_stale or self._to_draw)

    def draw_in_turn(self, parts: Sequence[Callable[[], None]]) -> None:
        """Draws large parts one by one, so that the window answers in between.

        Parts that an earlier call left are dropped.
        """
        self._to_draw = list(parts)
        self._drawing.start(0)

    def _draw_next(self) -> None:
        if self._to_draw:
            part = self._to_draw[0]
            self.draw_or_report(part)
            if self._to_draw and self._to_draw[0] is part:
                self._to_draw.pop(0)
        if self._to_draw:
            self._drawing.start(0)

    def draw_or_report(self, draw: Callable[[], None]) -> None:
        """Draws, and reports an error once: raised into Qt it would end the program."""
        try:
            draw()
        except Exception as error:  # noqa: BLE001 - whatever it is
            if repr(error) != self._reported:  # a page is drawn often
                self._reported = repr(error)
                self.context.jobs.report(f"The page {self.title} cannot be shown", error)

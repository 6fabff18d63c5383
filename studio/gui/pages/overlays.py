"""Curves of other sessions beside those of the page Compare."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from studio.core.history import ComparisonHistory
from studio.gui.desk import Desk
from studio.gui.pages.curves_card import CurvesCard, Overlay
from studio.gui.widgets.basics import button
from studio.sessions.newest import newest_history


class Overlays:
    """A button in a card of curves, and what it adds to them.

    Args:
        desk: Reads sessions.
        card: Where the curves are drawn.
        shown: The comparison that is drawn there, or None.
    """

    def __init__(
        self, desk: Desk, card: CurvesCard, shown: Callable[[], ComparisonHistory | None]
    ) -> None:
        self._desk, self._card, self._shown = desk, card, shown
        card.header.addWidget(
            button(
                "Add another &session…",
                self.ask,
                tip="Draws the curves of another session's newest comparison beside these.",
            )
        )

    def ask(self) -> None:
        """Asks for a session and adds it."""
        path, _ = QFileDialog.getOpenFileName(
            self._card, "Draw the curves of another session", "", "Sessions (*.gates)"
        )
        if path:
            self.add(Path(path))

    def add(self, path: Path) -> None:
        """Draws the curves of the newest comparison of another session beside these."""
        history = self._shown()
        if history is None:
            return
        loss, locks = history.preparation.loss, self._desk.folders.locks

        def job() -> Overlay:
            return Overlay(path.stem, newest_history(path, locks, loss))

        def take(overlay: Overlay) -> None:
            self._card.overlays.append(overlay)
            self._card.changed.emit()

        self._desk.waiting.load(f"Reading {path.name}", job, take)

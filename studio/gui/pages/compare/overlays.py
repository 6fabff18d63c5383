"""Curves of other sessions beside those of the page Compare."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from studio.core.results.history import ComparisonHistory
from studio.gui.context.app_context import AppContext
from studio.gui.pages.compare.curves_card import CurvesCard, Overlay
from studio.gui.widgets.basics import button
from studio.sessions.latest import latest_history


class Overlays:
    """A button in a card of curves, and what it adds to them.

    Args:
        context: Reads sessions.
        card: Where the curves are drawn.
        shown: The comparison that is drawn there, or None.
    """

    def __init__(
        self, context: AppContext, card: CurvesCard, shown: Callable[[], ComparisonHistory | None]
    ) -> None:
        self._context, self._card, self._shown = context, card, shown
        card.header.addWidget(
            button(
                "Add another &session…",
                self.ask,
                tip="Adds the curves of another session's newest comparison",
            )
        )

    def ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._card, "Add the curves of another session", "", "Sessions (*.gates)"
        )
        if path:
            self.add(Path(path))

    def add(self, path: Path) -> None:
        """Draws the curves of the newest comparison of another session beside these."""
        history = self._shown()
        if history is None:
            return
        loss, locks = history.preprocessing.loss, self._context.folders.locks

        def job() -> Overlay:
            return Overlay(path.stem, latest_history(path, locks, loss))

        def take(overlay: Overlay) -> None:
            self._card.overlays.append(overlay)
            self._card.changed.emit()

        self._context.jobs.load(f"Reading {path.name}", job, take)

"""Which page a session was left on, and what was looked at there; kept between starts."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from studio.core.system.disk import write_whole
from studio.gui.pages.page import Page
from studio.gui.session.controller import SessionController
from studio.gui.session.session_state import (
    Idle,
    Opening,
    OpenSession,
    Ready,
    SessionState,
    opened_in,
)

_MOST = 50


class SessionViews(QObject):
    """Notes the view of a session when it is left, and shows it again when it is opened.

    Args:
        folder: Where the views are kept.
        session: The session of the window.
        pages: All pages by name.
        shown: The name of the page that is shown.
        show: Shows the page of a name.
    """

    def __init__(
        self,
        folder: Path,
        session: SessionController,
        pages: Mapping[str, Page],
        shown: Callable[[], str],
        show: Callable[[str], None],
    ) -> None:
        super().__init__(session)
        self._path = folder / "views.json"
        self._session, self._pages = session, pages
        self._shown, self._show = shown, show
        session.transitioned.connect(self._follow)

    def note(self, path: Path | None) -> None:
        """Keeps what is shown now as the view of a session."""
        if path is None:
            return
        views = _read(self._path)
        key = str(path.resolve())
        views.pop(key, None)
        views[key] = {
            "page": self._shown(),
            "pages": {name: page.view_state() for name, page in self._pages.items()},
        }
        newest = dict(list(views.items())[-_MOST:])
        with suppress(OSError):  # then the session opens on the page Compare
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(newest, indent=1).encode())

    def _follow(self, before: SessionState, after: SessionState) -> None:
        left = opened_in(before)
        if left is not None and isinstance(after, Opening | Idle):
            self.note(left.path)
        is_opened = isinstance(before, Opening) and isinstance(before.intent, OpenSession)
        if is_opened and isinstance(after, Ready):
            self._restore(after.opened.path)

    def _restore(self, path: Path) -> None:
        view = _read(self._path).get(str(path.resolve()))
        if not isinstance(view, dict):
            return
        states = view.get("pages")
        for name, state in (states if isinstance(states, dict) else {}).items():
            if name in self._pages and isinstance(state, dict):
                self._pages[name].restore_view(state)
        if view.get("page") in self._pages:
            self._show(view["page"])


def _read(path: Path) -> dict[str, Any]:
    """The kept views by session; nothing where the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

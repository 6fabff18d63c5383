"""A line that says so where results and the data on the desk do not belong together."""

from PySide6.QtWidgets import QLabel

from studio.gui.desk import Desk
from studio.gui.widgets.basics import em, label

_ABOUT_RESULTS = frozenset({"train", "gates", "compare", "export"})


class OtherData:
    """Watches the desk for results of other data than what was opened last.

    Attributes:
        notice: The line, to stand above the pages.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._page = ""
        self.notice: QLabel = label("", tone="warning")
        self.notice.setContentsMargins(*(em(self.notice, 0.7),) * 2, 0, 0)
        for changed in (
            desk.work.session_changed,
            desk.work.history_changed,
            desk.planner.dataset_changed,
            desk.planner.plan_changed,
        ):
            changed.connect(self._refresh)
        self._refresh()

    def show_page(self, name: str) -> None:
        """Another page came to the front."""
        self._page = name
        self._refresh()

    def _refresh(self) -> None:
        told = self._words() if self._page in _ABOUT_RESULTS else ""
        self.notice.setText(told)
        self.notice.setVisible(bool(told))

    def _words(self) -> str:
        history, planner = self._desk.work.history, self._desk.planner
        if history is None or planner.dataset is None or self._desk.work.is_starting:
            return ""
        planned = None if planner.plan is None else planner.plan.spec.dataset
        if history.spec.dataset in (planner.read_as, planned):
            return ""
        if planned is None and planner.dataset.name == history.dataset_name:
            return ""  # as planned it may be the same, with what was detected filled in
        return (
            f"These are results of {history.dataset_name}. {planner.dataset.name}, which is on the "
            "page Data now, was not trained yet."
        )

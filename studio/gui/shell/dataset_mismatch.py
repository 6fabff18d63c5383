"""A notice where the results shown do not belong to the dataset that is open."""

from PySide6.QtWidgets import QLabel

from studio.gui.context.app_context import AppContext
from studio.gui.widgets.basics import em, label

_ABOUT_RESULTS = frozenset({"train", "gates", "compare", "predict", "export"})


class DatasetMismatch:
    """Watches for results of a dataset other than the one opened last.

    Attributes:
        notice: The line, to stand above the pages.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._page = ""
        self.notice: QLabel = label("", tone="warning")
        self.notice.setContentsMargins(*(em(self.notice, 0.7),) * 2, 0, 0)
        for changed in (
            context.session.transitioned,
            context.session.history_changed,
            context.planner.dataset_changed,
            context.planner.plan_changed,
        ):
            changed.connect(self._refresh)
        self._refresh()

    def show_page(self, name: str) -> None:
        self._page = name
        self._refresh()

    def _refresh(self) -> None:
        text = self._words() if self._page in _ABOUT_RESULTS else ""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def _words(self) -> str:
        history, planner = self._context.session.history, self._context.planner
        if history is None or planner.dataset is None or self._context.session.is_starting:
            return ""
        planned = None if planner.plan is None else planner.plan.spec.dataset
        if history.spec.dataset in (planner.read_as, planned):
            return ""
        if planned is None and planner.dataset.name == history.dataset_name:
            return ""  # as planned it may be the same, with what was detected filled in
        return (
            f"These are the results for {history.dataset_name}. {planner.dataset.name}, now open "
            "on the page Data, has not been trained on yet."
        )

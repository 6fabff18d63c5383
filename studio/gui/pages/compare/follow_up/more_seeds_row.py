"""Adds seeds to an inconclusive comparison, within a time limit."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from studio.analysis import ScoreVerdict
from studio.analysis.basis import ALPHA, InterimLooks
from studio.core.results.history import ComparisonHistory
from studio.gui.view.results_view import Results
from studio.gui.widgets.basics import button, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.runs.planning.sequential_stopping import with_more_looks

_MINUTES = 15
_MOST_SEEDS = 20


class MoreSeedsRow(QWidget):
    """Shown where a pair is inconclusive and more seeds can be added.

    Signals:
        requested: Minutes that may be spent on more seeds.
    """

    requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.button = button("Add seeds until &decided", self._want)
        self.minutes = QSpinBox()
        self.minutes.setRange(1, 24 * 60)
        self.minutes.setValue(_MINUTES)
        self.minutes.setSuffix(" minutes at most")
        self.minutes.setAccessibleName("Time limit in minutes")
        self.words = label("", tone="muted", size=0.95)
        row = FlowRow(0.5)
        row.add(self.button)
        row.add(self.minutes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(row)
        layout.addWidget(self.words)

    def show_results(self, results: Results, why_not: str) -> None:
        """Shows itself where it can help.

        Args:
            results: Of the shown comparison.
            why_not: Why nothing can be trained now, or "".
        """
        history: ComparisonHistory = results.history
        self.setVisible(_can_be_decided(results) and not why_not)
        self.words.setText(_more_seeds_text(history))

    def _want(self) -> None:
        self.requested.emit(self.minutes.value())


def _can_be_decided(results: Results) -> bool:
    """Whether all runs ended, a pair is undecided, and there are fewer than 20 seeds."""
    history = results.history
    verdicts = [
        verdict
        for verdict in results.summary.verdicts
        if isinstance(verdict, ScoreVerdict) and verdict.about == results.metric.name
    ]
    is_undecided = any(verdict.decision.kind == "undecided" for verdict in verdicts)
    return history.is_complete and is_undecided and history.spec.training.seeds < _MOST_SEEDS


def _more_seeds_text(history: ComparisonHistory) -> str:
    """What the button does."""
    adds = f"Adds seeds to all contenders until every pair is decided, up to {_MOST_SEEDS}."
    planned = with_more_looks(history.spec) if history.spec.looks is None else history.spec
    if planned.looked is None:
        return f"{adds} The 5 % false-positive rate is split across the interim looks."
    looks = InterimLooks(planned.looks or (), planned.training.seeds, planned.looked)
    return (
        f"{adds} The first verdict has been seen and counts as a look too, so false positives are "
        f"kept at {100 * looks.most_false_positives:.0f} % or below, not at {100 * ALPHA:.0f} %; "
        "the new verdict says so."
    )

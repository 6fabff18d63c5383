"""Trains contenders longer that were still improving when training ended."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QVBoxLayout, QWidget

from studio.analysis.scores.training_end import contender_converged
from studio.analysis.wording import join_names
from studio.core.results.history import ComparisonHistory
from studio.gui.view.results_view import Results
from studio.gui.widgets.basics import button, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.runs.planning.longer_training import NewLimits, why_not_longer

_FACTOR = 2
_MOST = 1_000_000
_GOES_ON = (
    "Runs go on from where they ended, in the same comparison. The verdict will say that results "
    "had been seen before."
)


class LongerTrainingRow(QWidget):
    """Shown where a contender was still improving when its runs ended.

    Signals:
        requested: The new limits of each run.
    """

    requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", tone="warning")
        self.button = button("Train &longer", self._want)
        self.epochs, self.steps, self.seconds = QSpinBox(), QSpinBox(), QDoubleSpinBox()
        row = FlowRow(0.5)
        row.add(self.button)
        for name, box in (("epochs", self.epochs), ("steps", self.steps), ("s", self.seconds)):
            box.setPrefix("to ")
            box.setSuffix(f" {name}")
            box.setAccessibleName(f"New limit in {'seconds' if name == 's' else name}")
            row.add(box)
        self.note = label("", tone="muted", size=0.95)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.words, row, self.note):
            layout.addWidget(part)
        self._shown: ComparisonHistory | None = None

    def show_results(self, results: Results, why_not: str) -> None:
        """Shows itself where a contender could still improve.

        Args:
            results: Of the shown comparison.
            why_not: Why nothing can be trained now, or "".
        """
        history = results.history
        improving = [
            contender.name
            for contender in history.contenders
            if contender_converged(contender) is False
        ]
        self.setVisible(bool(improving) and history.is_complete and not why_not)
        if not improving:
            return
        self.words.setText(_improving_text(improving))
        refused = why_not_longer(history.spec)
        self.button.setEnabled(not refused)
        self.note.setText(f"{refused[0].upper()}{refused[1:]}." if refused else _GOES_ON)
        if history is not self._shown:
            self._shown = history
            self._show_limits(history)

    def _show_limits(self, history: ComparisonHistory) -> None:
        training = history.spec.training_in_force
        by_time = training.seconds is not None
        epochs = None if by_time else training.epochs
        steps = None if by_time else training.steps
        for box, limit in ((self.epochs, epochs), (self.steps, steps)):
            box.setVisible(limit is not None)
            box.setRange((limit or 0) + 1, _MOST)
            box.setValue(min(_MOST, _FACTOR * (limit or 0)))
        self.seconds.setVisible(by_time)
        self.seconds.setRange((training.seconds or 0) + 1, _MOST)
        self.seconds.setValue(min(_MOST, _FACTOR * (training.seconds or 0)))

    def _want(self) -> None:
        self.requested.emit(
            NewLimits(
                epochs=None if self.epochs.isHidden() else self.epochs.value(),
                steps=None if self.steps.isHidden() else self.steps.value(),
                seconds=None if self.seconds.isHidden() else self.seconds.value(),
            )
        )


def _improving_text(names: list[str]) -> str:
    were = "were" if len(names) > 1 else "was"
    return f"{join_names(names)} {were} still improving when training ended."

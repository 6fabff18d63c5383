"""A card with one example experiment."""

import qtawesome
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from studio.core.durations import format_duration
from studio.gui.pages.data.example_experiments import ExampleExperiment
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.plain_text import plain_label
from studio.gui.widgets.sparkline import Sparkline

_DRAWING_EM = 6


class ExperimentCard(Card):
    """The question, how it is answered, a piece of its data, and one button.

    Signals:
        run: The path of the experiment to run.
    """

    run = Signal(object)

    def __init__(self, question: ExampleExperiment) -> None:
        super().__init__()
        self._question = question
        self.icon = plain_label()
        self.heading.hide()
        self.header.insertWidget(0, self.icon)
        self.header.addWidget(label(question.field, tone="muted", size=0.95), 1)
        self.drawing = Sparkline(_DRAWING_EM, f"Sample of the data of {question.path.stem}")
        self.button = button(
            "Run", lambda: self.run.emit(question.path), tip=f"Start training: {question.heading}"
        )
        self.button.setAccessibleName(f"Run: {question.heading}")
        self.body.addWidget(label(question.heading, bold=True, size=1.15))
        self.body.addWidget(label(question.text, tone="muted", size=0.95))
        self.body.addStretch(1)
        self.sample = label(f"“{question.sample}”")
        self.body.addWidget(self.sample)
        self.body.addWidget(self.drawing)
        self.sample.setVisible(bool(question.sample))  # with a parent by now: alone, a window
        self.drawing.setVisible(not question.sample)
        row = QHBoxLayout()
        row.addWidget(
            label(f"about {format_duration(question.seconds)}", tone="muted", size=0.95), 1
        )
        row.addWidget(self.button)
        self.body.addLayout(row)

    def use(self, theme: Theme, *, can_run: bool) -> None:
        """Draws in a theme's colours; nothing can be run while something trains."""
        icon = qtawesome.icon(self._question.icon, color=theme.accent)
        self.icon.setPixmap(icon.pixmap(em(self, 1.3), em(self, 1.3)))
        lines = self._question.drawing[::-1]
        colors = [theme.accent, *[theme.muted] * (len(lines) - 1)]
        self.drawing.show_lines(lines, colors if len(lines) > 1 else [theme.muted] * len(lines))
        self.button.setEnabled(can_run)

"""A few sequences of each class, on the page Data."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.gui.facts import Facts, Sample
from studio.gui.theme import Theme
from studio.gui.widgets.basics import Card, label
from studio.gui.widgets.data_models import titled
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.sparkline import Sparkline

_SAMPLE_EM = 9
_DRAWING_EM = 3.2


class _Drawing(QWidget):
    """A title and a few lines."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self._sample = sample
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(sample.title, size=0.95))
        self.lines = Sparkline(_DRAWING_EM, f"Sequences of {sample.title}")
        column.addWidget(self.lines)

    def draw(self, channel: int, theme: Theme) -> None:
        """Draws a channel of the sequences."""
        lines = [sequence[:, channel] for sequence in self._sample.sequences]
        colors = [theme.accent, *[theme.muted] * (len(lines) - 1)]
        self.lines.show_lines(lines, colors)


class SamplesCard(Card):
    """Sequences on one scale for each class."""

    def __init__(self) -> None:
        super().__init__("A few sequences")
        self.channel = QComboBox()
        self.channel.setAccessibleName("Channel that is drawn")
        self.header.addWidget(self.channel)
        self.flow = SideBySide(_SAMPLE_EM, most=6)
        self._drawings: Sequence[_Drawing] = ()
        self._theme: Theme | None = None
        self.body.addWidget(self.flow)
        self.body.addStretch(1)
        self.channel.activated.connect(lambda _: self._draw())

    def show_facts(self, facts: Facts) -> None:
        """Shows the samples of a dataset."""
        is_labelled = bool(facts.schema["classes"])
        self.set_heading("A few sequences of each class" if is_labelled else "A few sequences")
        self.channel.clear()
        self.channel.addItems([titled(column) for column in facts.dataset.channels])
        self.channel.setVisible(self.channel.count() > 1)
        self._drawings = [_Drawing(sample) for sample in facts.samples]
        self.flow.set_widgets(list(self._drawings))
        self._draw()

    def use(self, theme: Theme) -> None:
        """Draws in a theme's colours."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        if self._theme is not None:
            for drawing in self._drawings:
                drawing.draw(max(0, self.channel.currentIndex()), self._theme)

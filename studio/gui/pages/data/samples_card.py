"""A few sequences of each class, on the page Data."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.gui.pages.data.dataset_summary import DatasetSummary, Sample
from studio.gui.pages.data.table_models import titled
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import Card, label
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.sparkline import Sparkline

_SAMPLE_EM = 9
_DRAWING_EM = 3.2
_TALL = {1: 11, 2: 11, 3: 11, 4: 7, 5: 7, 6: 7}  # few stand beside the tall first rows


class _Drawing(QWidget):
    """A title and a few lines."""

    def __init__(self, sample: Sample, height: float) -> None:
        super().__init__()
        self._sample = sample
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(sample.title, size=0.95))
        self.lines = Sparkline(height, f"Sequences of {sample.title}")
        column.addWidget(self.lines)

    def draw(self, channel: int, theme: Theme) -> None:
        lines = [sequence[:, channel] for sequence in self._sample.sequences]
        colors = [theme.accent, *[theme.muted] * (len(lines) - 1)]
        self.lines.show_lines(lines, colors)


class SamplesCard(Card):
    """Sequences on one scale for each class."""

    def __init__(self) -> None:
        super().__init__("Sample sequences")
        self.channel = QComboBox()
        self.channel.setAccessibleName("Channel shown")
        self.header.addWidget(self.channel)
        self.flow = SideBySide(_SAMPLE_EM, most=6)
        self._drawings: Sequence[_Drawing] = ()
        self._theme: Theme | None = None
        self.body.addWidget(self.flow)
        self.body.addStretch(1)
        self.channel.activated.connect(lambda _: self._draw())

    def show_facts(self, facts: DatasetSummary) -> None:
        is_labelled = bool(facts.schema["classes"])
        self.set_heading("Sample sequences by class" if is_labelled else "Sample sequences")
        self.channel.clear()
        self.channel.addItems([titled(column) for column in facts.dataset.channels])
        self.channel.setVisible(self.channel.count() > 1)
        height = _TALL.get(len(facts.samples), _DRAWING_EM)
        self._drawings = [_Drawing(sample, height) for sample in facts.samples]
        self.flow.set_widgets(list(self._drawings))
        self._draw()

    def use(self, theme: Theme) -> None:
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        if self._theme is not None:
            for drawing in self._drawings:
                drawing.draw(max(0, self.channel.currentIndex()), self._theme)

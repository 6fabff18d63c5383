"""A few texts of each class, or the beginning of a corpus, on the page Data."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from studio.gui.pages.data.dataset_summary import DatasetSummary
from studio.gui.widgets.basics import Card, em, label

_MOST_ROWS = 12


class TextsCard(Card):
    """Texts in letters, with their class where they have one."""

    def __init__(self) -> None:
        super().__init__("Sample texts")
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(em(self, 1))
        self._grid.setVerticalSpacing(em(self, 0.4))
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_facts(self, facts: DatasetSummary) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        is_corpus = facts.schema["kind"] == "text"
        self.set_heading("Start of the text" if is_corpus else "Sample texts by class")
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, text) in enumerate(facts.texts[:_MOST_ROWS]):
            caption = label(name, bold=True)
            caption.setWordWrap(False)
            words = label(text)
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(caption, row, 0, top)
            self._grid.addWidget(words, row, 1, top)

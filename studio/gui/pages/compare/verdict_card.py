"""A verdict: the finding, the numbers, and on request what they are based on."""

from PySide6.QtCore import Qt, Signal

from studio.gui.view.results_view import VerdictText
from studio.gui.widgets.basics import Card, button, label, set_tone


class VerdictCard(Card):
    """One question about two contenders.

    Signals:
        opened: Whether the user wants to see what the verdicts are based on.
    """

    opened = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", tone="muted")
        self.headline = label("", size=1.6, bold=True)
        self.findings = label("")
        self._is_open = False
        self.details = button(
            "Details",
            lambda: self.opened.emit(not self._is_open),
            tip="Shows or hides what the verdicts are based on",
        )
        self.basis = label("", tone="muted", size=0.9)
        for part in (self.title, self.headline, self.findings, self.basis):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addWidget(self.details, 0, Qt.AlignmentFlag.AlignLeft)
        self.open(wanted=False)

    def open(self, *, wanted: bool) -> None:
        """Shows or hides what the verdict is based on."""
        self._is_open = wanted
        self.details.setText("Fewer details" if wanted else "Details")
        self.basis.setVisible(wanted)

    def show_words(self, words: VerdictText) -> None:
        self.title.setText(words.title)
        self.headline.setText(words.headline)
        set_tone(self.headline, words.tone)
        self.findings.setText("\n".join(words.findings))
        self.basis.setText("\n".join((*words.details, " ".join(words.basis))))
        self.details.setVisible(bool(words.details or words.basis))
        self.setAccessibleName(f"{words.title}: {words.headline}")
        sentences = (*words.findings, *words.details, *words.basis)
        self.setAccessibleDescription(" ".join(sentences))

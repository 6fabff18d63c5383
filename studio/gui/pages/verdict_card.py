"""A verdict: the finding large, the numbers below, what they rest on when it is asked for."""

from PySide6.QtCore import Qt, Signal

from studio.gui.viewstate.compare import VerdictWords
from studio.gui.widgets.basics import Card, button, label, set_tone


class VerdictCard(Card):
    """One question about two contenders.

    Signals:
        opened: The user wants to see what verdicts rest on, or no more.
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
            tip="Shows what the verdicts rest on, or hides it",
        )
        self.basis = label("", tone="muted", size=0.9)
        for part in (self.title, self.headline, self.findings, self.basis):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addWidget(self.details, 0, Qt.AlignmentFlag.AlignLeft)
        self.open(wanted=False)

    def open(self, *, wanted: bool) -> None:
        """Shows what the verdict rests on, or hides it."""
        self._is_open = wanted
        self.details.setText("Fewer details" if wanted else "Details")
        self.basis.setVisible(wanted)

    def show_words(self, words: VerdictWords) -> None:
        """Shows a verdict."""
        self.title.setText(words.title)
        self.headline.setText(words.headline)
        set_tone(self.headline, words.tone)
        self.findings.setText("\n".join(words.findings))
        self.basis.setText("\n".join((*words.details, " ".join(words.basis))))
        self.details.setVisible(bool(words.details or words.basis))
        self.setAccessibleName(f"{words.title}: {words.headline}")
        told = (*words.findings, *words.details, *words.basis)
        self.setAccessibleDescription(" ".join(told))

"""A verdict: the finding large, the numbers below."""

from studio.gui.viewstate.compare import VerdictWords
from studio.gui.widgets.basics import Card, label, set_tone


class VerdictCard(Card):
    """One question about two contenders."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", tone="muted")
        self.headline = label("", size=1.6, bold=True)
        self.findings = label("")
        self.basis = label("", tone="muted", size=0.9)
        for part in (self.title, self.headline, self.findings, self.basis):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_words(self, words: VerdictWords) -> None:
        """Shows a verdict."""
        self.title.setText(words.title)
        self.headline.setText(words.headline)
        set_tone(self.headline, words.tone)
        self.findings.setText("\n".join(words.findings))
        self.basis.setText(" ".join(words.basis))
        self.basis.setVisible(bool(words.basis))
        self.setAccessibleName(f"{words.title}: {words.headline}")
        self.setAccessibleDescription(" ".join((*words.findings, *words.basis)))

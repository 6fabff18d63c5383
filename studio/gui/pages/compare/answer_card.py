"""The first card of Compare: which cell for this data."""

from studio.gui.view.results_view import Results
from studio.gui.widgets.basics import Card, label, set_tone


class AnswerCard(Card):
    """One answer over all contenders; hidden with a single one."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("Which cell for this data?", tone="muted")
        self.headline = label("", size=1.8, bold=True)
        self.sentences = label("")
        for part in (self.title, self.headline, self.sentences):
            self.body.addWidget(part)

    def show_results(self, results: Results) -> None:
        """Shows the answer of the comparison so far."""
        answer = results.summary.answer
        self.setVisible(answer is not None)
        if answer is None:
            return
        so_far = "" if results.history.is_complete else ", so far"
        self.title.setText(f"Which cell for this data{so_far}?")
        self.headline.setText(answer.headline)
        set_tone(self.headline, "warning" if answer.baseline else "" if answer.best else "muted")
        self.sentences.setText(" ".join(answer.sentences))
        self.setAccessibleName(f"Which cell for this data? {answer.text}")

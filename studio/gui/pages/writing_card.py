"""Text that the networks of a comparison write, side by side, on the page Compare."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.core.history import ComparisonHistory
from studio.core.model import TrainedModel
from studio.core.sampling import SamplingSpec, WrittenText
from studio.gui.desk import Desk
from studio.gui.forms.form import Form
from studio.gui.waiting import explained
from studio.gui.widgets.basics import Card, button, label, set_tone
from studio.gui.widgets.side_by_side import SideBySide
from studio.runs.sampling import can_write, models_that_write, write_texts

_FIELDS = ("prompt", "temperature", "length", "draw")
_TEXT_EM = 22
_ASIDE = "Every network draws with the same random numbers, at its best epoch so far."


class WritingCard(Card):
    """A prompt, how to draw, and what each contender goes on with; for texts alone.

    Attributes:
        texts: What is shown, by contender.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__("What the networks write")
        self._desk = desk
        self._spec = SamplingSpec()
        self._source: object = None
        self._is_busy = self._is_built = False
        self.texts: dict[str, str] = {}

    def show_history(self, history: ComparisonHistory) -> None:
        """Offers to write for a comparison of a text; hides for any other."""
        writes = can_write(history.preparation)
        if writes and not self._is_built:
            self._build()
        self.setVisible(writes)
        if writes and self._source != self._now:
            self._source = self._now
            self._show([])
            self._tell(_ASIDE)

    @property
    def _now(self) -> object:
        return self._desk.work.workspace, self._desk.work.comparison

    def _build(self) -> None:
        """Made when there is something to write: most comparisons are of numbers."""
        self._is_built = True
        self.form = Form(self._spec, _FIELDS, columns=4, stacked=True)
        self.write = button("&Write", self._write, tip="Every contender writes a text.")
        self.told = label("", tone="muted")
        self._panels = SideBySide(_TEXT_EM)
        self.header.addWidget(self.write)
        for part in (self.form, self.told, self._panels):
            self.body.addWidget(part)
        self.form.changed.connect(self._take_spec)

    def _take_spec(self, spec: SamplingSpec) -> None:
        self._spec = spec

    def _write(self) -> None:
        workspace, comparison = self._desk.work.workspace, self._desk.work.comparison
        if self._is_busy or workspace is None or comparison is None:
            return
        if self.form.first_problem:
            self.form.show_first_problem()
            return
        self._is_busy = True
        self._tell("Writing …")
        source, spec = self._now, self._spec

        def read() -> list[TrainedModel]:
            session = workspace.ask(lambda opened: opened).result()
            return models_that_write(session, comparison)

        def draw(models: list[TrainedModel]) -> None:
            self._desk.waiting.calculate(
                "Writing", lambda: write_texts(models, spec), take, self._refuse
            )

        def take(texts: list[WrittenText]) -> None:
            self._is_busy = False
            if source == self._now:
                self._take(texts, spec)

        self._desk.waiting.load("Reading the models", read, draw, self._refuse)

    def _take(self, texts: Sequence[WrittenText], spec: SamplingSpec) -> None:
        unknown = dict.fromkeys(symbol for text in texts for symbol in text.unknown)
        told = f"Not in the vocabulary: {', '.join(map(repr, unknown))}." if unknown else _ASIDE
        self._show([(text, spec.prompt + text.text) for text in texts])
        self._tell(told, "warning" if unknown else "muted")

    def _refuse(self, error: BaseException) -> None:
        self._is_busy = False
        self._tell(explained(error), "bad")

    def _show(self, texts: Sequence[tuple[WrittenText, str]]) -> None:
        self.texts = {text.run.contender: words for text, words in texts}
        self._panels.set_widgets([_panel(text, words) for text, words in texts])
        self._panels.setVisible(bool(texts))

    def _tell(self, words: str, tone: str = "muted") -> None:
        self.told.setText(words)
        set_tone(self.told, tone)


def _panel(text: WrittenText, words: str) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label(text.run.contender, bold=True))
    column.addWidget(label(f"seed {text.run.seed}, epoch {text.epoch}", tone="muted", size=0.9))
    column.addWidget(_text_label(text.run.contender, words))
    column.addStretch(1)
    return made


def _text_label(name: str, words: str) -> QLabel:
    made = label(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setAccessibleName(f"Text of {name}")
    return made

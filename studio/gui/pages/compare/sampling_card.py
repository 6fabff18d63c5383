"""Text sampled from the networks of a comparison, side by side."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.core.results.history import ComparisonHistory
from studio.core.results.trained_model import TrainedModel
from studio.core.results.written_text import SampledText
from studio.core.specs.sampling_spec import SamplingSpec
from studio.gui.context.app_context import AppContext
from studio.gui.forms.form import Form
from studio.gui.jobs.background_jobs import explained
from studio.gui.widgets.basics import Card, button, label, set_tone
from studio.gui.widgets.side_by_side import SideBySide
from studio.runs.stored.sampling import can_sample, models_for_sampling, sample_texts

_FIELDS = ("prompt", "temperature", "length", "draw")
_TEXT_EM = 22
_ASIDE = "All networks sample with the same random numbers, each at its best epoch so far."


class SamplingCard(Card):
    """A prompt, sampling settings, and each contender's continuation; for texts only.

    Attributes:
        texts: What is shown, by contender.
    """

    def __init__(self, context: AppContext) -> None:
        super().__init__("Sampled text")
        self._context = context
        self._spec = SamplingSpec()
        self._source: object = None
        self._is_busy = self._is_built = False
        self.texts: dict[str, str] = {}

    def show_history(self, history: ComparisonHistory) -> None:
        """Offers to write for a comparison of a text; hides for any other."""
        writes = can_sample(history.preprocessing)
        if writes and not self._is_built:
            self._build()
        self.setVisible(writes)
        if writes and self._source != self._now:
            self._source = self._now
            self._show([])
            self._show_status(_ASIDE)

    @property
    def _now(self) -> object:
        return self._context.session.workspace, self._context.session.comparison

    def _build(self) -> None:
        """Built when first needed: most comparisons are of numbers."""
        self._is_built = True
        self.form = Form(self._spec, _FIELDS, columns=4, stacked=True)
        self.write = button("&Write", self._write, tip="Every contender continues the prompt")
        self.status = label("", tone="muted")
        self._panels = SideBySide(_TEXT_EM)
        self.header.addWidget(self.write)
        for part in (self.form, self.status, self._panels):
            self.body.addWidget(part)
        self.form.changed.connect(self._take_spec)

    def _take_spec(self, spec: SamplingSpec) -> None:
        self._spec = spec

    def _write(self) -> None:
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if self._is_busy or workspace is None or comparison is None:
            return
        if self.form.first_problem:
            self.form.show_first_problem()
            return
        self._is_busy = True
        self._show_status("Writing …")
        source, spec = self._now, self._spec

        def read() -> list[TrainedModel]:
            session = workspace.reader()
            return models_for_sampling(session, comparison)

        def draw(models: list[TrainedModel]) -> None:
            self._context.jobs.calculate(
                "Writing", lambda: sample_texts(models, spec), take, self._refuse
            )

        def take(texts: list[SampledText]) -> None:
            self._is_busy = False
            if source == self._now:
                self._take(texts, spec)

        self._context.jobs.load("Reading the models", read, draw, self._refuse)

    def _take(self, texts: Sequence[SampledText], spec: SamplingSpec) -> None:
        unknown = dict.fromkeys(symbol for text in texts for symbol in text.unknown)
        status = f"Not in the vocabulary: {', '.join(map(repr, unknown))}." if unknown else _ASIDE
        self._show([(text, spec.prompt + text.text) for text in texts])
        self._show_status(status, "warning" if unknown else "muted")

    def _refuse(self, error: BaseException) -> None:
        self._is_busy = False
        self._show_status(explained(error), "bad")

    def _show(self, texts: Sequence[tuple[SampledText, str]]) -> None:
        self.texts = {text.run.contender: words for text, words in texts}
        self._panels.set_widgets([_panel(text, words) for text, words in texts])
        self._panels.setVisible(bool(texts))

    def _show_status(self, words: str, tone: str = "muted") -> None:
        self.status.setText(words)
        set_tone(self.status, tone)


def _panel(text: SampledText, words: str) -> QWidget:
    panel = QWidget()
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label(text.run.contender, bold=True))
    column.addWidget(label(f"seed {text.run.seed}, epoch {text.epoch}", tone="muted", size=0.9))
    column.addWidget(_text_label(text.run.contender, words))
    column.addStretch(1)
    return panel


def _text_label(name: str, words: str) -> QLabel:
    text_label = label(words)
    text_label.setTextFormat(Qt.TextFormat.PlainText)
    text_label.setAccessibleName(f"Text of {name}")
    return text_label

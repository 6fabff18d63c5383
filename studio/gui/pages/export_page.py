"""The page Export: trained models, tables and gates as files, each checked after writing."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.core.events import Pair
from studio.core.history import ComparisonHistory
from studio.gui.desk import Desk
from studio.gui.dialogs import ask_where
from studio.gui.pages.export_work import (
    Chosen,
    Listener,
    save_model,
    save_report,
    save_table,
    save_trace,
)
from studio.gui.pages.format_card import FormatCard, Outcome
from studio.gui.pages.gates_controls import PARTS
from studio.gui.pages.page import Page
from studio.gui.viewstate.exports import FORMATS, exportable, run_choices, score_words
from studio.gui.waiting import explained
from studio.gui.widgets.basics import Card, EmptyPage, Segments, em, label
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.wrapping import WrappingRow

_STEMS = {
    "report": "report",
    "table-csv": "table",
    "table-markdown": "table",
    "curves-csv": "curves",
}


class ExportPage(Page):
    """Offers the run that is best by validation, and shows that run's score."""

    name = "export"
    icon = "mdi6.export-variant"
    title = "Export"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.empty = EmptyPage(
            "There is no trained model yet.", "Train", lambda: self.go_to.emit("train")
        )
        self.contender = QComboBox()
        self.run = QComboBox()
        self.part = Segments([(part, part) for part in PARTS], "Part of the example")
        self.example = QSpinBox()
        self.score = label("", bold=True)
        self.queue = label("", tone="warning")
        self.cards = {form.name: FormatCard(form) for form in FORMATS}
        self._folder: Path | None = None
        self._shown: ComparisonHistory | None = None
        self._picked: dict[str, Pair] = {}
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """See Page."""
        history = self.desk.work.history
        names = () if history is None else exportable(history)
        self.empty.setVisible(not names)
        self._body.setVisible(bool(names))
        if history is None or not names:
            return
        if self._shown is None or self._shown.spec != history.spec:
            for card in self.cards.values():
                card.clear()
            self._picked = {}
        self._shown = history
        _offer(self.contender, [(name, name) for name in names], self.contender.currentData())
        self._offer_runs(history)
        self.part.offer([part for part in PARTS if history.part_sizes.get(part)])
        self.example.setMaximum(max(0, history.part_sizes.get(self.part.choice, 0) - 1))
        training = self.desk.work.is_training
        self.queue.setVisible(training)

    def export(self, form: str, out: Path) -> None:
        """Writes a file of a format; what comes of it is shown on the format's card."""
        history, card = self.desk.work.history, self.cards[form]
        if history is None:
            return
        self._folder = out.parent
        listener = Listener(partial(self._took, card), partial(self._failed, card))
        waiting = self.desk.waiting
        if card.form.needs == "tables":
            card.show_wait("Writing …")
            workspace, comparison = self.desk.work.workspace, self.desk.work.comparison
            if form != "report":
                save_table(waiting, history, form, out, listener)
            elif workspace is not None and comparison is not None:
                save_report(waiting, workspace, comparison, out, listener)
            return
        chosen = self._chosen()
        if chosen is None:
            return
        what = f"{chosen.contender}, seed {chosen.pair}"
        card.show_wait(f"{what}: writing and checking …")
        if card.form.needs == "model":
            save_model(waiting, chosen, form, out, listener)
        else:
            save_trace(waiting, chosen, out, listener)

    def _chosen(self) -> Chosen | None:
        work = self.desk.work
        if work.workspace is None or work.comparison is None or self.run.currentData() is None:
            return None
        return Chosen(
            work.workspace,
            work.comparison,
            self.contender.currentData(),
            self.run.currentData(),
            self.part.choice,
            self.example.value(),
        )

    @staticmethod
    def _took(card: FormatCard, outcome: Outcome) -> None:
        card.show_outcome(outcome)

    @staticmethod
    def _failed(card: FormatCard, error: BaseException) -> None:
        card.show_problem(explained(error))

    def _ask_place(self, form: str) -> None:
        card = self.cards[form]
        folder = self._folder or self._session_folder()
        suggested = folder / f"{self._file_stem(form)}{card.form.ending}"
        path = ask_where(self, card.form.title, suggested, card.form.title)
        if path is not None:
            self.export(form, path)

    def _session_folder(self) -> Path:
        """Where the session lies, or the user's own folder for work without a name."""
        path = self.desk.work.path
        return Path.home() if path is None or self.desk.work.is_untitled else path.parent

    def _file_stem(self, form: str) -> str:
        history = self.desk.work.history
        name = "" if history is None else history.dataset_name
        if self.cards[form].form.needs == "tables":
            return f"{name}-{_STEMS[form]}"
        pair = str(self.run.currentData()).replace(", ", "-").replace(" ", "")
        stem = f"{name}-{self.contender.currentText()}-seed{pair}"
        return f"{stem}-gates" if form == "trace" else stem

    def _offer_runs(self, history: ComparisonHistory) -> None:
        contender = history.contender(self.contender.currentData())
        choices = run_choices(history, contender)
        best = next((choice.pair for choice in choices if choice.is_best), None)
        wanted = self._picked.get(contender.name, best)
        _offer(self.run, [(choice.words, choice.pair) for choice in choices], wanted)
        self._show_score()

    def _pick(self) -> None:
        """The user's own choice stays, whatever else is trained."""
        self._picked[self.contender.currentData()] = self.run.currentData()

    def _show_score(self) -> None:
        history, pair = self.desk.work.history, self.run.currentData()
        if history is None or pair is None:
            self.score.setText("")
            return
        run = history.contender(self.contender.currentData()).run(*pair)
        epoch = run.result.kept_epoch if run.result else run.best_epoch
        self.score.setText(f"{run.run}, epoch {epoch}: {score_words(history, run)}")

    def _history_changed(self) -> None:
        history = self.desk.work.history
        self.set_state("" if history is None or not exportable(history) else "done")
        self.mark_stale()

    def _connect(self) -> None:
        desk = self.desk
        desk.work.history_changed.connect(self._history_changed)
        desk.work.session_changed.connect(self.mark_stale)
        self.contender.currentIndexChanged.connect(lambda _: self.mark_stale())
        self.run.currentIndexChanged.connect(lambda _: self._show_score())
        self.run.activated.connect(self._pick)
        self.part.chosen.connect(lambda _: self.mark_stale())
        for card in self.cards.values():
            card.wanted.connect(self._ask_place)

    def _lay_out(self) -> None:
        self.queue.setText("Training is under way, and waits while a model is written and checked.")
        for box, name in ((self.contender, "Contender"), (self.run, "Run")):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.run.setToolTip("One model for each seed; the best by validation is offered.")
        self.example.setAccessibleName("Number of the example")
        self.example.setToolTip("Whose gates are written; numbers count from 0.")
        self.example.setMinimumWidth(em(self, 5))
        choices = WrappingRow()
        choices.add(self.contender, caption="contender")
        choices.add(self.run, caption="run")
        example = WrappingRow()
        example.add(self.part, caption="example for the gates")
        example.add(self.example, caption="number")
        model = Card("One trained model")
        for part in (choices, self.score, example, self.queue):
            model.body.addWidget(part)
        models, tables = SideBySide(26, 3), SideBySide(26, 3)
        for grid, of_comparison in ((models, False), (tables, True)):
            cards = self.cards.values()
            grid.set_widgets([c for c in cards if (c.form.needs == "tables") == of_comparison])
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(em(self, 0.7))
        body.addWidget(model)
        body.addWidget(models)
        body.addWidget(label("Results of the whole comparison", bold=True))
        body.addWidget(tables)
        body.addStretch(1)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body)


def _offer(box: QComboBox, items: list[tuple[str, object]], wanted: object) -> None:
    """Fills a box and chooses the wanted item, or the first."""
    data = [value for _, value in items]
    box.blockSignals(True)  # noqa: FBT003 - Qt's own
    if [(box.itemText(row), box.itemData(row)) for row in range(box.count())] != items:
        box.clear()
        for text, value in items:
            box.addItem(text, value)
    box.setCurrentIndex(data.index(wanted) if wanted in data else 0)
    box.blockSignals(False)  # noqa: FBT003 - Qt's own

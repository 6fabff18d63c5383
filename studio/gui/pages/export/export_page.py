"""The page Export: trained models, tables and gates as files, each checked after writing."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from studio.analysis.predictions.wording import final_words
from studio.core.file_names import file_stem
from studio.core.results.events import PairId
from studio.core.results.final_model import FinalModel
from studio.core.results.history import ComparisonHistory
from studio.export import EXPORTS
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.pages.device.device_card import DeviceCard
from studio.gui.pages.export.export_work import (
    Chosen,
    Listener,
    save_model,
    save_report,
    save_table,
    save_trace,
)
from studio.gui.pages.export.final_model import FinalModelRow
from studio.gui.pages.export.format_card import ExportOutcome, FormatCard
from studio.gui.pages.export.view.formats import (
    exportable,
    offered_formats,
    run_choices,
    score_words,
)
from studio.gui.pages.gates.gates_controls import PARTS
from studio.gui.pages.gates.view.gates import why_no_gates
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import Card, EmptyPage, Segments, em, fill_combo_box, label
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.message_boxes import ask_save_path
from studio.gui.widgets.side_by_side import SideBySide

_GATES_OF_RUNS = "Gates are those of a run of the comparison: choose one."
_STEMS = {
    "report": "report",
    "table-csv": "table",
    "table-markdown": "table",
    "curves-csv": "curves",
}


class ExportPage(Page):
    """Preselects the best run by validation loss, and shows that run's score."""

    name = "export"
    icon = "mdi6.export-variant"
    title = "Export"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.empty = EmptyPage("No trained model yet.", "Train", lambda: self.go_to.emit("train"))
        self.contender = ElidedComboBox("The contender whose model is exported")
        self.run = ElidedComboBox("One model per seed; the best by validation loss is preselected")
        self.part = Segments([(part, part) for part in PARTS], "Set of the example")
        self.example = QSpinBox()
        self.score = label("", bold=True)
        self.queue = label("", tone="warning")
        self.final = FinalModelRow(context)
        self.device = DeviceCard(context)
        self._finals: tuple[FinalModel, ...] = ()
        self.cards = {form.name: FormatCard(form) for form in offered_formats(EXPORTS.plugins)}
        self._folder: Path | None = None
        self._shown: ComparisonHistory | None = None
        self._picked: dict[str, PairId | int] = {}
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        history = self.context.session.history
        names = () if history is None else exportable(history)
        self.empty.setVisible(not names)
        self._body.setVisible(bool(names))
        if history is None or not names:
            return
        if self._shown is None or self._shown.spec != history.spec:
            self._read_finals()
            for card in self.cards.values():
                card.clear()
            self._picked = {}
        self._shown = history
        fill_combo_box(
            self.contender, [(name, name) for name in names], self.contender.currentData()
        )
        self._offer_runs(history)
        self.part.offer([part for part in PARTS if history.part_sizes.get(part)])
        self.example.setMaximum(max(0, history.part_sizes.get(self.part.choice, 0) - 1))
        training = self.context.session.is_training
        self.queue.setVisible(training)
        self.final.show_state(self.contender.currentData(), self._finals)
        self.device.refresh(history)

    def export(self, form: str, out: Path) -> None:
        """Writes a file of a format; the outcome is shown on the format's card."""
        history, card = self.context.session.history, self.cards[form]
        if history is None:
            return
        self._folder = out.parent
        listener = Listener(partial(self._took, card), partial(self._failed, card))
        jobs = self.context.jobs
        if card.form.needs == "tables":
            card.show_wait("Writing …")
            workspace, comparison = self.context.session.workspace, self.context.session.comparison
            if form != "report":
                save_table(jobs, history, form, out, listener)
            elif workspace is not None and comparison is not None:
                save_report(jobs, workspace, comparison, out, listener, self.device.chosen_profile)
            return
        chosen = self._chosen()
        if chosen is None:
            return
        kind = ", trained on all data" if isinstance(chosen.pair, int) else ""
        what = f"{chosen.contender}, seed {chosen.pair}{kind}"
        card.show_wait(f"{what}: writing and checking …")
        if card.form.needs == "model":
            save_model(jobs, chosen, form, out, listener)
        else:
            save_trace(jobs, chosen, out, listener)

    def _chosen(self) -> Chosen | None:
        session = self.context.session
        if (
            session.workspace is None
            or session.comparison is None
            or self.run.currentData() is None
        ):
            return None
        return Chosen(
            session.workspace,
            session.comparison,
            self.contender.currentData(),
            self.run.currentData(),
            self.part.choice,
            self.example.value(),
        )

    @staticmethod
    def _took(card: FormatCard, outcome: ExportOutcome) -> None:
        card.show_outcome(outcome)

    @staticmethod
    def _failed(card: FormatCard, error: BaseException) -> None:
        card.show_problem(explained(error))

    def _ask_place(self, form: str) -> None:
        card = self.cards[form]
        folder = self._folder or self._session_folder()
        suggested = folder / f"{self._file_stem(form)}{card.form.ending}"
        path = ask_save_path(self, card.form.title, suggested, card.form.title)
        if path is not None:
            self.export(form, path)

    def _session_folder(self) -> Path:
        """The session's folder, or the user's own for an unnamed session."""
        path = self.context.session.path
        return Path.home() if path is None or self.context.session.is_untitled else path.parent

    def _file_stem(self, form: str) -> str:
        history = self.context.session.history
        name = "" if history is None else history.dataset_name
        if self.cards[form].form.needs == "tables":
            return file_stem(f"{name}-{_STEMS[form]}")
        pair = self.run.currentData()
        seed = str(pair).replace(", ", "-").replace(" ", "")
        kind = "-all-data" if isinstance(pair, int) else ""
        stem = f"{name}-{self.contender.currentText()}{kind}-seed{seed}"
        return file_stem(f"{stem}-gates" if form == "trace" else stem)

    def _offer_runs(self, history: ComparisonHistory) -> None:
        contender = history.contender(self.contender.currentData())
        choices = run_choices(history, contender)
        best = next((choice.pair for choice in choices if choice.is_best), None)
        wanted = self._picked.get(contender.name, best)
        own = [model for model in self._finals if model.contender == contender.name]
        offered: list[tuple[str, PairId | int]] = [
            *((choice.words, choice.pair) for choice in choices),
            *((f"all data, seed {model.seed} (no test score)", model.seed) for model in own),
        ]
        fill_combo_box(self.run, offered, wanted)
        self._show_score()

    def _pick(self) -> None:
        """Keeps the user's choice, whatever else is trained."""
        self._picked[self.contender.currentData()] = self.run.currentData()

    def _show_score(self) -> None:
        history, pair = self.context.session.history, self.run.currentData()
        if history is None or pair is None:
            self.score.setText("")
            return
        cell = history.contender(self.contender.currentData()).spec.cell
        is_final = isinstance(pair, int)
        self.cards["trace"].allow(_GATES_OF_RUNS if is_final else why_no_gates(cell))
        if isinstance(pair, int):
            chosen = (self.contender.currentData(), pair)
            finals = [model for model in self._finals if (model.contender, model.seed) == chosen]
            self.score.setText("".join(f"{final_words(model)}" for model in finals))
            return
        run = history.contender(self.contender.currentData()).run(*pair)
        epoch = run.result.kept_epoch if run.result else run.best_epoch
        self.score.setText(f"{run.run}, epoch {epoch}: {score_words(history, run)}")

    def _read_finals(self) -> None:
        """Asks the session for the models that were trained on all data."""
        session = self.context.session
        workspace, comparison = session.workspace, session.comparison
        if workspace is None or comparison is None:
            self._finals = ()
            return

        def took(models: tuple[FinalModel, ...]) -> None:
            if (session.workspace, session.comparison) == (workspace, comparison):
                self._finals = models
                self.mark_stale()

        self.context.jobs.load(
            "Reading the session", lambda: workspace.reader().final_models(comparison), took
        )

    def _history_changed(self) -> None:
        history = self.context.session.history
        self.set_state("" if history is None or not exportable(history) else "done")
        self.mark_stale()

    def _connect(self) -> None:
        context = self.context
        context.session.history_changed.connect(self._history_changed)
        context.session.transitioned.connect(self.mark_stale)
        self.contender.currentIndexChanged.connect(lambda _: self.mark_stale())
        self.run.currentIndexChanged.connect(lambda _: self._show_score())
        self.run.activated.connect(self._pick)
        self.final.stored.connect(self._read_finals)
        self.part.chosen.connect(lambda _: self.mark_stale())
        for card in self.cards.values():
            card.wanted.connect(self._ask_place)

    def _lay_out(self) -> None:
        self.queue.setText("Training waits while a model is written and checked.")
        for box, name in ((self.contender, "Contender"), (self.run, "Run")):
            box.setAccessibleName(name)
        self.example.setAccessibleName("Example number")
        self.example.setToolTip("The example whose gates are written, counted from 0")
        self.example.setMinimumWidth(em(self, 5))
        choices = FlowRow()
        choices.add(self.contender, caption="contender")
        choices.add(self.run, caption="run")
        example = FlowRow()
        example.add(self.part, caption="gates of the")
        example.add(self.example, caption="example")
        model = Card("Trained model")
        for part in (choices, self.score, self.final, example, self.queue):
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
        body.addWidget(self.device)
        body.addWidget(label("Results of the comparison", bold=True))
        body.addWidget(tables)
        body.addStretch(1)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body)

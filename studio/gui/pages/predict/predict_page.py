"""The page Predict: a trained model applied to new data, scored, with intervals and drift."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from studio.analysis.predictions.wording import NO_TEST_SCORE
from studio.core.file_names import file_stem
from studio.core.results.history import ComparisonHistory
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.pages.export.view.formats import exportable
from studio.gui.pages.gates.gates_work import NewExample
from studio.gui.pages.page import Page
from studio.gui.pages.predict.origin_card import OriginCard
from studio.gui.pages.predict.predict_work import Predicted, PredictionRequest, predict, save
from studio.gui.pages.predict.result_text import (
    drift_rows,
    drift_words,
    headline,
    interval_sentences,
    legible,
    note_sentences,
    score_rows,
)
from studio.gui.widgets.basics import Card, EmptyPage, Segments, button, em, fill_combo_box, label
from studio.gui.widgets.column_table import ColumnTable
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.message_boxes import ask_save_path
from studio.gui.widgets.small_table import SmallTable
from studio.runs.predictions.new_examples import example_of_prediction
from studio.runs.predictions.part_predictions import PredictionStopped
from studio.runs.predictions.prediction_result import PredictionResult
from studio.runs.predictions.prediction_spec import PredictionSpec, RunChoice
from studio.runs.predictions.prediction_table import (
    Columns,
    beyond_end_table,
    joined_tables,
    prediction_table,
)
from studio.runs.stored.gate_inspection import has_gates

T = TypeVar("T")
_EVERY = ""
"""The choice of all contenders."""
_RUNS: Mapping[str, RunChoice] = {"best": "best", "mean": "mean", "final": "final"}
_LEVELS = (50, 99, 90)
_MOST_STEPS = 10_000
_OPENED_BY_WINDOW = frozenset({".gates", ".toml"})


class PredictPage(Page):
    """Takes a file that is chosen or dropped, and shows what each contender predicts.

    Attributes:
        predicted: What is shown, or None.

    Signals:
        progressed: How many of how many predictions of a contender are done.
        gates_wanted: The NewExample whose gates the user wants to see.
    """

    progressed = Signal(int, int)
    gates_wanted = Signal(object)

    name = "predict"
    icon = "mdi6.chart-timeline-variant"
    title = "Predict"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.empty = EmptyPage("No trained model yet.", "Train", lambda: self.go_to.emit("train"))
        self.file = label("Drop a file or folder here that has the columns of the training data.")
        self.choose = button("Choose a file …", self._choose)
        self.contender = ElidedComboBox("Whose predictions are computed")
        self.runs = Segments(
            [("best", "best run"), ("mean", "mean"), ("final", "final model")],
            "Runs that predict",
        )
        self.level = QSpinBox()
        self.steps = QSpinBox()
        self.since, self.until = QLineEdit(), QLineEdit()
        self.start = button("Predict", self._predict, primary=True)
        self.stop = button("Stop", self._stop)
        self.save = button("Save predictions …", self._save)
        self.gates = button("Show gates of the chosen row", self._want_gates)
        self.save_beyond = button("Save steps beyond the end …", self._save_beyond)
        self.message = label("")
        self.table = ColumnTable("Predictions")
        self.results = Card("Results")
        self.headline = label("", bold=True)
        self.notes = label("", tone="warning")
        self.scores = SmallTable(("contender", "metric", "new data", "test set"), "Scores")
        self.no_truth = label("", tone="muted")
        self.intervals = label("")
        self.drift_text = label("")
        self.drift = SmallTable(
            ("column", "outside the training range", "p", "distribution"), "Drift of columns"
        )
        self.origins = OriginCard(context.appearance, context.strokes)
        self._path: Path | None = None
        self.predicted: Predicted | None = None
        self._shown: ComparisonHistory | None = None
        self._chosen_row: tuple[int, PredictionResult] | None = None
        self._stopping = Event()
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
            self._forget()
        self._shown = history
        choices = [("every contender", _EVERY), *((name, name) for name in names)]
        fill_combo_box(self.contender, choices, self.contender.currentData())
        kind = history.preprocessing.kind
        for row in self._forecast_rows:
            row.setVisible(kind == "forecast")
        self._level_row.setVisible(not history.preprocessing.predicts_next)
        self.start.setEnabled(self._path is not None)
        self.origins.redraw()

    def take_file(self, path: Path) -> None:
        """Takes new data, and predicts it at once."""
        self._path = path
        self.file.setText(str(path))
        self.mark_stale()
        self._predict()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Takes data alone; sessions and experiments are opened by the window."""
        if self._body.isVisible() and _data_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Predicts what was dropped."""
        paths = _data_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.take_file(paths[0])

    def _choose(self) -> None:
        folder = Path.home() if self._path is None else self._path.parent
        dialog = QFileDialog(self, "New data", str(folder))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.take_file(Path(chosen)))
        dialog.open()

    def _predict(self) -> None:
        session, history = self.context.session, self.context.session.history
        if (
            session.workspace is None
            or session.comparison is None
            or history is None
            or self._path is None
        ):
            return
        chosen = self.contender.currentData()
        names = exportable(history) if chosen in {_EVERY, None} else (chosen,)
        is_forecast = history.preprocessing.kind == "forecast"
        since, until = (box.text().strip() or None for box in (self.since, self.until))
        spec = PredictionSpec(
            runs=_RUNS[self.runs.choice],
            level=self.level.value() / 100,
            since=since if is_forecast else None,
            until=until if is_forecast else None,
        )
        wanted = PredictionRequest(
            session.workspace,
            session.comparison,
            self._path,
            tuple(names),
            spec,
            self.steps.value() if is_forecast else 0,
            self.context.folders.datasets,
        )
        self._stopping = Event()
        self._wait(waiting=True)
        training = " Training waits meanwhile." if session.is_training else ""
        self._tell(f"Predicting {self._path.name} …{training}")
        predict(
            self.context.jobs,
            wanted,
            self._stopping,
            self.progressed.emit,
            self._took,
            self._failed,
        )

    def _took(self, predicted: Predicted) -> None:
        self._wait(waiting=False)
        self._tell("")
        self.predicted, self._chosen_row = predicted, None
        self._offer_gates()
        first = next(iter(predicted.results.values()))
        self.results.show()
        self.headline.setText(headline(predicted.results))
        _show_text(self.notes, note_sentences(first))
        rows = score_rows(predicted.results)
        self.scores.show_rows(rows)
        self.scores.setVisible(bool(rows))
        self.no_truth.setVisible(not rows)
        self.no_truth.setText("The data does not hold the truth, so there is no score.")
        needed = "Intervals, test scores and drift need the comparison's own data."
        unavailable = [] if first.unavailable is None else [f"{needed} {first.unavailable}"]
        if first.models[0].is_final:
            unavailable.insert(0, NO_TEST_SCORE)
        _show_text(self.intervals, [*interval_sentences(predicted.results), *unavailable])
        _show_text(self.drift_text, drift_words(first))
        self.drift.show_rows(drift_rows(first))
        self.drift.setVisible(bool(first.drift))
        self.save_beyond.setVisible(bool(predicted.beyond))
        self.table.show_columns(legible(_table_of(predicted.results, prediction_table)))
        self.origins.show_predictions(predicted)

    def _failed(self, error: BaseException) -> None:
        self._wait(waiting=False)
        stopped = isinstance(error, PredictionStopped)
        self._tell("Stopped." if stopped else explained(error))

    def _show_progress(self, done: int, total: int) -> None:
        if self.stop.isVisible() and self._path is not None:
            self._tell(f"Predicting {self._path.name}: {done / max(1, total):.0%}")

    def _show_row(self, row: int) -> None:
        """Shows the forecast of a row of the table, whose contenders follow each other."""
        if self.predicted is None:
            return
        results = list(self.predicted.results.values())
        place, within = divmod(row, max(1, len(results[0].main.values)))
        self.origins.show_origin(within)
        self._chosen_row = within, results[place]
        self._offer_gates()

    def _offer_gates(self) -> None:
        """Gates are those of a stored run, which reads as the first fold does."""
        why = ""
        history = self.context.session.history
        if self._chosen_row is None or history is None:
            why = "Choose a row of the table first"
        else:
            result = self._chosen_row[1]
            if result.models[0].is_final:
                why = "Gates are shown for the runs of the comparison, not for the final model"
            elif not has_gates(result.models[0].contender):
                why = f"{result.contender} has no gates and no states"
            elif result.data.preprocessing != history.preprocessing:
                why = "The page Gates shows the first fold; this run is of another"
        self.gates.setEnabled(not why)
        self.gates.setToolTip(why)

    def _want_gates(self) -> None:
        if self._chosen_row is None:
            return
        row, result = self._chosen_row
        model = result.models[0]
        index = example_of_prediction(result.data, row)
        self.gates_wanted.emit(
            NewExample(result.data, index, result.contender, model.run.seed, model.epoch)
        )

    def _stop(self) -> None:
        self._stopping.set()

    def _wait(self, *, waiting: bool) -> None:
        self.start.setEnabled(not waiting)
        self.stop.setVisible(waiting)

    def _save(self) -> None:
        if self.predicted is not None:
            results = self.predicted.results
            self._write("predictions", lambda: _table_of(results, prediction_table))

    def _save_beyond(self) -> None:
        if self.predicted is not None:
            beyond = self.predicted.beyond
            self._write("beyond-the-end", lambda: _table_of(beyond, beyond_end_table))

    def _write(self, what: str, table: Callable[[], Columns]) -> None:
        path = Path("new") if self._path is None else self._path
        suggested = path.parent / f"{file_stem(f'{path.stem}-{what}')}.csv"
        out = ask_save_path(self, "Save predictions", suggested, "CSV")
        if out is not None:
            save(self.context.jobs, table, out, self._written, self._failed)

    def _written(self, out: Path, rows: int) -> None:
        self._tell(f"{rows:,} rows written: {out}")

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _forget(self) -> None:
        """Another comparison: what was predicted belongs to the one before."""
        self.predicted, self._chosen_row = None, None
        self.results.hide()
        self.origins.show_predictions(None)
        self._tell("")

    def _connect(self) -> None:
        session = self.context.session
        self.progressed.connect(self._show_progress)
        self.table.row_chosen.connect(self._show_row)
        session.history_changed.connect(self._history_changed)
        session.transitioned.connect(self.mark_stale)
        self.context.appearance.changed.connect(self.mark_stale)

    def _history_changed(self) -> None:
        history = self.context.session.history
        self.set_state("" if history is None or not exportable(history) else "done")
        self.mark_stale()

    def _lay_out(self) -> None:
        low, high, usual = _LEVELS
        self.level.setRange(low, high)
        self.level.setValue(usual)
        self.level.setSuffix(" %")
        self.level.setAccessibleName("Coverage of intervals")
        self.level.setToolTip("How often intervals and prediction sets should hold the truth")
        self.steps.setRange(0, _MOST_STEPS)
        self.steps.setAccessibleName("Steps beyond the end")
        self.steps.setToolTip(
            "Forecast so many steps after the last row; beyond the horizon the network reads its "
            "own predictions"
        )
        self.contender.setAccessibleName("Contender")
        self.runs.setToolTip(
            "The best run by validation, the mean of all runs, or the model trained on all data "
            "(page Export)"
        )
        new = Card("New data")
        choices = FlowRow()
        choices.add(self.contender, caption="contender")
        choices.add(self.runs, caption="by the")
        self._level_row = choices.add(self.level, caption="intervals")
        for box, name in ((self.since, "First forecast"), (self.until, "Last forecast")):
            box.setAccessibleName(name)
            box.setToolTip("A date such as 2024-05-31, or the number of a row without dates")
            box.setMaximumWidth(em(self, 9))
            box.setAcceptDrops(False)  # a dropped file belongs to the page
        self.since.setPlaceholderText("first row")
        self.until.setPlaceholderText("last row")
        self._forecast_rows = (
            choices.add(self.since, caption="forecasts from"),
            choices.add(self.until, caption="to"),
            choices.add(self.steps, caption="steps beyond the end"),
        )
        actions = FlowRow()
        for push in (self.choose, self.start, self.stop):
            actions.add(push)
        for part in (self.file, choices, actions, self.message):
            new.body.addWidget(part)
        self.stop.hide()
        saving = FlowRow()
        saving.add(self.save)
        saving.add(self.save_beyond)
        saving.add(self.gates)
        shown: tuple[QWidget, ...] = (
            self.headline, self.notes, self.scores, self.no_truth, self.intervals,
            self.drift_text, self.drift, self.table, saving,
        )  # fmt: skip
        for line in shown:
            self.results.body.addWidget(line)
        self.results.hide()
        self.origins.hide()
        self.message.hide()
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(em(self, 0.7))
        for card in (new, self.origins, self.results):
            body.addWidget(card)
        body.addStretch(1)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body)
        self.setAcceptDrops(True)


def _data_files(dragged: QMimeData) -> list[Path]:
    """What is dragged, where it is no session or experiment."""
    paths = [Path(url.toLocalFile()) for url in dragged.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix not in _OPENED_BY_WINDOW]


def _table_of(results: Mapping[str, T], table: Callable[[T], Columns]) -> Columns:
    return joined_tables({name: table(result) for name, result in results.items()})


def _show_text(text_label: QLabel, sentences: Sequence[str]) -> None:
    text_label.setText("\n".join(sentences))
    text_label.setVisible(bool(sentences))

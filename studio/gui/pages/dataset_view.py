"""The page Data with a dataset: what it is, what is learnt from it, and the effect of both."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.core.spec import DatasetSpec, FileDataset, TaskKind, TaskSpec
from studio.data import Series
from studio.gui.desk import Desk
from studio.gui.facts import Facts
from studio.gui.pages.columns_card import ColumnsCard
from studio.gui.pages.example_card import ExampleCard
from studio.gui.pages.samples_card import SamplesCard
from studio.gui.pages.series_card import SeriesCard
from studio.gui.pages.source_card import SourceCard
from studio.gui.pages.task_card import TaskCard
from studio.gui.pages.texts_card import TextsCard
from studio.gui.viewstate.columns import column_rows, with_role
from studio.gui.viewstate.dataset import kind_in_words, sentence
from studio.gui.viewstate.needs import needs_of
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.calm_table import calm
from studio.gui.widgets.data_models import preview_of
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.sparkline import Bars

_CARD_EM = 30
_PREVIEW_EM = 17
_MOST_BARS = 16


class DatasetView(QWidget):
    """Shows the dataset and edits the task in the draft.

    Signals:
        open_file: The user wants another file.
        show_start: The user wants to see the questions again.
        next: The user goes on to the models.
    """

    open_file = Signal()
    show_start = Signal()
    next = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._facts: Facts | None = None
        self.name = label("", bold=True, size=1.35)
        self.kind = label("", tone="muted")
        self.problem = label("", tone="bad")
        self.series = SeriesCard(desk.look)
        self.samples = SamplesCard()
        self.texts = TextsCard()
        self._shows_text = False
        self.preview = QTableView()
        self.source = SourceCard()
        self.columns = ColumnsCard()
        self.task = TaskCard()
        self.example = ExampleCard(desk.look)
        self.lengths = Bars("Examples by length")
        self.classes = Bars("Examples by class")
        self.notes = label("")
        self.problems = label("", tone="warning")
        self.resample = button(
            "", self._resample, tip="Reads the series with a row for each step; Ctrl+Z undoes it"
        )
        self.drop_place = QFrame()
        self._lay_out()
        self.columns.role_chosen.connect(self._choose_role)
        self.task.edited.connect(self._edit)
        self.source.edited.connect(self._edit_source)

    def show_drag(self, *, over: bool) -> None:
        """Shows that what is dragged over the window can be dropped."""
        self.drop_place.setProperty("over", "true" if over else "false")
        self.drop_place.setVisible(over)

    def show_facts(self, facts: Facts) -> None:
        """Shows another dataset."""
        self._facts = facts
        self.name.setText(facts.dataset.name)
        self.kind.setText(kind_in_words(facts.schema))
        if facts.dataset.symbols is None:
            self.preview.setModel(preview_of(facts.dataset))
            self.preview.resizeColumnsToContents()
        self.task.show_needs(needs_of(facts.schema))
        self._shows_text = bool(facts.texts)
        self.example.setVisible(not self._shows_text)
        if self._shows_text:
            self.texts.show_facts(facts)
            self._top.choose([self.texts])
        elif isinstance(facts.dataset, Series):
            self.series.show_facts(facts)
            self._top.choose([self.series, self._preview_card])
        else:
            self.samples.show_facts(facts)
            self._top.choose([self.samples, self._preview_card])
        problems = facts.schema["problems"]
        self.problems.setText("\n".join(sentence(each, facts.dataset.source) for each in problems))
        self.problems.setVisible(bool(problems))
        self.resample.setText(f"Resample to steps of {facts.step}")
        self.resample.setVisible(bool(facts.step))

    def refresh(self) -> None:
        """Shows the draft and its plan."""
        spec, planner, facts = self._desk.draft.spec, self._desk.planner, self._facts
        if spec is None or facts is None or facts.dataset is not planner.dataset:
            return
        plan = planner.plan if not planner.problem else None
        task = None if plan is None else plan.task
        self.problem.setText(planner.problem)
        self.problem.setVisible(bool(planner.problem))
        self.source.show_dataset(spec.dataset, facts)
        self.task.show_task(spec.task, None if plan is None else plan.spec.task)
        self.task.show_advice(facts.dataset)
        self.task.show_effect(task)
        kind = self._kind(spec.task)
        rows = column_rows(facts.schema["columns"], spec.task, kind, is_table=facts.is_table)
        self.columns.show_rows(rows)
        self.columns.tell("")
        if not self._shows_text:
            self.series.show_task(task)
            self.example.show_task(task)
        self.samples.use(self._desk.look.theme)
        self._show_distributions(facts)
        notes = () if task is None else task.notes
        said = [note for note in notes if note not in facts.schema["problems"]]
        said += [planner.source_note] if planner.source_note else []
        self.notes.setText("\n".join(sentence(each, facts.dataset.source) for each in said))
        self.notes.setVisible(bool(said))
        self._notes_card.setVisible(bool(said) or bool(facts.schema["problems"]))
        self.next_button.setEnabled(not planner.problem)

    def _kind(self, task: TaskSpec) -> TaskKind:
        plan = self._desk.planner.plan
        if task.kind is not None:
            return task.kind
        if plan is not None and plan.spec.task.kind is not None:
            return plan.spec.task.kind
        return "forecast" if isinstance(self._desk.planner.dataset, Series) else "classify"

    def _show_distributions(self, facts: Facts) -> None:
        theme = self._desk.look.theme
        classes = list(facts.schema["classes"].items())[:_MOST_BARS]
        self.lengths.show_counts(facts.lengths, theme)
        self.classes.show_counts(classes, theme)
        has_lengths = len(facts.lengths) > 1
        wanted = [self._length_card] if has_lengths else []
        wanted += [self._class_card] if classes else []
        self._spread.setVisible(bool(wanted))
        self._spread.choose(wanted)

    def _choose_role(self, column: str, role: str) -> None:
        spec, facts = self._desk.draft.spec, self._facts
        if spec is None or facts is None:
            return
        kind = self._kind(spec.task)
        rows = column_rows(facts.schema["columns"], spec.task, kind, is_table=facts.is_table)
        try:
            task = with_role(rows, spec.task, kind, column, role)
        except ValueError as error:
            self.columns.tell(str(error))
            return
        self._desk.draft.edit(spec.model_copy(update={"task": task}), f"use of {column}")

    def _edit(self, task: TaskSpec) -> None:
        spec = self._desk.draft.spec
        if spec is not None:
            before, after = spec.task.model_dump(), task.model_dump()
            field = next((name for name in after if after[name] != before[name]), "kind")
            what = (TaskSpec.model_fields[field].title or field).lower()
            self._desk.draft.edit(spec.model_copy(update={"task": task}), what)

    def _edit_source(self, dataset: DatasetSpec, what: str) -> None:
        """Reads the data another way; roles of columns begin anew, as they may be others."""
        spec = self._desk.draft.spec
        if spec is not None:
            update = {"target": None, "features": None, "group": None}
            task = spec.task.model_copy(update=update)
            if what == "generator":
                task = TaskSpec()
            changed = spec.model_copy(update={"dataset": dataset, "task": task})
            self._desk.draft.edit(changed, what)

    def _resample(self) -> None:
        """Reads the series with a row for each step; its columns stay what they are."""
        spec, facts = self._desk.draft.spec, self._facts
        if spec is None or facts is None or not isinstance(spec.dataset, FileDataset):
            return
        self.resample.clearFocus()  # it goes; Qt would scroll to what it gives the focus to
        dataset = spec.dataset.model_copy(update={"resample": facts.step})
        self._desk.draft.edit(spec.model_copy(update={"dataset": dataset}), "resample")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.7))
        layout.addWidget(self._drop_strip())
        layout.addLayout(self._head())
        layout.addWidget(self.problem)
        self._preview_card = Card("The first rows")
        self.preview.setAccessibleName("The first rows")
        self.preview.setMinimumHeight(em(self, _PREVIEW_EM))
        calm(self.preview)
        self._preview_card.body.addWidget(self.preview, 1)
        self._length_card, self._class_card = Card("Examples by length, steps"), Card("Classes")
        for card, bars in ((self._length_card, self.lengths), (self._class_card, self.classes)):
            card.body.addWidget(bars)
            card.body.addStretch(1)
        self._notes_card = Card("Good to know")
        self._notes_card.body.addWidget(self.problems)
        self._notes_card.body.addWidget(self.resample, 0, Qt.AlignmentFlag.AlignLeft)
        self._notes_card.body.addWidget(self.notes)
        self._notes_card.body.addStretch(1)
        rows = [SideBySide(_CARD_EM, most=2) for _ in range(3)]
        self._top, self._spread, middle = rows
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.7))
        column.addWidget(self.columns)
        column.addWidget(self.source)
        column.addWidget(self._notes_card, 1)
        column.addStretch(0)
        middle.choose([left, self.task])
        for row in (*rows, self.example):
            layout.addWidget(row)
        end = QHBoxLayout()
        end.addStretch(1)
        self.next_button = button("Next: models", self.next.emit, primary=True)
        end.addWidget(self.next_button)
        layout.addLayout(end)
        layout.addStretch(1)

    def _drop_strip(self) -> QFrame:
        self.drop_place.setObjectName("dropPlace")
        inside = QVBoxLayout(self.drop_place)
        text = label("Drop to open it instead of this dataset", bold=True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(text)
        self.drop_place.hide()
        return self.drop_place

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.kind)
        head = QHBoxLayout()
        head.addLayout(words, 1)
        start = button(
            "To the start", self.show_start.emit, tip="Examples, generated data, recent work"
        )
        head.addWidget(start)
        head.addWidget(button("Open a file…", self.open_file.emit, tip="Ctrl+O"))
        return head

"""The page Data with a dataset: the data, the task, and the effect of both."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from studio.core.notes import DataNote
from studio.core.problems import Problem
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    DatasetSpec,
    FileDataset,
    TaskKind,
    TaskSpec,
)
from studio.data import Series
from studio.gui.context.app_context import AppContext
from studio.gui.pages.data.dataset_summary import DatasetSummary
from studio.gui.pages.data.example_card import ExampleCard
from studio.gui.pages.data.reading.columns_card import ColumnsCard
from studio.gui.pages.data.reading.preview_card import PreviewCard
from studio.gui.pages.data.reading.reading_card import ReadingCard
from studio.gui.pages.data.reading.source_card import SourceCard
from studio.gui.pages.data.samples_card import SamplesCard
from studio.gui.pages.data.series_card import SeriesCard
from studio.gui.pages.data.task_card import TaskCard
from studio.gui.pages.data.texts_card import TextsCard
from studio.gui.pages.data.view.columns import (
    ColumnRow,
    column_rows,
    reread_with_role,
    with_role,
)
from studio.gui.pages.data.view.dataset_text import kind_text, sentence
from studio.gui.pages.data.view.reading_fields import TABLE_SUFFIXES, inner_suffix
from studio.gui.pages.data.view.reading_rows import with_choice
from studio.gui.pages.data.view.relevant_settings import relevant_settings
from studio.gui.view.number_format import count_of
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.scrolling import show_whole
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.sparkline import Bars

_CARD_EM = 30
_MOST_BARS = 16


class DatasetView(QWidget):
    """Shows the dataset and edits the task in the draft.

    Args:
        context: What the pages share.
        tell: Called with what is wrong with the settings, or "".

    Signals:
        open_file: The user wants another file.
        show_start: The user wants to see the start page.
        next: The user continues to the models.
    """

    open_file = Signal()
    show_start = Signal()
    next = Signal()

    def __init__(self, context: AppContext, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._context, self._tell = context, tell
        self._facts: DatasetSummary | None = None
        self._notes_of: DatasetSummary | None = None
        self.name = label("", bold=True, size=1.35)
        self.kind = label("", tone="muted")
        self.series = SeriesCard(context.appearance)
        self.samples = SamplesCard()
        self.texts = TextsCard()
        self._shows_text = False
        self.preview_card = PreviewCard()
        self.preview = self.preview_card.table
        self.reading = ReadingCard()
        self.source = SourceCard()
        self.columns = ColumnsCard()
        self.task = TaskCard()
        self.example = ExampleCard(context.appearance)
        self.lengths = Bars("Examples by length")
        self.classes = Bars("Examples by class")
        self.notes = label("")
        self.problems = label("", tone="warning")
        self.resample = button(
            "", self._resample, tip="Reads the series at a regular step; Ctrl+Z undoes it"
        )
        self.drop_place = QFrame()
        self._lay_out()
        self.columns.role_chosen.connect(self._choose_role)
        self.preview_card.role_chosen.connect(self._choose_role)
        self.preview_card.use_rows(self._shown_rows)
        self.task.edited.connect(self._edit)
        self.source.edited.connect(self._edit_source)
        self.reading.chosen.connect(self._choose_reading)

    def show_drag(self, *, over: bool) -> None:
        """Shows that what is dragged over the window can be dropped."""
        self.drop_place.setProperty("over", "true" if over else "false")
        self.drop_place.setVisible(over)

    def show_facts(self, facts: DatasetSummary) -> None:
        self._facts = facts
        self.name.setText(facts.dataset.name)
        self.kind.setText(kind_text(facts.schema))
        if facts.dataset.symbols is None:
            self.preview_card.show_dataset(facts.dataset, self._context.appearance.theme)
        self.task.show_needs(relevant_settings(facts.schema, facts.problems))
        self._shows_text = bool(facts.texts)
        self.example.keep_place(keeps=False)
        self.example.setVisible(not self._shows_text)
        if self._shows_text:
            self.texts.show_facts(facts)
            self._top.choose([self.texts])
        elif isinstance(facts.dataset, Series):
            self.series.show_facts(facts)
            self._top.choose([self.series, self.preview_card])
        else:
            self.samples.show_facts(facts)
            self._top.choose([self.samples, self.preview_card])
        self.problems.setText("\n".join(map(sentence, facts.problems)))
        self.problems.setVisible(bool(facts.problems))
        self.resample.setText(f"Resample to steps of {facts.step}")
        self.resample.setVisible(bool(facts.step))

    def refresh(self) -> None:
        spec, planner, facts = self._context.draft.spec, self._context.planner, self._facts
        if spec is None or facts is None or facts.dataset is not planner.dataset:
            return
        plan = planner.plan if not planner.problem else None
        task = None if plan is None else plan.task
        self._tell(planner.problem)
        self.source.show_dataset(spec.dataset, facts)
        self.task.show_task(spec.task, None if plan is None else plan.spec.task)
        self.task.show_advice(facts.dataset)
        self.task.show_effect(task)
        self.reading.show_decisions(facts.dataset.decisions)
        count = self.reading.doubtful
        self.to_check.setText(f"Check {count_of(count, 'decision')}  ↓")
        self._check.setVisible(bool(count))
        self.columns.show_rows(self._column_rows(spec, facts))
        self.columns.show_refusal("")
        if not self._shows_text:
            self.series.show_task(task)
            self.example.show_task(task)
        self.samples.use(self._context.appearance.theme)
        self._show_distributions(facts)
        if task is not None or self._notes_of is not facts:  # a wrong setting moves nothing
            self._notes_of = facts
            self._show_notes(() if task is None else task.notes)
        self.next_button.setEnabled(not planner.problem)

    def _show_notes(self, of_task: Iterable[DataNote]) -> None:
        source = self._context.planner.source_note
        notes: list[DataNote | str] = [note for note in of_task if not isinstance(note, Problem)]
        notes += [source] if source else []
        self.notes.setText("\n".join(map(sentence, notes)))
        self.notes.setVisible(bool(notes))
        has_problems = self._facts is not None and bool(self._facts.problems)
        self._notes_card.setVisible(bool(notes) or has_problems)

    def _show_reading(self) -> None:
        """Scrolls to the first decision that is in doubt."""
        first = next(iter(self.reading.choices.values()), self.reading)
        show_whole(first)
        first.setFocus()

    def _kind(self, task: TaskSpec) -> TaskKind:
        plan = self._context.planner.plan
        if task.kind is not None:
            return task.kind
        if plan is not None and plan.spec.task.kind is not None:
            return plan.spec.task.kind
        return "forecast" if isinstance(self._context.planner.dataset, Series) else "classify"

    def _show_distributions(self, facts: DatasetSummary) -> None:
        theme = self._context.appearance.theme
        classes = list(facts.schema["classes"].items())[:_MOST_BARS]
        self.lengths.show_counts(facts.lengths, theme)
        self.classes.show_counts(classes, theme)
        has_lengths = len(facts.lengths) > 1
        wanted = [self._length_card] if has_lengths else []
        wanted += [self._class_card] if classes else []
        self._spread.setVisible(bool(wanted))
        self._spread.choose(wanted)

    def _choose_role(self, column: str, role: str) -> None:
        spec, facts = self._context.draft.spec, self._facts
        if spec is None or facts is None:
            return
        rows = self._column_rows(spec, facts)
        row = next(row for row in rows if row.name == column)
        if isinstance(spec.dataset, FileDataset):
            dataset = reread_with_role(spec.dataset, row, role)
            if dataset is not None:
                self._edit_source(dataset, f"role of {column}")
                return
        try:
            task = with_role(rows, spec.task, self._kind(spec.task), column, role)
        except ValueError as error:
            self.columns.show_refusal(str(error))
            return
        self._context.draft.edit(spec.model_copy(update={"task": task}), f"role of {column}")

    def _shown_rows(self) -> tuple[ColumnRow, ...]:
        spec, facts = self._context.draft.spec, self._facts
        return () if spec is None or facts is None else self._column_rows(spec, facts)

    def _column_rows(self, spec: ComparisonSpec, facts: DatasetSummary) -> tuple[ColumnRow, ...]:
        path = spec.dataset.path if isinstance(spec.dataset, FileDataset) else ""
        is_table = inner_suffix(path) in TABLE_SUFFIXES
        can_reread = is_table and facts.schema["kind"] != "text"
        return column_rows(
            facts.schema["columns"],
            spec.task,
            self._kind(spec.task),
            is_table=facts.is_table,
            can_reread=can_reread,
        )

    def _choose_reading(self, setting: str, value: str) -> None:
        """Reads the data another way, or predicts another column."""
        spec = self._context.draft.spec
        if spec is None or not isinstance(spec.dataset, FileDataset):
            return
        dataset, task = with_choice(spec.dataset, spec.task, setting, value)
        changed = spec.model_copy(update={"dataset": dataset, "task": task})
        self._context.draft.edit(changed, setting.replace("_", " "))

    def _edit(self, task: TaskSpec) -> None:
        spec = self._context.draft.spec
        if spec is not None:
            before, after = spec.task.model_dump(), task.model_dump()
            field = next((name for name in after if after[name] != before[name]), "kind")
            what = (TaskSpec.model_fields[field].title or field).lower()
            self._context.draft.edit(spec.model_copy(update={"task": task}), what)

    def _edit_source(self, dataset: DatasetSpec, what: str) -> None:
        """Reads the data another way; roles are reset, as the columns may change."""
        spec = self._context.draft.spec
        if spec is not None:
            update = {"target": None, "features": None, "group": None}
            task = spec.task.model_copy(update=update)
            if what == "generator":
                task = TaskSpec()
            changed = spec.model_copy(update={"dataset": dataset, "task": task})
            self._context.draft.edit(changed, what)

    def _resample(self) -> None:
        """Reads the series with a row for each step; its columns stay what they are."""
        spec, facts = self._context.draft.spec, self._facts
        if spec is None or facts is None or not isinstance(spec.dataset, FileDataset):
            return
        self.resample.clearFocus()  # it goes; Qt would scroll to what it gives the focus to
        dataset = spec.dataset.model_copy(update={"resample": facts.step})
        self._context.draft.edit(spec.model_copy(update={"dataset": dataset}), "resample")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em(self, 0.7))
        layout.addWidget(self._drop_strip())
        layout.addLayout(self._head())
        self._length_card, self._class_card = Card("Examples by length, steps"), Card("Classes")
        for card, bars in ((self._length_card, self.lengths), (self._class_card, self.classes)):
            card.body.addWidget(bars)
            card.body.addStretch(1)
        self._notes_card = Card("Notes")
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
        column.addWidget(self.reading)
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
        text = label("Drop to replace this dataset", bold=True)
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
        pushes = FlowRow(0.4)
        head.addWidget(pushes)
        self.to_check = button("", self._show_reading, tip="Shows what the data leaves open")
        self._check = pushes.add(self.to_check)
        self._check.hide()
        start = button(
            "Start page", self.show_start.emit, tip="Examples, generated data, recent files"
        )
        pushes.add(start)
        pushes.add(button("Open a file…", self.open_file.emit, tip="Ctrl+O"))
        return head

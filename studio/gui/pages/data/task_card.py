"""The task: what is predicted, windows, split, scaling, and their effect."""

from PySide6.QtCore import Qt, Signal

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import TASKS, proposed_folds, why_folds
from studio.data.dataset import Dataset
from studio.gui.forms.form import Form
from studio.gui.forms.value_labels import value_label
from studio.gui.pages.data.view.columns import with_kind
from studio.gui.pages.data.view.dataset_text import part_counts, parts_text
from studio.gui.pages.data.view.relevant_settings import RelevantSettings, group_choices
from studio.gui.view.number_format import format_whole
from studio.gui.widgets.basics import Card, button, label

_SHARES_OF_A_TRAIN_FILE = 2
_CALENDAR: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("none", None),
    ("hour of the day", ("hour",)),
    ("day of the week", ("weekday",)),
    ("month of the year", ("month",)),
    ("hour and weekday", ("hour", "weekday")),
    ("weekday and month", ("weekday", "month")),
    ("hour, weekday and month", ("hour", "weekday", "month")),
)
FIELDS = (
    "kind",
    "window",
    "horizon",
    "stride",
    "washout",
    "past_target",
    "mixed",
    "split",
    "split_series",
    "split_seed",
    "training_examples",
    "folds",
    "repeats",
    "group",
    "duplicates",
    "scaling",
    "scale_by",
    "missing",
    "longest",
    "kept",
    "calendar",
    "symbols",
    "vocabulary",
    "carry_state",
    "class_weights",
    "season",
    "metric",
)


class TaskCard(Card):
    """Edits the task.

    Signals:
        edited: The task as the user changed it.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__("Task")
        self._task = TaskSpec()
        self._test_is_given = False
        kinds = (("automatic", None), *((value_label("kind", kind), kind) for kind in TASKS))
        self._needs = RelevantSettings()
        choices = {"kind": kinds, "group": group_choices(()), "calendar": _CALENDAR}
        self.form = Form(self._task, FIELDS, columns=1, choices=choices)
        self.counts = label("", bold=True)
        self.meaning = label("", tone="muted")
        self._proposed: TaskSpec | None = None
        self.advice = label("")
        self.divide = button(
            "Use &folds",
            self._divide,
            tip="Tests every example once per repeat: more runs, and a more certain verdict",
        )
        self.body.addWidget(self.form)
        self.body.addWidget(self.advice)
        self.body.addWidget(self.divide, alignment=Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.counts)
        self.body.addWidget(self.meaning)
        self.body.addStretch(1)
        self.form.changed.connect(self._take)

    def show_needs(self, needs: RelevantSettings) -> None:
        """Offers the settings that matter for another dataset."""
        self._needs = needs
        self.form.offer("group", group_choices(needs.groups))

    def show_task(self, task: TaskSpec, complete: TaskSpec | None) -> None:
        """Shows the task as it was set.

        Args:
            task: As set.
            complete: The same with all defaults filled in, if possible.
        """
        self._task = task
        self.form.show_spec(task)
        kind = task.kind if complete is None else complete.kind
        for field, visible in self._needs.visible(task, kind).items():
            self.form.set_field_visible(field, visible=visible)
        if complete is not None:
            self._test_is_given = len(complete.split or ()) == _SHARES_OF_A_TRAIN_FILE
            for field in FIELDS:
                self.form.show_default(field, getattr(complete, field))

    def show_advice(self, dataset: Dataset) -> None:
        """Proposes repeated folds where there are few examples."""
        self._proposed = proposed = proposed_folds(dataset, self._task)
        self.advice.setVisible(proposed is not None)
        self.divide.setVisible(proposed is not None)
        if proposed is not None:
            why = why_folds(len(dataset), proposed)
            self.advice.setText(f"{why[:1].upper()}{why[1:]}.")
            self.divide.setText(f"Use {proposed.folds} &folds, {proposed.repeats} repeats")

    def show_effect(self, task: PreparedTask | None) -> None:
        """Shows how many examples result."""
        if task is None:
            self.counts.setText("–")
            self.meaning.setText("")
            return
        counts = part_counts(task)
        joined_counts = " · ".join(
            f"{format_whole(count)} {name}" for name, count in counts.items()
        )
        self.counts.setText(f"{joined_counts} examples")
        test_note = " The test set came with the data." if self._test_is_given else ""
        self.meaning.setText(parts_text(task) + test_note)

    def _divide(self) -> None:
        if self._proposed is not None:
            self.divide.clearFocus()  # it goes; Qt would scroll to what it gives the focus to
            self.edited.emit(self._proposed)

    def _take(self, task: TaskSpec) -> None:
        if task.kind != self._task.kind:
            task = with_kind(task, task.kind)
        self.edited.emit(task)

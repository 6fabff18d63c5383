"""The task on the page Data: what is predicted, windows, split, scaling, with their effect."""

from PySide6.QtCore import Qt, Signal

from studio.core.examples import PreparedTask
from studio.core.spec import TaskSpec
from studio.data import TASKS, proposed_folds, why_folds
from studio.data.dataset import Dataset
from studio.gui.forms.form import Form
from studio.gui.forms.words import said
from studio.gui.viewstate.columns import with_kind
from studio.gui.viewstate.dataset import part_counts, parts_in_words
from studio.gui.viewstate.figures import whole
from studio.gui.viewstate.needs import Needs, group_choices
from studio.gui.widgets.basics import Card, button, label

_WINDOWS = ("window", "horizon", "stride")
_SHARES_OF_A_TRAIN_FILE = 2
_CALENDAR: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("not read", None),
    ("hour of the day", ("hour",)),
    ("day of the week", ("weekday",)),
    ("month of the year", ("month",)),
    ("hour and weekday", ("hour", "weekday")),
    ("weekday and month", ("weekday", "month")),
    ("all three", ("hour", "weekday", "month")),
)
FIELDS = (
    "kind",
    *_WINDOWS,
    "split",
    "split_seed",
    "training_examples",
    "folds",
    "repeats",
    "group",
    "duplicates",
    "scaling",
    "missing",
    "longest",
    "kept",
    "calendar",
    "symbols",
    "vocabulary",
    "carry_state",
    "class_weights",
)


class TaskCard(Card):
    """Edits the task.

    Signals:
        edited: The task as the user changed it.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__("What is learnt")
        self._task = TaskSpec()
        self._test_is_given = False
        kinds = (("automatic", None), *((said("kind", kind), kind) for kind in TASKS))
        self._needs = Needs()
        choices = {"kind": kinds, "group": group_choices(()), "calendar": _CALENDAR}
        self.form = Form(self._task, FIELDS, columns=1, choices=choices)
        self.counts = label("", bold=True)
        self.meaning = label("", tone="muted")
        self._proposed: TaskSpec | None = None
        self.advice = label("")
        self.divide = button(
            "Divide into &folds",
            self._divide,
            tip="Every example is tested once in each repeat; more runs, and a surer verdict.",
        )
        self.body.addWidget(self.form)
        self.body.addWidget(self.advice)
        self.body.addWidget(self.divide, alignment=Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.counts)
        self.body.addWidget(self.meaning)
        self.body.addStretch(1)
        self.form.changed.connect(self._take)

    def show_needs(self, needs: Needs) -> None:
        """Offers the settings that matter for another dataset."""
        self._needs = needs
        self.form.offer("group", group_choices(needs.groups))

    def show_task(self, task: TaskSpec, complete: TaskSpec | None) -> None:
        """Shows the task as it was set.

        Args:
            task: What was asked for.
            complete: The same with everything filled in, where that was possible.
        """
        self._task = task
        self.form.show_spec(task)
        kind = task.kind if complete is None else complete.kind
        for field in _WINDOWS:
            self.form.set_field_visible(field, visible=kind in {None, "forecast"})
        if kind == "next-token":
            self.form.set_field_visible("window", visible=True)
        self.form.set_field_visible("repeats", visible=task.folds is not None)
        self.form.set_field_visible("class_weights", visible=kind == "classify")
        self.form.set_field_visible("carry_state", visible=kind == "next-token")
        in_order = {None, "forecast", "next-token"}
        self.form.set_field_visible("split_seed", visible=kind not in in_order)
        for field, visible in self._needs.visible(task).items():
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
            self.divide.setText(f"Divide into {proposed.folds} &folds, {proposed.repeats} times")

    def show_effect(self, task: PreparedTask | None) -> None:
        """Shows how many examples that makes."""
        if task is None:
            self.counts.setText("–")
            self.meaning.setText("")
            return
        counts = part_counts(task)
        said_counts = " · ".join(f"{whole(count)} {name}" for name, count in counts.items())
        self.counts.setText(f"{said_counts} examples")
        given = " The test part came with the data." if self._test_is_given else ""
        self.meaning.setText(parts_in_words(task) + given)

    def _divide(self) -> None:
        if self._proposed is not None:
            self.divide.clearFocus()  # it goes; Qt would scroll to what it gives the focus to
            self.edited.emit(self._proposed)

    def _take(self, task: TaskSpec) -> None:
        if task.kind != self._task.kind:
            task = with_kind(task, task.kind)
        self.edited.emit(task)

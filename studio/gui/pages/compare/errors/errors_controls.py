"""The choices above the browser over errors."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from studio.analysis.predictions.error_rows import ErrorRows, class_name
from studio.analysis.predictions.errors import Predicted
from studio.gui.pages.compare.errors.step_box import StepBox
from studio.gui.pages.compare.view.error_filter import (
    Filter,
    frequent_classes,
    has_class_pairs,
    shared_groups,
    time_limits,
)
from studio.gui.widgets.basics import Segments, button, fill_combo_box
from studio.gui.widgets.flow_layout import FlowRow

PARTS = ("test", "validation")
_MOST_GROUPS = 500
_ANY = "any"
_BETWEEN = "\x1f"


class ErrorsControls(FlowRow):
    """What is chosen.

    Signals:
        asked: Another set, seed or target: other rows.
        filtered: Another contender or filter: other of the same rows.
    """

    asked = Signal()
    filtered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.part = Segments([(part, part) for part in PARTS], "Set")
        self.contender = _choice("Contender, by whose errors the examples are sorted")
        self.seed = _choice("Seed")
        self.target = _choice("Target")
        self.true = _choice("True class")
        self.predicted = _choice("Predicted class")
        self.group = _choice("Group")
        self.first, self.last = StepBox("First predicted step"), StepBox("Last predicted step")
        self.all = button("Show &all", self.clear, tip="Removes every filter")
        self._part = self.add(self.part)
        self.add(self.contender, caption="contender")
        self._seed = self.add(self.seed, caption="seed")
        self._target = self.add(self.target, caption="target")
        self._true = self.add(self.true, caption="true")
        self._predicted = self.add(self.predicted, caption="predicted")
        self._group = self.add(self.group, caption="group")
        self._first = self.add(self.first, caption="from")
        self._last = self.add(self.last, caption="to")
        self.add(self.all)
        for step in (self.first, self.last):
            step.setRange(0, 0)
        self._connect()

    @property
    def filter(self) -> Filter:
        """What is wanted of the rows."""
        predicted: Predicted = self.predicted.currentData() or "any"
        if isinstance(self.predicted.currentData(), int):
            predicted = self.predicted.currentData()
        limits = (self.first.minimum(), self.last.maximum())
        span = (self.first.value(), self.last.value())
        group = self.group.currentData()
        return Filter(
            self.true.currentData(),
            predicted,
            None if group is None else (group.split(_BETWEEN)[0], group.split(_BETWEEN)[1]),
            None if span == limits else span,
        )

    def offer_runs(
        self,
        sets: Sequence[str],
        names: Sequence[str],
        seeds: Sequence[str],
        targets: Sequence[str],
    ) -> None:
        """Offers sets, contenders, seeds and targets; the choices stay where possible."""
        self.part.offer(sets)
        self._part.setVisible(len(sets) > 1)
        for box, texts, group in (
            (self.contender, names, None),
            (self.seed, seeds, self._seed),
        ):
            fill_combo_box(box, [(text, text) for text in texts], box.currentData())
            if group is not None:
                group.setVisible(len(texts) > 1)
        together: list[tuple[str, object]] = [("all", None)]
        named: list[tuple[str, object]] = [(name, place) for place, name in enumerate(targets)]
        fill_combo_box(self.target, together + named, self.target.currentData())
        self._target.setVisible(len(targets) > 1)

    def offer_filters(self, rows: ErrorRows) -> None:
        """Offers the classes, groups and times of these rows; the choices stay where possible."""
        part = rows.part
        pairs = has_class_pairs(part)
        classes: list[tuple[str, object]] = []
        if pairs:
            classes = [(class_name(part, code), code) for code in frequent_classes(part)]
        anything: list[tuple[str, object]] = [(_ANY, None)]
        wrong: list[tuple[str, object]] = [("wrong", "wrong")]
        fill_combo_box(self.true, anything + classes, self.true.currentData())
        fill_combo_box(self.predicted, anything + wrong + classes, self.predicted.currentData())
        _show(pairs, self._true, self._predicted)
        shared = shared_groups(rows)
        several = len(shared) > 1
        groups: list[tuple[str, object]] = [
            (f"{name}: {value}" if several else value, f"{name}{_BETWEEN}{value}")
            for name, values in shared.items()
            for value in values[:_MOST_GROUPS]
        ]
        fill_combo_box(self.group, anything + groups, self.group.currentData())
        _show(bool(groups), self._group)
        self._offer_times(rows)
        self.all.setEnabled(self.filter != Filter())

    def _offer_times(self, rows: ErrorRows) -> None:
        limits = time_limits(rows.part)
        _show(limits is not None, self._first, self._last)
        low, high = limits or (0, 0)
        with QSignalBlocker(self.first), QSignalBlocker(self.last):
            was_all = self.filter.span is None
            for box in (self.first, self.last):
                box.setRange(low, high)
                box.show_times(rows.times)
            if was_all:
                self.first.setValue(low)
                self.last.setValue(high)

    def choose(self, contender: str, seed: str, true: int, predicted: int) -> None:
        """Chooses a run's pair of classes on the test set, and no other filter."""
        self.clear(tell=False)
        for box, data in ((self.contender, contender), (self.seed, seed), (self.true, true),
                          (self.predicted, predicted)):  # fmt: skip
            _choose(box, data)
        self.part.show_choice("test")
        self.asked.emit()

    def clear(self, *, tell: bool = True) -> None:
        """Removes every filter."""
        for box in (self.true, self.predicted, self.group):
            _choose(box, None)
        with QSignalBlocker(self.first), QSignalBlocker(self.last):
            self.first.setValue(self.first.minimum())
            self.last.setValue(self.last.maximum())
        if tell:
            self._filter_changed()

    def _filter_changed(self) -> None:
        self.all.setEnabled(self.filter != Filter())
        self.filtered.emit()

    def _connect(self) -> None:
        self.part.chosen.connect(lambda _: self.asked.emit())
        for box in (self.seed, self.target):
            box.currentIndexChanged.connect(lambda _: self.asked.emit())
        for box in (self.contender, self.true, self.predicted, self.group):
            box.currentIndexChanged.connect(lambda _: self._filter_changed())
        for step in (self.first, self.last):
            step.valueChanged.connect(lambda _: self._filter_changed())


def _choose(box: QComboBox, data: object) -> None:
    with QSignalBlocker(box):
        index = next((row for row in range(box.count()) if box.itemData(row) == data), 0)
        box.setCurrentIndex(index)


def _show(wanted: bool, *groups: QWidget) -> None:  # noqa: FBT001 - reads as a verb
    for group in groups:
        group.setVisible(wanted)


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMaximumWidth(box.fontMetrics().averageCharWidth() * 28)
    return box

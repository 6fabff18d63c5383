"""The tool bar: what is open, train, pause, stop, how far it is, where it runs."""

import time
from collections.abc import Callable, Sequence

import qtawesome
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from studio.analysis.words import counted
from studio.core.durations import time_left
from studio.gui.desk import Desk
from studio.gui.viewstate.comparisons import tell_apart
from studio.gui.viewstate.figures import local_time
from studio.gui.widgets.basics import Chip, button, em, one_line, set_tone
from studio.gui.widgets.eliding_box import ElidingBox
from studio.runs.tuning import belongs_to
from studio.sessions import ComparisonSummary

_THOUSAND = 1000
_TOLD_MS = 4000
_NAME_EM = 14
_LEFT_EM = 18
_PAUSE_TIP = "Pause the training (Ctrl+P)"
_COMPARISONS_TIP = "The comparisons in this session; the newest is the last."


class ToolBar(QWidget):
    """Acts on the comparison; shows only what applies.

    Attributes:
        refuses: Asked before training starts; says whether something stands against it, and tells
            the user what.

    Signals:
        started: The user started or resumed training.
        comparison_chosen: The number of a comparison of the session that should be shown.
    """

    started = Signal()
    comparison_chosen = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.refuses: Callable[[], bool] = lambda: False
        self.setObjectName("toolBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._started = 0.0
        self._told = self._waited_for = ""
        self._wants_start = False
        self._share_at_start = 0.0
        self.name = one_line(bold=True)
        self.saved = one_line(tone="muted", size=0.9)
        self.train = button("Train", self.start, primary=True, tip="Train the contenders (Ctrl+R)")
        self.pause = button("Pause", desk.work.pause_or_proceed, tip=_PAUSE_TIP)
        self.stop = button("Stop", desk.work.stop, tip="Stop and keep the models (Ctrl+.)")
        self.comparisons = ElidingBox(_COMPARISONS_TIP)
        self.comparisons.setAccessibleName("Comparison")
        self.bar = QProgressBar()
        self.bar.setRange(0, _THOUSAND)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Overall progress")
        self.left = one_line(tone="muted", size=0.9)
        self.busy = one_line(tone="muted", size=0.9)
        self.give_up = button("Cancel", desk.planner.give_up, tip="Stops reading the file")
        self.give_up.hide()
        self.device = Chip(tip="Where training runs, and with what")
        self.seeds = Chip(tip="Runs of each contender")
        self.comparisons.activated.connect(lambda _: self._choose_comparison())
        self._lay_out()
        desk.work.session_changed.connect(self._session_changed)
        desk.work.history_changed.connect(self.refresh)
        desk.work.progressed.connect(lambda _: self.refresh())
        desk.planner.plan_changed.connect(self._planned)
        desk.draft.changed.connect(self.refresh)
        desk.planner.dataset_changed.connect(self.refresh)
        desk.waiting.busy_changed.connect(self._show_busy)
        desk.planner.read.connect(self._show_reading)
        desk.look.changed.connect(self._draw_icons)
        self.refresh()

    def start(self) -> None:
        """Trains the planned comparison, or goes on with what was stopped."""
        work, planner = self._desk.work, self._desk.planner
        if work.is_training or work.is_starting or self.refuses():
            return
        if self._can_resume():
            work.resume()
            self.started.emit()
        elif planner.is_current and planner.plan is not None:
            work.train(planner.plan)
            self.started.emit()
        elif self._desk.draft.spec is not None and not planner.is_current:
            self._wants_start = not planner.problem
            self.tell(planner.problem or "The newest change is being prepared …")

    def refresh(self) -> None:
        """Shows what applies now."""
        work, planner = self._desk.work, self._desk.planner
        dataset = planner.dataset
        history = work.history
        shown = dataset.name if dataset is not None else history.dataset_name if history else ""
        self.name.setText(shown or "Gate Studio")
        _keep_wide(self.name, em(self.name, _NAME_EM))
        self.saved.setText(self._saved_words())
        set_tone(self.saved, "warning" if work.why_read_only else "muted")
        training = work.is_training
        self.train.setVisible(not training)
        self._name_train()
        self.train.setEnabled((self._can_resume() or planner.is_current) and not work.is_starting)
        self._offer_comparisons()
        self.pause.setVisible(training)
        self.stop.setVisible(training)
        self._name_pause()
        self.bar.setVisible(training)
        self.left.setVisible(training)
        if training and work.progress is not None:
            share = work.progress.share
            self.bar.setValue(round(_THOUSAND * share))
            spent = time.monotonic() - self._started
            left = time_left(share, self._share_at_start, spent)
            self.left.setText(f"paused at {round(100 * share)} %" if work.is_paused else left)
            _keep_wide(self.left, em(self.left, _LEFT_EM))
        self._show_chips()

    def _name_train(self) -> None:
        """Says what the button does: a finished comparison is never trained over."""
        history = self._desk.work.history
        text, tip = "Train", "Train the contenders (Ctrl+R)"
        if self._can_resume():
            text, tip = "Go on", "Go on with the runs that have not ended (Ctrl+R)"
        elif self._desk.work.why_read_only and history is not None:
            text, tip = "Train in a new session", "This session can only be read (Ctrl+R)"
        elif history is not None:
            text, tip = "Train again", "Makes a new comparison beside the others (Ctrl+R)"
        self.train.setText(text)
        self.train.setToolTip(tip)

    def _name_pause(self) -> None:
        """The button says what it does: it pauses, or goes on."""
        is_paused = self._desk.work.is_paused
        color = self._desk.look.theme.text
        self.pause.setText("Go on" if is_paused else "Pause")
        self.pause.setIcon(qtawesome.icon("mdi6.play" if is_paused else "mdi6.pause", color=color))
        self.pause.setToolTip("Go on with the training (Ctrl+P)" if is_paused else _PAUSE_TIP)

    def _offer_comparisons(self) -> None:
        work = self._desk.work
        can_choose = not work.is_training and not work.is_starting
        self.comparisons.setVisible(len(work.comparisons) > 1 and can_choose)
        items = _named(work.comparisons)
        known = [
            (self.comparisons.itemText(row), self.comparisons.itemData(row))
            for row in range(self.comparisons.count())
        ]
        with QSignalBlocker(self.comparisons):
            if items != known:
                self.comparisons.clear()
                for at, (text, number) in enumerate(items):
                    self.comparisons.addItem(text, number)
                    self.comparisons.setItemData(at, text, Qt.ItemDataRole.ToolTipRole)
            self.comparisons.setCurrentIndex(self.comparisons.findData(work.comparison))

    def _choose_comparison(self) -> None:
        number = self.comparisons.currentData()
        if number is not None and number != self._desk.work.comparison:
            self.comparison_chosen.emit(number)

    def _can_resume(self) -> bool:
        work = self._desk.work
        if work.is_training or work.history is None or work.why_read_only:
            return False
        planner, draft = self._desk.planner, self._desk.draft.spec
        plan = planner.plan if planner.is_current else None
        same = draft is None or (plan is not None and belongs_to(work.history.spec, plan.spec))
        return same and not work.history.is_complete

    def _planned(self) -> None:
        self.refresh()
        if self._wants_start and self._desk.planner.is_current:
            self._wants_start = False
            self.start()

    def _saved_words(self) -> str:
        work = self._desk.work
        if work.why_read_only:
            return f"read only: {work.why_read_only}"
        if work.path is None:
            return ""
        return "saved, without a name yet" if work.is_untitled else f"saved in {work.path.name}"

    def _show_chips(self) -> None:
        history = self._desk.work.history
        spec = self._desk.draft.spec or (history.spec if history else None)
        self.device.setVisible(spec is not None)
        self.seeds.setVisible(spec is not None)
        if spec is None:
            return
        count = spec.training.seeds
        folds = len(spec.task.divisions)
        times = f" × {folds} folds" if folds > 1 else ""
        self.seeds.setText(f"{count} seed{times}" if count == 1 else f"{count} seeds{times}")
        known = self._desk.work.served
        if known is None:
            device, engine = spec.machine.device, spec.machine.engine
            words = "CUDA, else CPU" if device == "auto" else device.upper()
            self.device.setText(words if engine == "auto" else f"{words}, {engine}")
            self.device.setToolTip("Where training will run; set on the page Models")
        else:
            where = f"{known.device.upper()}, {counted(known.threads, 'thread')}"
            with_what = "fused engine" if known.engine == "fused" else known.engine
            self.device.setText(f"{where}, {with_what}")
            self.device.setToolTip(" ".join(filter(None, (known.note, known.unequal))))

    def _session_changed(self) -> None:
        work = self._desk.work
        self._started = time.monotonic()
        self._share_at_start = work.progress.share if work.progress else 0.0
        self.refresh()

    def tell(self, words: str) -> None:
        """Says something for a moment, whatever is being waited for."""
        self._told = words
        self.busy.setText(words)
        QTimer.singleShot(_TOLD_MS, self, lambda: self._forget(words))

    def _forget(self, words: str) -> None:
        if self._told == words:
            self._told = ""
            self.busy.setText(self._waited_for)

    def _show_busy(self, what: str) -> None:
        self._waited_for = f"{what} …" if what else ""
        self.busy.setText(self._told or self._waited_for)

    def _show_reading(self, share: float) -> None:
        is_reading = share < 1
        self.give_up.setVisible(is_reading)
        if is_reading:
            self.busy.setText(f"{self._waited_for} {share:.0%}")

    def _draw_icons(self) -> None:
        theme = self._desk.look.theme
        self.train.setIcon(qtawesome.icon("mdi6.play", color=theme.on_accent))
        self._name_pause()
        self.stop.setIcon(qtawesome.icon("mdi6.stop", color=theme.text))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        gap = em(self, 0.5)
        row.setContentsMargins(gap * 2, gap, gap * 2, gap)
        row.setSpacing(gap)
        for part in (
            self.name,
            self.saved,
            self.comparisons,
            self.train,
            self.pause,
            self.stop,
        ):
            row.addWidget(part)
        row.addWidget(self.bar, 1)
        row.addWidget(self.left)
        row.addStretch(1)
        row.addWidget(self.busy)
        row.addWidget(self.give_up)
        row.addWidget(self.device)
        row.addWidget(self.seeds)


def _keep_wide(line: QLabel, most: int) -> None:
    """A line keeps the width of its text, up to a most; others give way before it does."""
    line.setMinimumWidth(0)  # a label is never narrower than its minimum, also in its hint
    line.setMinimumWidth(min(line.sizeHint().width(), most))


def _named(comparisons: Sequence[ComparisonSummary]) -> list[tuple[str, int]]:
    """Each comparison with what tells it from the others and its time, and its number."""
    words = tell_apart([each.spec for each in comparisons], [each.name for each in comparisons])
    return [
        (f"{each.id}: {what}, {local_time(each.created)}", each.id)
        for each, what in zip(comparisons, words, strict=True)
    ]

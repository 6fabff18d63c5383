"""The tool bar: what is open, train, pause, stop, how far it is, where it runs."""

import time
from collections.abc import Sequence

import qtawesome
from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from studio.analysis.basis import EngineInequality, engine_inequality
from studio.analysis.wording import basis_sentence, count_of
from studio.core.durations import format_time_left
from studio.core.results.events import Event, SavingDelayed
from studio.core.results.missing_cells import MissingCell, missing_cells
from studio.gui.context.app_context import AppContext
from studio.gui.shell.commands import Commands
from studio.gui.shell.comparison_names import comparison_labels
from studio.gui.shell.runs.runs_box import RunsBox
from studio.gui.view.number_format import local_time
from studio.gui.widgets.basics import Chip, button, em, one_line, set_tone
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.plain_text import plain_tip
from studio.sessions import ComparisonSummary

_THOUSAND = 1000
_TOLD_MS = 4000
_NAME_EM = 14
_LEFT_EM = 18
_LEAST_EM = 20
_TRAIN_TIP = "Train the contenders (Ctrl+R)"
_PAUSE_TIP = "Pause training (Ctrl+P)"
_COMPARISONS_TIP = "Comparisons in this session, the newest last."


class ToolBar(QWidget):
    """Acts on the comparison; shows only what applies.

    It never asks for a wider window: what matters least is left out where there is no room.
    """

    def __init__(self, context: AppContext, commands: Commands) -> None:
        super().__init__()
        self.setObjectName("toolBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, self._commands = context, commands
        self._started = 0.0
        self._told = self._waited_for = ""
        self._share_at_start = 0.0
        self.name = one_line(bold=True)
        self.saved = one_line(tone="muted", size=0.9)
        self.train = button("Train", commands.train, primary=True, tip=_TRAIN_TIP)
        self.parallel = RunsBox(context.session, context.folders)
        self.pause = button("Pause", context.session.pause_or_resume, tip=_PAUSE_TIP)
        self.stop = button("Stop", context.session.stop, tip="Stop and keep the models (Ctrl+.)")
        self.comparisons = ElidedComboBox(_COMPARISONS_TIP)
        self.comparisons.setAccessibleName("Comparison")
        self.bar = QProgressBar()
        self.bar.setRange(0, _THOUSAND)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Overall progress")
        self.left = one_line(tone="muted", size=0.9)
        self.busy = one_line(tone="muted", size=0.9)
        self.give_up = button("Cancel", context.planner.cancel, tip="Cancel reading the file")
        self.give_up.hide()
        self.device = Chip(tip="Device, threads and engine of training")
        self.seeds = Chip(tip="Runs per contender")
        self._dispensable = (
            self.seeds,
            self.device,
            self.saved,
            self.parallel,
            self.left,
            self.busy,
        )
        """What may be left out, the first first."""
        self._hidden: set[QWidget] = set()
        self.comparisons.activated.connect(lambda _: self._choose_comparison())
        self._lay_out()
        context.session.transitioned.connect(self._follow)
        commands.told.connect(self.tell)
        context.session.parallel.told.connect(self.tell)
        context.session.history_changed.connect(self.refresh)
        context.session.progressed.connect(lambda _: self.refresh())
        context.session.progressed.connect(self._tell_delays)
        context.planner.plan_changed.connect(self.refresh)
        context.draft.changed.connect(self.refresh)
        context.planner.dataset_changed.connect(self.refresh)
        context.jobs.busy_changed.connect(self._show_busy)
        context.planner.read.connect(self._show_reading)
        context.appearance.changed.connect(self._draw_icons)
        self.refresh()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The window decides how wide it is."""
        return QSize(em(self, _LEAST_EM), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leaves out what there is no room for, and brings it back where there is again."""
        for part in self._hidden:
            part.show()
        self._hidden = set()
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for part in self._dispensable:
            if self._needed() <= room:
                return
            if not part.isHidden():
                part.hide()
                self._hidden.add(part)

    def _needed(self) -> int:
        shown = [part for part in self._parts if not part.isHidden()]
        widths = (max(part.minimumSizeHint().width(), part.minimumWidth()) for part in shown)
        return sum(widths) + self._row.spacing() * len(shown)

    def refresh(self) -> None:
        self._refresh()
        self._fit()

    def _refresh(self) -> None:
        self._hidden = set()
        session, planner = self._context.session, self._context.planner
        dataset = planner.dataset
        history = session.history
        shown = dataset.name if dataset is not None else history.dataset_name if history else ""
        self.name.setText(shown or "Gate Studio")
        _keep_wide(self.name, em(self.name, _NAME_EM))
        self.saved.setText(self._saved_words())
        self.saved.setVisible(bool(self.saved.text()))
        self.saved.setToolTip(plain_tip(self.saved.text()) if self._missing_cells() else "")
        self.busy.show()
        is_warning = session.why_read_only or self._missing_cells()
        set_tone(self.saved, "warning" if is_warning else "muted")
        training = session.is_training
        self.train.setVisible(not training)
        self.parallel.setVisible(not training)
        self._name_train()
        self.train.setEnabled(
            (self._commands.can_resume or planner.is_current) and not session.is_starting
        )
        self._offer_comparisons()
        self.pause.setVisible(training)
        self.stop.setVisible(training)
        self._name_pause()
        self.bar.setVisible(training)
        self.left.setVisible(training)
        if training and session.progress is not None:
            share = session.progress.share
            self.bar.setValue(round(_THOUSAND * share))
            spent = time.monotonic() - self._started
            left = format_time_left(share, self._share_at_start, spent)
            self.left.setText(f"paused at {round(100 * share)} %" if session.is_paused else left)
            _keep_wide(self.left, em(self.left, _LEFT_EM))
        self._show_chips()

    def _name_train(self) -> None:
        """Names what the button does; a finished comparison is never overwritten."""
        history = self._context.session.history
        text, tip = "Train", _TRAIN_TIP
        if self._commands.can_resume:
            text, tip = "Resume", "Resume the runs that have not finished (Ctrl+R)"
        elif self._context.session.why_read_only and history is not None:
            text, tip = "Train in a new session", "This session is read-only (Ctrl+R)"
        elif history is not None:
            text, tip = "Train again", "Starts a new comparison beside the others (Ctrl+R)"
        self.train.setText(text)
        self.train.setToolTip(tip)

    def _name_pause(self) -> None:
        """The button says whether it pauses or resumes."""
        is_paused = self._context.session.is_paused
        color = self._context.appearance.theme.text
        self.pause.setText("Resume" if is_paused else "Pause")
        self.pause.setIcon(qtawesome.icon("mdi6.play" if is_paused else "mdi6.pause", color=color))
        self.pause.setToolTip("Resume training (Ctrl+P)" if is_paused else _PAUSE_TIP)

    def _offer_comparisons(self) -> None:
        session = self._context.session
        can_choose = not session.is_training and not session.is_starting
        self.comparisons.setVisible(len(session.comparisons) > 1 and can_choose)
        items = _named(session.comparisons)
        offered = [
            (self.comparisons.itemText(row), self.comparisons.itemData(row))
            for row in range(self.comparisons.count())
        ]
        with QSignalBlocker(self.comparisons):
            if items != offered:
                self.comparisons.clear()
                for at, (text, number) in enumerate(items):
                    self.comparisons.addItem(text, number)
                    self.comparisons.setItemData(at, plain_tip(text), Qt.ItemDataRole.ToolTipRole)
            self.comparisons.setCurrentIndex(self.comparisons.findData(session.comparison))

    def _choose_comparison(self) -> None:
        number = self.comparisons.currentData()
        if number is not None and number != self._context.session.comparison:
            self._commands.show_comparison(number)

    def _saved_words(self) -> str:
        session = self._context.session
        missing = self._missing_cells()
        if missing:
            return str(missing[0])
        if session.why_read_only:
            return f"read-only: {session.why_read_only}"
        if session.path is None:
            return ""
        return "saved, not named yet" if session.is_untitled else f"saved in {session.path.name}"

    def _missing_cells(self) -> tuple[MissingCell, ...]:
        history = self._context.session.history
        return () if history is None else missing_cells(history)

    def _show_chips(self) -> None:
        history = self._context.session.history
        spec = self._context.draft.spec or (history.spec if history else None)
        self.device.setVisible(spec is not None)
        self.seeds.setVisible(spec is not None)
        if spec is None:
            return
        count = spec.training.seeds
        folds = len(spec.task.fold_ids)
        times = f" × {folds} folds" if folds > 1 else ""
        self.seeds.setText(f"{count} seed{times}" if count == 1 else f"{count} seeds{times}")
        execution = self._context.session.execution
        if execution is None:
            device, engine = spec.machine.device, spec.machine.engine
            words = "CUDA if available" if device == "auto" else device.upper()
            self.device.setText(words if engine == "auto" else f"{words}, {engine}")
            self.device.setToolTip("Device of training; set on the page Models")
        else:
            where = f"{execution.device.upper()}, {count_of(execution.threads, 'thread')}"
            with_what = "fused engine" if execution.engine == "fused" else execution.engine
            self.device.setText(f"{where}, {with_what}")
            history = self._context.session.history
            favours = history is not None and engine_inequality(
                history, [contender.name for contender in history.contenders]
            )
            inequality = basis_sentence(EngineInequality()) if favours else ""
            self.device.setToolTip(" ".join(filter(None, (execution.note, inequality))))

    def _follow(self) -> None:
        session = self._context.session
        self._started = time.monotonic()
        self._share_at_start = session.progress.share if session.progress else 0.0
        self.refresh()

    def _tell_delays(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, SavingDelayed):
                self.tell(f"Waiting to save: {event.reason}" if event.reason else "Saving goes on")

    def tell(self, words: str) -> None:
        """Shows a message for a moment, in place of what is being waited for."""
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
        if self.give_up.isHidden() == is_reading:
            self.give_up.setVisible(is_reading)
            self._fit()
        if is_reading:
            self.busy.setText(f"{self._waited_for} {share:.0%}")

    def _draw_icons(self) -> None:
        theme = self._context.appearance.theme
        self.train.setIcon(qtawesome.icon("mdi6.play", color=theme.on_accent))
        self._name_pause()
        self.stop.setIcon(qtawesome.icon("mdi6.stop", color=theme.text))

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        gap = em(self, 0.5)
        row.setContentsMargins(gap * 2, gap, gap * 2, gap)
        row.setSpacing(gap)
        buttons = (self.train, self.parallel, self.pause, self.stop)
        left: tuple[QWidget, ...] = (
            self.name,
            self.saved,
            self.comparisons,
            *buttons,
            self.bar,
            self.left,
        )
        right: tuple[QWidget, ...] = (self.busy, self.give_up, self.device, self.seeds)
        for part in left:
            row.addWidget(part, 1 if part is self.bar else 0)
        row.addStretch(1)
        for part in right:
            row.addWidget(part)
        self._parts: tuple[QWidget, ...] = (*left, *right)


def _keep_wide(line: QLabel, most: int) -> None:
    """A line keeps the width of its text, up to a most; others give way before it does."""
    line.setMinimumWidth(0)  # a label is never narrower than its minimum, also in its hint
    line.setMinimumWidth(min(line.sizeHint().width(), most))


def _named(comparisons: Sequence[ComparisonSummary]) -> list[tuple[str, int]]:
    """Each comparison with what tells it from the others and its time, and its number."""
    words = comparison_labels(
        [comparison.spec for comparison in comparisons],
        [comparison.name for comparison in comparisons],
    )
    return [
        (f"{comparison.id}: {what}, {local_time(comparison.created)}", comparison.id)
        for comparison, what in zip(comparisons, words, strict=True)
    ]

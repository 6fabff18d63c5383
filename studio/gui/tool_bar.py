"""The tool bar: what is open, train, pause, stop, how far it is, where it runs."""

import time

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from studio.core.durations import time_left
from studio.gui.desk import Desk
from studio.gui.widgets.basics import Chip, button, em, label

_THOUSAND = 1000


class ToolBar(QWidget):
    """Acts on the comparison; shows only what applies."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("toolBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._started = 0.0
        self._share_at_start = 0.0
        self.name = label("", bold=True)
        self.saved = label("", tone="muted", size=0.9)
        self.train = button("Train", self.start, primary=True, tip="Train the contenders (Ctrl+R)")
        self.pause = button("Pause", desk.work.pause_or_proceed, tip="Pause or go on (Ctrl+P)")
        self.stop = button("Stop", desk.work.stop, tip="Stop and keep the models (Ctrl+.)")
        self.bar = QProgressBar()
        self.bar.setRange(0, _THOUSAND)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Overall progress")
        self.left = label("", tone="muted", size=0.9)
        self.busy = label("", tone="muted", size=0.9)
        self.device = Chip(tip="Where training runs, and with what")
        self.seeds = Chip(tip="Runs of each contender")
        self._lay_out()
        desk.work.session_changed.connect(self._session_changed)
        desk.work.history_changed.connect(self.refresh)
        desk.work.progressed.connect(lambda _: self.refresh())
        desk.planner.plan_changed.connect(self.refresh)
        desk.draft.changed.connect(self.refresh)
        desk.planner.dataset_changed.connect(self.refresh)
        desk.waiting.busy_changed.connect(self._show_busy)
        desk.look.changed.connect(self._draw_icons)
        self.refresh()

    def start(self) -> None:
        """Trains the planned comparison, or goes on with what was stopped."""
        if self._can_resume():
            self._desk.work.resume()
        elif self._desk.planner.is_current and self._desk.planner.plan is not None:
            self._desk.work.train(self._desk.planner.plan)

    def refresh(self) -> None:
        """Shows what applies now."""
        work, planner = self._desk.work, self._desk.planner
        dataset = planner.dataset
        history = work.history
        shown = dataset.name if dataset is not None else history.dataset_name if history else ""
        self.name.setText(shown or "Gate Studio")
        self.saved.setText(self._saved_words())
        training = work.is_training
        self.train.setVisible(not training)
        self.train.setText("Go on" if self._can_resume() else "Train")
        self.train.setEnabled(self._can_resume() or planner.is_current)
        self.pause.setVisible(training)
        self.stop.setVisible(training)
        self.pause.setText("Go on" if work.is_paused else "Pause")
        self.bar.setVisible(training)
        self.left.setVisible(training)
        if training and work.progress is not None:
            share = work.progress.share
            self.bar.setValue(round(_THOUSAND * share))
            spent = time.monotonic() - self._started
            self.left.setText(time_left(share, self._share_at_start, spent))
        self._show_chips()

    def _can_resume(self) -> bool:
        work = self._desk.work
        if work.is_training or work.history is None or work.why_read_only:
            return False
        plan = self._desk.planner.plan
        same = plan is None or plan.spec == work.history.spec
        return same and not work.history.is_complete

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
        self.seeds.setText(f"{count} seed" if count == 1 else f"{count} seeds")
        served = [r.served for c in history.contenders for r in c.runs] if history else []
        known = next((each for each in served if each is not None), None)
        if known is None:
            self.device.setText(f"{spec.machine.device}, {spec.machine.engine} engine")
        else:
            where = f"{known.device.upper()}, {known.threads} threads"
            self.device.setText(f"{where}, {known.engine}")
            self.device.setToolTip(" ".join(filter(None, (known.note, known.unequal))))

    def _session_changed(self) -> None:
        work = self._desk.work
        self._started = time.monotonic()
        self._share_at_start = work.progress.share if work.progress else 0.0
        self.refresh()

    def _show_busy(self, what: str) -> None:
        self.busy.setText(f"{what} …" if what else "")

    def _draw_icons(self) -> None:
        theme = self._desk.look.theme
        self.train.setIcon(qtawesome.icon("mdi6.play", color=theme.on_accent))
        self.pause.setIcon(qtawesome.icon("mdi6.pause", color=theme.text))
        self.stop.setIcon(qtawesome.icon("mdi6.stop", color=theme.text))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        gap = em(self, 0.5)
        row.setContentsMargins(gap * 2, gap, gap * 2, gap)
        row.setSpacing(gap)
        for text in (self.name, self.saved, self.left, self.busy):
            text.setWordWrap(False)
        for part in (self.name, self.saved, self.train, self.pause, self.stop):
            row.addWidget(part)
        row.addWidget(self.bar, 1)
        row.addWidget(self.left)
        row.addStretch(1)
        row.addWidget(self.busy)
        row.addWidget(self.device)
        row.addWidget(self.seeds)

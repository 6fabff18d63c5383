"""The page Train: a lane per contender, losses, live gates, timing and memory."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.analysis.scores.training_end import still_improves
from studio.core.results.events import Event
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.draw_pacing import DrawPacing
from studio.gui.pages.page import Page
from studio.gui.pages.train.lane import LaneRow
from studio.gui.pages.train.loss_card import LossCard
from studio.gui.pages.train.pinned_card import PinnedCard
from studio.gui.pages.train.strip_plots import MemoryBars, TimeStrips
from studio.gui.pages.train.view.live_runs import (
    LiveRuns,
    inequality_text,
    memory_shares,
    speed_sentence,
)
from studio.gui.widgets.basics import Card, EmptyPage, button, em, label

_WIDE_EM = 80


class TrainPage(Page):
    """Draws part by part within a budget, so that plots do not slow what they show."""

    name = "train"
    icon = "mdi6.chart-line"
    title = "Train"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._live = LiveRuns()
        self._shown: object = None
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.timeout.connect(self._draw_next)
        self._parts_drawn = (
            self._draw_lanes,
            self._draw_losses,
            self._draw_gates,
            self._draw_times,
            self._draw_memory,
            self._draw_words,
        )
        self._stale_parts: dict[Callable[[], None], None] = {}  # in the order of drawing
        self._pacing = DrawPacing(len(self._parts_drawn))
        self.empty = EmptyPage(
            "Nothing has been trained yet.", "Set up the models", lambda: self.go_to.emit("models")
        )
        self.lanes = LaneRow()
        self.losses = LossCard(context.appearance)
        self.gates = PinnedCard(context, lambda: self.go_to.emit("gates"))
        self.gates.changed.connect(self.mark_stale)
        self.times = TimeStrips(context.appearance)
        self.memory = MemoryBars(context.appearance)
        self.speed = label("", bold=True)
        self.unequal = label("", tone="muted", size=0.9)
        self.next = button("Next: compare", lambda: self.go_to.emit("compare"), primary=True)
        self._lay_out()
        context.session.transitioned.connect(self._follow_session)
        context.session.history_changed.connect(self._history_changed)
        context.session.progressed.connect(self._take)
        context.appearance.changed.connect(self.mark_stale)
        self.losses.changed.connect(self.mark_stale)

    def mark_stale(self) -> None:
        """Draws soon, one part after the other; further changes are drawn together."""
        self._is_stale = True
        for part in self._parts_drawn:  # what was drawn last comes last again
            self._stale_parts.setdefault(part)
        if self.is_seen and not self._redraw.isActive():
            self._redraw.start(self._pacing.pause(0))

    def refresh(self) -> None:
        self._stale_parts = {}
        for part in self._parts_drawn:
            part()

    def _draw_next(self) -> None:
        """Draws one stale part with the lanes, and the next when the processor's budget allows.

        What is in sight comes first. The lanes show the progress, so nothing below is ever ahead
        of them.
        """
        if not self.is_seen or not self._stale_parts:
            return
        in_sight = (part for part in self._stale_parts if self._is_in_sight(part))
        part = next(in_sight, next(iter(self._stale_parts)))
        del self._stale_parts[part]
        started = time.perf_counter()
        if part != self._draw_lanes:
            self.draw_or_report(self._draw_lanes)
        self.draw_or_report(part)
        self._is_stale = bool(self._stale_parts)
        self._redraw.start(self._pacing.pause(time.perf_counter() - started))

    def _is_in_sight(self, part: Callable[[], None]) -> bool:
        shown: dict[Callable[[], None], QWidget] = {
            self._draw_lanes: self.lanes,
            self._draw_losses: self.losses,
            self._draw_gates: self.gates,
            self._draw_times: self.times,
            self._draw_memory: self.memory,
            self._draw_words: self.speed,
        }
        return not shown[part].visibleRegion().isEmpty()

    def _draw_lanes(self) -> None:
        session = self.context.session
        history, progress = session.history, session.progress
        self._show_empty()
        if history is None or progress is None:
            return
        strokes, theme = self.context.strokes(), self.context.appearance.theme
        self.lanes.show_contenders(
            [(contender.name, contender.parameters) for contender in history.contenders]
        )
        unit = history.preprocessing.unit
        for lane in progress.lanes:
            card = self.lanes.cards[lane.contender]
            place = ", ".join(progress.place(lane))
            if lane.progress.status == "finished" and still_improves(
                self._live.epochs.get(lane.run, ())
            ):
                place += ", still improving"
            card.show_lane(lane, strokes[lane.contender], theme, place, unit)
            card.show_time(self._live.milliseconds.get(lane.contender))
        self.next.setEnabled(any(r.has_ended for c in history.contenders for r in c.runs))

    def _draw_losses(self) -> None:
        history = self.context.session.history
        if history is not None:
            kind, strokes = history.preprocessing.loss, self.context.strokes()
            examples = dict.fromkeys(strokes, history.part_sizes["training"])
            self.losses.show_runs(self._live.epochs, history.baselines, strokes, kind, examples)

    def _draw_gates(self) -> None:
        if self.context.session.history is not None:
            self.gates.show_history(self.context.session.history)

    def _draw_times(self) -> None:
        self.times.setVisible(any(len(times) for times in self._live.milliseconds.values()))
        self.times.show_times(self._live.milliseconds, self.context.strokes())

    def _draw_memory(self) -> None:
        self.memory.setVisible(bool(self._live.memory))
        shares = {name: memory_shares(memory) for name, memory in self._live.memory.items()}
        self.memory.show_memory(shares, self.context.strokes())

    def _draw_words(self) -> None:
        history = self.context.session.history
        if history is not None:
            self.speed.setText(speed_sentence(self._live.milliseconds, history))
            self.unequal.setText(inequality_text(history))

    def _show_empty(self) -> None:
        session = self.context.session
        is_there = session.history is not None and not session.is_starting
        self.empty.setVisible(not is_there)
        self._body.setVisible(is_there)
        self.empty.action.setVisible(not session.is_starting)
        self.empty.text.setText(
            "Getting ready: saving the data and loading PyTorch …"
            if session.is_starting
            else "Nothing has been trained yet."
        )

    def _follow_session(self) -> None:
        session = self.context.session
        self._follow_comparison()
        if session.is_training:
            self.gates.pin_again()
            self._pacing.begin()
            self.set_state("waiting")
        self._show_state()
        self._show_empty()
        self.mark_stale()

    def _follow_comparison(self) -> None:
        """Draws another comparison at once, so that nothing of the former stays visible."""
        session = self.context.session
        shown = (session.workspace, session.comparison)
        if shown == self._shown:
            return
        self._shown = shown
        self.gates.forget()
        self._live = LiveRuns() if session.history is None else LiveRuns.of(session.history)
        self._is_stale = True
        if self.is_seen:
            self._refresh_if_stale()

    def _history_changed(self) -> None:
        session = self.context.session
        if session.history is not None and not session.is_training:
            self._live = LiveRuns.of(session.history)
        self._show_state()
        if session.is_training or not self.is_seen:
            self.mark_stale()
        else:  # nothing trains that could be slowed
            self.refresh()

    def _take(self, events: list[Event]) -> None:
        self._live.take(events)
        self.gates.take(events)
        self._show_state()
        self.mark_stale()

    def _show_state(self) -> None:
        progress = self.context.session.progress
        if progress is None:
            self.set_state("")
            return
        statuses = {run.status for run in progress.runs.values()}
        if "failed" in statuses:
            self.set_state("failed")
        elif self.context.session.is_training:
            self.set_state("waiting")
        elif statuses <= {"finished", "early"}:
            self.set_state("done")
        else:
            self.set_state("")

    def _lay_out(self) -> None:
        time_card, memory_card = Card("Time per training step"), Card("Training memory")
        time_card.body.addWidget(self.times, 1)
        time_card.body.addWidget(self.speed)
        time_card.body.addWidget(self.unequal)
        memory_card.body.addWidget(self.memory, 1)
        kinds = "From left to right: weights, gradients, optimiser state, saved activations."
        memory_card.body.addWidget(label(kinds, tone="muted", size=0.9))
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(time_card, 3)
        column.addWidget(memory_card, 2)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts = {self.losses: 22, self.gates: 30, right: 36}
        for part, stretch in zip(self._parts, (4, 4, 3), strict=True):
            self._columns.addWidget(part, stretch)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.lanes)
        body.addLayout(self._columns, 1)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.next)
        body.addLayout(end)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body, 1)
        self._body.hide()

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Below a width, columns become rows."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        wide = self.width() >= em(self, _WIDE_EM)
        directions = QBoxLayout.Direction
        self._columns.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        for part, height in self._parts.items():
            part.setMinimumHeight(em(self, 18 if wide else height))

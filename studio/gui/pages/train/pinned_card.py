"""The gates of a pinned example on the page Train: live ones, and those after the last epoch."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from studio.core.results.events import Event, GatesTraced, RunId
from studio.core.results.history import ComparisonHistory
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.gates_work import GatesWork, Selection
from studio.gui.pages.gates.pinned_gates import PinnedGates
from studio.gui.pages.gates.view.gates import NO_GATES
from studio.gui.pages.train.gate_strips import GateStrips
from studio.gui.pages.train.view.live_runs import traces_text
from studio.gui.widgets.basics import Card, EmptyPage, button, one_line
from studio.runs.stored.gate_inspection import has_gates

_HEADING = "Gates of the pinned example"
_FOLLOW = "Gates appear here after each epoch."
_COME = "Computing the gates after the last epoch …"


class PinnedCard(Card):
    """What is drawn stays until there is something newer of the same comparison.

    Args:
        context: What the pages share.
        show_all: Called when the user wants to see all gates.

    Signals:
        changed: There is something newer to draw.
    """

    changed = Signal()

    def __init__(self, context: AppContext, show_all: Callable[[], object]) -> None:
        super().__init__(_HEADING)
        self._context = context
        self._pinned, self._is_awaited = 0, False
        self._drawn: dict[str, GatesTraced] = {}
        self._wanted: object = None
        self._stored = GatesWork(context, self)
        self._stored.arrived.connect(self.changed)
        self._live = PinnedGates(context, self)
        self._live.changed.connect(self.changed)
        self.strips = GateStrips(context.appearance)
        self.words = one_line(tone="muted", size=0.9)
        self.none = EmptyPage(_FOLLOW, "All gates", show_all)
        self.pin = button(
            "Pin another", self._pin_another, tip="Show the gates of the next example"
        )
        self.header.addWidget(self.pin)
        self.body.addWidget(self.words)
        self.body.addWidget(self.strips, 1)
        self.body.addWidget(self.none, 1)

    def forget(self) -> None:
        """Another comparison is shown: pins the first example."""
        self._pinned, self._is_awaited = 0, False
        self._drawn, self._wanted = {}, None
        self._stored.forget()
        self._live.forget()

    def pin_again(self) -> None:
        """Tells a training that has just started which example is pinned."""
        self._context.session.pin(self._pinned)

    def take(self, events: Sequence[Event]) -> None:
        """Follows pins of the page Gates; a trace of before the newest pin may still arrive."""
        for event in events:
            if isinstance(event, GatesTraced):
                if event.example == self._pinned:
                    self._is_awaited = False
                elif not self._is_awaited:
                    self._pinned = event.example

    def show_history(self, history: ComparisonHistory) -> None:
        """Draws the newest gates of a comparison."""
        traces = self._drawn = self._traces(history)
        self.strips.setVisible(bool(traces))
        self.words.setVisible(bool(traces))
        self.none.setVisible(not traces)
        recurrent = [c for c in history.contenders if has_gates(c.spec)]
        waiting = _FOLLOW if self._context.session.is_training else _COME
        self.none.text.setText(waiting if recurrent else NO_GATES)
        if not traces:
            self.set_heading(_HEADING)
            return
        example = next(iter(traces.values())).example
        self.set_heading(f"Gates of example {example}")
        others = "" if len(recurrent) == len(history.contenders) else f". {NO_GATES}"
        self.words.setText(f"{traces_text(traces)}{self._what_follows(example)}{others}")
        cells = {contender.name: contender.spec.cell for contender in recurrent}
        self.strips.show_traces(traces, cells, self._context.strokes(), history.preprocessing)

    def _traces(self, history: ComparisonHistory) -> dict[str, GatesTraced]:
        if self._context.session.is_training:
            traces = self._live.of_example(self._pinned, _watched(history))
        else:
            traces = self._after_the_last_epoch(history)
        return traces or self._drawn

    def _after_the_last_epoch(self, history: ComparisonHistory) -> dict[str, GatesTraced]:
        """The gates after the last epoch, computed again, as live gates skip epochs."""
        first = history.first_fold
        runs = (run for contender in history.contenders for run in contender.runs)
        begun = [run for run in runs if run.epochs and run.run.fold_id == first]
        if not begun or self._context.session.is_starting:
            return {}
        seed = begun[-1].run.seed
        last = max(run.epochs[-1].epoch for run in begun if run.run.seed == seed)
        selection = Selection(_watched(history), self._pinned, seed, last)
        wanted = (self._stored.source, selection)
        if wanted != self._wanted:
            self._wanted = wanted
            self._stored.ask(selection)
        seen = self._stored.seen
        if seen is None or seen.selection != selection:
            return {}
        return {
            name: GatesTraced(
                RunId(name, seed, first),
                inspection.epoch,
                self._pinned,
                inspection.trace,
                None if seen.example is None else seen.example.position,
            )
            for name, inspection in seen.inspections.items()
        }

    def _what_follows(self, shown: int) -> str:
        if shown == self._pinned:
            return ""
        when = (
            "follows after the next epoch"
            if self._context.session.is_training
            else "is being computed"
        )
        return f"; example {self._pinned} {when}"

    def _pin_another(self) -> None:
        history = self._context.session.history
        if history is None:
            return
        self._pinned = (self._pinned + 1) % history.part_sizes[_watched(history)]
        self._is_awaited = True
        self._context.session.pin(self._pinned)
        self.show_history(history)


def _watched(history: ComparisonHistory) -> str:
    """The set whose examples are traced while training."""
    return "validation" if history.part_sizes["validation"] else "training"

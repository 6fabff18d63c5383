"""The gates of a pinned example on the page Train: live ones, and those after the last epoch."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from studio.core.events import Event, GatesTraced, RunId
from studio.core.history import ComparisonHistory
from studio.gui.desk import Desk
from studio.gui.pages.gates_work import GatesWork, Selection
from studio.gui.plots.gate_strips import GateStrips
from studio.gui.viewstate.training import traces_in_words
from studio.gui.widgets.basics import Card, EmptyPage, button, one_line

_HEADING = "Gates of the pinned example"
_FOLLOW = "Gates appear here after each epoch."
_COME = "The gates after the last epoch are being computed …"


class PinnedCard(Card):
    """What is drawn stays until there is something newer of the same comparison.

    Args:
        desk: What the pages share.
        show_all: Called by the user's wish to see all gates.

    Signals:
        changed: There is something newer to draw.
    """

    changed = Signal()

    def __init__(self, desk: Desk, show_all: Callable[[], object]) -> None:
        super().__init__(_HEADING)
        self._desk = desk
        self._pinned, self._is_awaited = 0, False
        self._drawn: dict[str, GatesTraced] = {}
        self._wanted: object = None
        self._stored = GatesWork(desk, self)
        self._stored.arrived.connect(self.changed)
        self.strips = GateStrips(desk.look)
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
        """Another comparison is shown: the first example of its part is pinned."""
        self._pinned, self._is_awaited = 0, False
        self._drawn, self._wanted = {}, None
        self._stored.forget()

    def pin_again(self) -> None:
        """A training has begun, which does not know yet what is pinned."""
        self._desk.work.pin(self._pinned)

    def take(self, events: Sequence[Event]) -> None:
        """The page Gates pins as well; a trace of before the newest pin may be on its way still."""
        for event in events:
            if isinstance(event, GatesTraced):
                if event.example == self._pinned:
                    self._is_awaited = False
                elif not self._is_awaited:
                    self._pinned = event.example

    def show_history(self, history: ComparisonHistory) -> None:
        """Draws the newest gates that there are of a comparison."""
        traces = self._drawn = self._traces(history)
        self.strips.setVisible(bool(traces))
        self.words.setVisible(bool(traces))
        self.none.setVisible(not traces)
        self.none.text.setText(_FOLLOW if self._desk.work.is_training else _COME)
        if not traces:
            self.set_heading(_HEADING)
            return
        example = next(iter(traces.values())).example
        self.set_heading(f"Gates of example {example}")
        self.words.setText(f"{traces_in_words(traces)}{self._what_follows(example)}")
        cells = {each.name: each.spec.cell for each in history.contenders}
        self.strips.show_traces(traces, cells, self._desk.strokes(), history.preparation)

    def _traces(self, history: ComparisonHistory) -> dict[str, GatesTraced]:
        if self._desk.work.is_training:
            live = self._desk.work.traces
            found = {name: each for name, each in live.items() if each.example == self._pinned}
        else:
            found = self._after_the_last_epoch(history)
        return found or self._drawn

    def _after_the_last_epoch(self, history: ComparisonHistory) -> dict[str, GatesTraced]:
        """Computed anew, as live gates leave epochs out; nothing until they are there."""
        first = history.first_division
        runs = (run for contender in history.contenders for run in contender.runs)
        begun = [run for run in runs if run.epochs and run.run.division == first]
        if not begun or self._desk.work.is_starting:
            return {}
        seed = begun[-1].run.seed
        part = "validation" if history.part_sizes["validation"] else "training"
        last = max(run.epochs[-1].epoch for run in begun if run.run.seed == seed)
        selection = Selection(part, self._pinned, seed, last)
        wanted = (self._stored.source, selection)
        if wanted != self._wanted:
            self._wanted = wanted
            self._stored.ask(selection)
        seen = self._stored.seen
        if seen is None or seen.selection != selection:
            return {}
        return {
            name: GatesTraced(RunId(name, seed, first), look.epoch, self._pinned, look.trace)
            for name, look in seen.looks.items()
        }

    def _what_follows(self, shown: int) -> str:
        if shown == self._pinned:
            return ""
        when = "after the next epoch" if self._desk.work.is_training else "is being computed"
        return f"; example {self._pinned} {when}"

    def _pin_another(self) -> None:
        history = self._desk.work.history
        if history is None:
            return
        sizes = history.part_sizes
        self._pinned = (self._pinned + 1) % (sizes["validation"] or sizes["training"])
        self._is_awaited = True
        self._desk.work.pin(self._pinned)
        self.show_history(history)

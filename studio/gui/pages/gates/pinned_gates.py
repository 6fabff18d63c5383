"""Gates of one pinned example, also of contenders whose run ended before it was pinned."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from studio.core.results.events import GatesTraced, RunId
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.gates_work import GatesWork, Selection

_ENDED = frozenset({"finished", "early"})


class PinnedGates(QObject):
    """While training, each epoch brings the gates of those contenders that still train.

    A run that has ended has no further epoch; its gates are computed from its stored weights.

    Signals:
        changed: Gates that had to be computed are there.
    """

    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._stored = GatesWork(context, self)
        self._stored.arrived.connect(self.changed)
        self._asked: object = None

    def forget(self) -> None:
        """Another comparison is shown."""
        self._asked = None
        self._stored.forget()

    def newest(self, part: str) -> dict[str, GatesTraced]:
        """Gates of the pinned example, or of the one before it until there are any."""
        traces, pinned = self._context.session.traces, self._context.session.pinned
        examples = [trace.example for trace in traces.values()]
        if not examples:
            return {}
        return self.of_example(pinned if pinned in examples else examples[-1], part)

    def of_example(self, example: int, part: str) -> dict[str, GatesTraced]:
        """The newest gates by contender, all of this example of the watched set."""
        traces = self._context.session.traces
        shown = {name: trace for name, trace in traces.items() if trace.example == example}
        ended = {
            name: trace.run
            for name, trace in traces.items()
            if name not in shown and self._has_ended(trace.run)
        }
        return {**shown, **self._computed(example, part, ended)}

    def _computed(
        self, example: int, part: str, ended: Mapping[str, RunId]
    ) -> dict[str, GatesTraced]:
        if not ended:
            return {}
        seed = max(run.seed for run in ended.values())
        runs = {name: run for name, run in ended.items() if run.seed == seed}
        selection = Selection(part, example, seed, max(map(self._last_epoch, runs.values())))
        asked = (self._stored.source, selection, frozenset(runs))
        if asked != self._asked:
            self._asked = asked
            self._stored.ask(selection)
        seen = self._stored.seen
        if seen is None or seen.selection != selection:
            return {}
        return {
            name: GatesTraced(run, inspection.epoch, example, inspection.trace)
            for name, run in runs.items()
            if (inspection := seen.inspections.get(name)) is not None
        }

    def _has_ended(self, run: RunId) -> bool:
        progress = self._context.session.progress
        return progress is not None and progress.runs[run].status in _ENDED

    def _last_epoch(self, run: RunId) -> int:
        progress = self._context.session.progress
        last = None if progress is None else progress.runs[run].last
        return 0 if last is None else last.epoch

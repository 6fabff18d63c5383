"""The live terminal monitor: a lane per contender, overall progress, time left."""

import math
import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from studio.analysis.wording import format_figure
from studio.core.durations import format_duration
from studio.core.foreign_text import for_terminal
from studio.core.results.events import EpochRecord
from studio.core.results.metrics import METRICS
from studio.core.results.progress import ComparisonProgress, ContenderProgress, RunProgress

_WIDE = 116
"""Terminal width from which a lane shows everything on one line."""
_SHARE_BEFORE_AN_ESTIMATE = 0.03


class Monitor:
    """Shows progress on standard error: lanes in a terminal, a line per run elsewhere."""

    def __init__(self, progress: ComparisonProgress) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._live = Live(console=self._console, refresh_per_second=8, transient=True)
        self._started = time.monotonic()
        self._share_before = progress.share
        self._shown = progress

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def say(self, message: str) -> None:
        """Prints a line above the lanes; outside a terminal it is never wrapped."""
        self._console.print(message, soft_wrap=not self._console.is_terminal)

    def show(self, progress: ComparisonProgress) -> None:
        """Redraws the lanes and prints which runs have ended."""
        for run, now in progress.runs.items():
            if now.status != self._shown.runs[run].status and now.status in _ENDINGS:
                self.say(f"{run}: {_ENDINGS[now.status]}{_last_score(now)}{_problem(now)}")
        if progress.delay != self._shown.delay:
            self.say(
                f"Waiting to save: {progress.delay}. Training goes on."
                if progress.delay
                else "Saving goes on."
            )
        self._shown = progress
        if self._console.is_terminal:
            self._live.update(Group(self._lanes(progress), Text(self._overall(progress))))

    def _lanes(self, progress: ComparisonProgress) -> Table:
        table = Table.grid(padding=(0, 2))
        for lane in progress.lanes:
            is_wide = self._console.width >= _WIDE
            table.add_row(*_lane(lane, progress.place(lane), wide=is_wide))
        return table

    def _overall(self, progress: ComparisonProgress) -> str:
        done = progress.share - self._share_before
        percent = f"{progress.share:.0%} done"
        if done < _SHARE_BEFORE_AN_ESTIMATE:
            return percent
        left = (time.monotonic() - self._started) * (1 - progress.share) / done
        return f"{percent}, about {format_duration(left)} left; Ctrl+C stops and saves"


_ENDINGS = {
    "finished": "finished",
    "early": "stopped early, as its validation loss stopped improving",
    "stopped": "stopped",
    "failed": "failed",
}


def _lane(
    lane: ContenderProgress, place: tuple[str, str], *, wide: bool
) -> tuple[Text | ProgressBar, ...]:
    run = lane.progress
    cells: list[Text | ProgressBar] = [
        Text(for_terminal(lane.contender), style="bold"),
        ProgressBar(total=1.0, completed=lane.share, width=24 if wide else 10),
        Text(place[0]),
    ]
    if run.status == "failed":
        return (*cells, Text(for_terminal(f"failed: {run.problem}")))
    if run.last is not None:
        cells.append(Text(place[1]))
        cells.append(Text(_scores(run) if wide else _loss(run.last)))
    if run.step_seconds is not None and wide:
        cells.append(Text(f"{run.step_seconds * 1e3:.2f} ms per step"))
    return tuple(cells)


def _scores(run: RunProgress) -> str:
    assert run.last is not None  # noqa: S101 - only called for runs with an epoch
    name, value = next(iter(run.last.scores.items()))
    return f"{_loss(run.last)}, {METRICS[name].label} {_figure(value)}"


def _loss(last: EpochRecord) -> str:
    if last.validation_loss is None:
        return f"training loss {_figure(last.train_loss)}"
    return f"validation loss {_figure(last.validation_loss)}"


def _figure(value: float) -> str:
    return format_figure(value, value / 100)


def _last_score(run: RunProgress) -> str:
    if run.last is None or run.status == "failed":
        return ""
    spent = run.last.seconds
    duration = f", {format_duration(spent)}" if math.isfinite(spent) else ""
    return f" after epoch {run.last.epoch}, {_scores(run)}{duration}"


def _problem(run: RunProgress) -> str:
    return f": {run.problem}" if run.problem else ""

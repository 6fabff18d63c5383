"""A progress bar on standard error, where that is a terminal."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressLine:
    """Shows how many of how many are done; leaving it early asks the work to stop.

    Args:
        what: What is counted.
    """

    def __init__(self, what: str) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn(f"{what}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(what, total=None)
        self._is_stopped = False

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_stopped = True
        self._bar.stop()

    def show(self, done: int, total: int) -> bool:
        """Shows the state; returns whether to go on."""
        self._bar.update(self._task, completed=done, total=total)
        return not self._is_stopped

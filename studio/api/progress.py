"""The progress of a comparison for Python: in a terminal, in a notebook, or nowhere."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from studio.core.durations import format_time_left
from studio.core.foreign_text import for_terminal
from studio.core.results.progress import ComparisonProgress
from studio.runs.compare.reporter import ProgressView

_SECONDS_BETWEEN = 0.3


class SilentView:
    """Shows nothing."""

    def show(self, progress: ComparisonProgress) -> None:
        """See ProgressView."""

    def say(self, message: str) -> None:
        """See ProgressView."""


class TerminalView:
    """A bar for each contender on standard error; nothing moves where that is no terminal."""

    def __init__(self, progress: ComparisonProgress) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        console = Console(stderr=True, highlight=False, markup=False)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[place]}", markup=False),
        )
        self._bars = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self._tasks = {
            lane.contender: self._bars.add_task(for_terminal(lane.contender), total=1.0, place="")
            for lane in progress.lanes
        }
        self._left = TimeLeft(progress)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def show(self, progress: ComparisonProgress) -> None:
        """See ProgressView."""
        left = self._left.after(progress)
        for lane in progress.lanes:
            place = f"{', '.join(progress.place(lane))}; {left}"
            self._bars.update(self._tasks[lane.contender], completed=lane.share, place=place)

    def say(self, message: str) -> None:
        """See ProgressView."""
        self._bars.console.print(for_terminal(message))


class NotebookView:
    """A bar for each contender in the output of a notebook's cell, redrawn in place."""

    def __init__(self, progress: ComparisonProgress) -> None:
        self._left = TimeLeft(progress)
        self._drawn = 0.0
        self._messages: list[str] = []
        self._output: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._output is not None:
            self._draw("".join(map(_paragraph, self._messages)))

    def show(self, progress: ComparisonProgress) -> None:
        """See ProgressView."""
        if time.monotonic() - self._drawn < _SECONDS_BETWEEN:
            return
        self._drawn = time.monotonic()
        rows = "".join(
            f"<tr><td>{escape(lane.contender)}</td>"
            f'<td><progress max="1" value="{lane.share:.4f}"></progress></td>'
            f"<td>{escape(', '.join(progress.place(lane)))}</td></tr>"
            for lane in progress.lanes
        )
        left = _paragraph(self._left.after(progress))
        messages = "".join(map(_paragraph, self._messages))
        self._draw(f"<table><tbody>{rows}</tbody></table>{left}{messages}")

    def say(self, message: str) -> None:
        """See ProgressView."""
        self._messages.append(message)

    def _draw(self, page: str) -> None:
        from IPython.display import HTML, display

        if self._output is None:
            self._output = display(HTML(page), display_id=True)
        else:
            self._output.update(HTML(page))


class TimeLeft:
    """Words for the share that is done and the time that is left."""

    def __init__(self, progress: ComparisonProgress) -> None:
        self._started, self._before = time.monotonic(), progress.share

    def after(self, progress: ComparisonProgress) -> str:
        spent = time.monotonic() - self._started
        return format_time_left(progress.share, self._before, spent)


class PythonReporter:
    """Tells a notebook's cell, or the terminal on standard error.

    Args:
        progress: Whether anything is told.
    """

    def __init__(self, *, progress: bool) -> None:
        self._is_told = progress

    def say(self, message: str) -> None:
        """See Reporter."""
        if self._is_told:
            print(for_terminal(message), file=sys.stderr, flush=True)  # noqa: T201 - a script's messages

    def view(self, progress: ComparisonProgress) -> AbstractContextManager[ProgressView]:
        """See Reporter."""
        if not self._is_told:
            return nullcontext(SilentView())
        return NotebookView(progress) if is_notebook() else TerminalView(progress)

    def interrupted_again(self, path: Path, options: str) -> None:
        """The interrupt goes on to the caller once the current step has ended."""


def is_notebook() -> bool:
    """Whether this runs in a notebook's kernel, which shows HTML."""
    interactive = sys.modules.get("IPython")
    shell = None if interactive is None else interactive.get_ipython()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"

"""The run behind gate-studio compare: the monitor, what it prints, its exit status."""

import os
import shlex
from contextlib import AbstractContextManager
from pathlib import Path

import typer

from studio.cli.learning_curve_table import print_learning_curve
from studio.cli.monitor import Monitor
from studio.cli.output import print_json, print_message
from studio.cli.printing.smallest_sizes import show_smallest
from studio.cli.results import show_results
from studio.core.results.progress import ComparisonProgress
from studio.paths import user_folders
from studio.runs.compare.compare_run import CompareOutcome, run_comparison
from studio.runs.compare.learning_curve_run import run_sizes, size_options
from studio.runs.compare.reporter import ProgressView
from studio.runs.compare.request import CompareRequest
from studio.runs.compare.smallest_run import SMALLEST_OPTION, run_smallest

INTERRUPTED = 130


class TerminalReporter:
    """Tells the terminal; results go to standard output, this to standard error."""

    def say(self, message: str) -> None:
        """See Reporter."""
        print_message(message)

    def view(self, progress: ComparisonProgress) -> AbstractContextManager[ProgressView]:
        """See Reporter."""
        return Monitor(progress)

    def interrupted_again(self, path: Path, options: str) -> None:
        """Ends the process without waiting for the current step."""
        print_message(resume_hint(path, options))
        os._exit(INTERRUPTED)


def compare_and_print(
    request: CompareRequest, *, as_json: bool, shows_results: bool = True
) -> None:
    """Carries out a request and prints its results, unless another answer stands for them.

    Raises:
        UserError: The data, a setting or the session is not usable, or saving failed.
        typer.Exit: With status 1 where a run failed, 130 where the user interrupted.
    """
    reporter, folders = TerminalReporter(), user_folders()
    if request.smallest:
        outcome, smallest = run_smallest(request, reporter, folders)
        show_smallest(outcome.history, smallest, as_json=as_json)
        _end(outcome, SMALLEST_OPTION)
        return
    if request.sizes is None:
        outcome = run_comparison(request, reporter, folders)
        if shows_results:
            _print_comparison(outcome, as_json=as_json)
        _end(outcome, "")
        return
    outcome, histories = run_sizes(request, request.sizes, reporter, folders)
    print_learning_curve(histories, outcome.comparison, as_json=as_json)
    _end(outcome, size_options(request.sizes))


def _print_comparison(outcome: CompareOutcome, *, as_json: bool) -> None:
    if as_json:
        from studio.analysis import summary

        print_json(summary(outcome.history).as_json())
    else:
        show_results(outcome.history)


def _end(outcome: CompareOutcome, options: str) -> None:
    """Names the session, how to resume, and the runs that failed."""
    print_message(f"Session: {outcome.path}")
    if outcome.was_stopped:
        print_message(resume_hint(outcome.path, options))
        raise typer.Exit(INTERRUPTED)
    for run, reason in outcome.failed:
        print_message(f"Failed: {run}: {reason}")
    if outcome.failed:
        raise typer.Exit(1)


def resume_hint(path: Path, options: str = "") -> str:
    """The command that resumes after an interruption, with further options."""
    words = ("gate-studio compare", shlex.quote(str(path)), "--resume", options)
    return f"Interrupted. Resume with: {' '.join(filter(None, words))}"

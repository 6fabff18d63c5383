"""All commands, and how errors become one line and an exit status."""

import os
import signal
import sys

import typer

from studio.cli.bench import bench
from studio.cli.claims import claims
from studio.cli.compare import compare
from studio.cli.doctor import doctor
from studio.cli.export import export
from studio.cli.inspect import inspect
from studio.cli.output import say
from studio.cli.report import report
from studio.cli.sample import sample
from studio.cli.show import show
from studio.cli.trace import trace
from studio.core.errors import SpecError, UserError

DONE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="gate-studio",
    help="Compares GRU and LSTM networks on your sequence data under equal conditions.",
    epilog="Start with: gate-studio compare mackey-glass",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (inspect, compare, show, claims, trace, sample, export, report, doctor):
    app.command()(command)
app.add_typer(bench, name="bench")


def run() -> None:
    """Runs the command line and leaves with its exit status.

    0 done, 1 a problem with the run, 2 a usage error, 130 interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    status = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        status = status or PROBLEM
        if not isinstance(error, BrokenPipeError):  # the reader of our output has not just left
            say(f"Error: the output could not be written: {error.strerror}.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if status == INTERRUPTED:  # a second interrupt may have kept a thread from being closed
        os._exit(status)
    sys.exit(status)


def _run() -> int:
    try:
        app(prog_name="gate-studio")
    except SpecError as error:
        say(f"Error: {error}")
        return USAGE
    except UserError as error:
        say(f"Error: {error}")
        return PROBLEM
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"Error: {place}{error.strerror or error}.")
        return PROBLEM
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else DONE
    return DONE

"""All commands, and how errors become one line and an exit status."""

import sys

import typer

from studio.cli.compare import compare
from studio.cli.doctor import doctor
from studio.cli.export import export
from studio.cli.inspect import inspect
from studio.cli.output import say
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
for command in (inspect, compare, show, trace, export, doctor):
    app.command()(command)


def run() -> None:
    """Runs the command line and leaves with its exit status.

    0 done, 1 a problem with the run, 2 a usage error, 130 interrupted.
    """
    try:
        app(standalone_mode=True)
    except SpecError as error:
        say(f"Error: {error}")
        sys.exit(USAGE)
    except UserError as error:
        say(f"Error: {error}")
        sys.exit(PROBLEM)
    except KeyboardInterrupt:
        say("Interrupted.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has left
        sys.stderr.close()
        sys.exit(PROBLEM)

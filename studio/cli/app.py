"""All commands; errors become one line and an exit status."""

import logging
import os
import signal
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import typer

from studio.cli.command_names import COMMANDS
from studio.cli.log_file import log_to_file
from studio.cli.output import print_message, use_any_console
from studio.core.errors import SpecError, UserError
from studio.core.system.memory import available_memory, gigabytes
from studio.paths import user_folders

_log = logging.getLogger(__name__)

DONE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The commands of these names; only their modules are imported."""
    app = typer.Typer(
        name="gate-studio",
        help="Compares GRU and LSTM networks on your sequence data under equal conditions.",
        epilog="Start with: gate-studio compare mackey-glass",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)  # a single command keeps its name
    for name in names:
        command = getattr(import_module(f"studio.cli.{COMMANDS[name]}.{name}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command()(command)
    return app


def run() -> None:
    """Runs the command line and exits with its status.

    0 success, 1 a problem with the run, 2 a usage error, 130 interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    use_any_console()
    status = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        status = status or PROBLEM
        if not isinstance(error, BrokenPipeError):  # not just a closed pipe
            print_message(f"Error: the output could not be written: {error.strerror}.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if status == INTERRUPTED:  # a second interrupt may have left a thread running
        os._exit(status)
    sys.exit(status)


def _run() -> int:
    try:
        folders = user_folders()
    except UserError as error:
        print_message(f"Error: {error}")
        return PROBLEM
    log = log_to_file(folders.log)
    if folders.note:
        print_message(f"Note: {folders.note}")
    try:
        named = [word for word in sys.argv[1:2] if word in COMMANDS]
        command_line(named or COMMANDS)(prog_name="gate-studio")
    except SystemExit as system_exit:
        return system_exit.code if isinstance(system_exit.code, int) else DONE
    except Exception as error:  # noqa: BLE001 - an error of the program is told in one line too
        message, status = _told(error, log)
        print_message(message)
        return status
    return DONE


def _told(error: Exception, log: Path) -> tuple[str, int]:
    """What the user is told of an error, and the exit status."""
    if isinstance(error, UserError):
        return f"Error: {error}", USAGE if isinstance(error, SpecError) else PROBLEM
    if isinstance(error, OSError):
        path = f"{error.filename}: " if error.filename else ""
        return f"Error: {path}{error.strerror or error}.", PROBLEM
    if isinstance(error, MemoryError):
        left = gigabytes(available_memory())
        remedy = "Use smaller data or networks, or close other programs."
        return f"Error: there is not enough memory: {left} are available. {remedy}", PROBLEM
    _log.error("uncaught error in a command", exc_info=error)
    kind = type(error).__name__
    return f"Internal error: {kind}: {error}. What was saved is kept; see {log}.", PROBLEM

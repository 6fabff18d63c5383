"""The program's entrance: sets what must be set before anything heavy is imported."""

import os
import sys
from pathlib import Path

from studio.cli.command_names import COMMANDS

COMPILER = "compile-kernels"
"""How a bundle, which has no Python to start modules with, starts the compiler of its kernels."""


def main() -> None:
    """A command runs in the terminal; a file or nothing opens the window."""
    try:
        _run()
    except KeyboardInterrupt:  # while the program is still being loaded
        sys.exit(130)


def _run() -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from studio.core.system import allocator, openmp

    allocator.keep_freed_memory()
    openmp.limit_spinning()
    words = sys.argv[1:]
    if words[:1] == [COMPILER]:
        from studio.nn.engines.fused.compile import compile_named

        compile_named(words[1:])
        return
    from studio.paths import MEASURE

    if words[:1] == [MEASURE]:
        from studio.gui.benchmarks.run import measure

        measure(words[1:])
        return
    if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
        sys.exit(open_window(words))
    from studio.cli.app import run

    run()


def open_window(words: list[str]) -> int:
    """Opens the window with the file that was named; returns the exit status."""
    if len(words) > 1 or (words and not Path(words[0]).exists()):
        print(  # noqa: T201 - this is the terminal
            f"Error: there is no command and no file {words[0]!r}. "
            f"Commands: {', '.join(sorted(COMMANDS))}; see gate-studio --help.",
            file=sys.stderr,
        )
        return 2
    if not has_display():
        print(  # noqa: T201 - this is the terminal
            "Error: there is no display to open the window on. "
            "The same works in the terminal: gate-studio compare DATA; see gate-studio --help.",
            file=sys.stderr,
        )
        return 1
    from studio.core.errors import UserError
    from studio.gui.app.app import run  # Qt is for the window alone

    try:
        return run(Path(words[0]).absolute() if words else None)
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201 - this is the terminal
        return 1


def has_display() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


if __name__ == "__main__":
    main()

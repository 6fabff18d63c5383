"""Runs one measurement in a process of its own and prints it as one JSON object."""

import json
import os
import sys


def measure(words: list[str]) -> None:
    """Measures "window ROUNDS", "start ROUNDS" or "stall"; progress goes to standard error."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if words[0] == "stall":
        from studio.gui.benchmarks.stall import measure_stall  # Qt needs a platform

        figures: dict[str, object] = {"seconds": measure_stall()}
    elif words[0] == "start":
        from studio.gui.benchmarks.start import measure_start

        figures = measure_start(int(words[1]), _say)
    else:
        from studio.gui.benchmarks.window import measure_window

        figures = measure_window(int(words[1]), _say)
    figures["platform"] = os.environ.get("QT_QPA_PLATFORM") or "the screen"
    print(json.dumps(figures))  # noqa: T201 - read by who started this process


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal

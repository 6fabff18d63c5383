"""Runs one measurement in a process of its own and prints it as one JSON object."""

import json
import os
import sys


def measure(words: list[str]) -> None:
    """Measures "window ROUNDS", "start ROUNDS" or "stall"; progress goes to standard error."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if words[0] == "stall":
        from studio.gui.measures.stall import measure_stall  # noqa: PLC0415 - Qt needs a platform

        found: dict[str, object] = {"seconds": measure_stall()}
    elif words[0] == "start":
        from studio.gui.measures.start import measure_start  # noqa: PLC0415 - likewise

        found = measure_start(int(words[1]), _say)
    else:
        from studio.gui.measures.window import measure_window  # noqa: PLC0415 - likewise

        found = measure_window(int(words[1]), _say)
    found["platform"] = os.environ.get("QT_QPA_PLATFORM") or "the screen"
    print(json.dumps(found))  # noqa: T201 - read by who started this process


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal

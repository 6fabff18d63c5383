"""From the start of the process to a window that can be used, each time in a new process."""

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from studio.paths import program

_PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.2
_STALL_SECONDS = 120


def measure_start(rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Starts the program again and again under folders of its own; the first start is left out.

    The program's own log tells when the first picture was painted, when the window could be used
    and when PyTorch was loaded in the background. A second set of starts measures how long loading
    PyTorch blocked the interface.

    Returns:
        Medians and the worst of painted_s, usable_s, torch_loaded_s and torch_stall_s.
    """
    with tempfile.TemporaryDirectory() as home:
        say("Starting the window once, for the disk to be warm …")
        _start_once(Path(home))
        starts = []
        for number in range(1, rounds + 1):
            say(f"Start {number} of {rounds} …")
            starts.append({**_start_once(Path(home)), "torch_stall": _stall_once(Path(home))})
    return {
        f"{name}_s": {"median": float(np.median(values)), "worst": max(values)}
        for name in ("painted", "usable", "torch_loaded", "torch_stall")
        for values in [[start[name] for start in starts]]
    }


def _environment(home: Path) -> dict[str, str]:
    kinds = ("DATA", "CONFIG", "CACHE", "STATE")
    return {**os.environ, **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}}


def _start_once(home: Path) -> dict[str, float]:
    """Starts the program, waits until it has loaded everything, and ends it.

    Raises:
        TimeoutError: It did not get that far within a minute.
    """
    log = home / "cache" / "gate-studio" / "log" / "gate-studio.log"
    log.unlink(missing_ok=True)
    process = subprocess.Popen(program(), env=_environment(home), stderr=subprocess.DEVNULL)  # noqa: S603 - this program
    deadline = time.monotonic() + _PATIENCE_SECONDS
    seconds: dict[str, float] = {}
    while "PyTorch loaded" not in seconds and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        matches = re.findall(r"(painted|usable|PyTorch loaded) ([\d.]+) s", text)
        seconds = {name: float(value) for name, value in matches}
    process.terminate()
    process.wait()
    if "PyTorch loaded" not in seconds:
        raise TimeoutError(f"the window was not ready within {_PATIENCE_SECONDS} s")
    seconds["torch_loaded"] = seconds.pop("PyTorch loaded")
    return seconds


def _stall_once(home: Path) -> float:
    done = subprocess.run(  # noqa: S603 - this program
        [*program(), "measure", "stall"],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=_STALL_SECONDS,
    )
    return float(json.loads(done.stdout)["seconds"])

"""From the start of the process to a window that can be used, each time in a new process.

The program's own log tells when the first picture was painted, when the window could be used and
when PyTorch was loaded behind it. A second set of starts (torch_stall.py) tells for how long
loading PyTorch held the interface up. Uses the display if there is one, otherwise Qt's offscreen
platform.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

STARTS = 5
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.2


def environment(home: Path) -> dict[str, str]:
    """Folders of its own, and a display."""
    kinds = ("DATA", "CONFIG", "CACHE", "STATE")
    own = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}
    display = {} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    return {**os.environ, **display, **own}


def start_once(home: Path) -> dict[str, float]:
    """Starts the program, waits until it has loaded everything, and ends it."""
    log = home / "cache" / "gate-studio" / "log" / "gate-studio.log"
    log.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "studio"],
        env=environment(home),
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    seconds: dict[str, float] = {}
    while "PyTorch" not in seconds and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        found = re.findall(r"(painted|usable|PyTorch) .*?([\d.]+) s", text)
        seconds = {name: float(value) for name, value in found}
    process.terminate()
    process.wait()
    return seconds


def stall_once(home: Path) -> float:
    """Seconds for which loading PyTorch held the interface up, all together."""
    script = Path(__file__).parent / "torch_stall.py"
    done = subprocess.run(  # noqa: S603 - a script of ours
        [sys.executable, script],
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    """Prints medians and extremes."""
    with tempfile.TemporaryDirectory() as home:
        start_once(Path(home))  # the disk is cold
        starts = [start_once(Path(home)) for _ in range(STARTS)]
        stalls = [stall_once(Path(home)) for _ in range(STARTS)]
    for name in ("painted", "usable", "PyTorch"):
        values = [start[name] for start in starts]
        what = "PyTorch loaded" if name == "PyTorch" else name
        print(f"{what}: median {np.median(values):.2f} s, worst {max(values):.2f} s")
    print(
        f"held up by loading PyTorch: median {np.median(stalls):.2f} s, worst {max(stalls):.2f} s"
    )


if __name__ == "__main__":
    main()

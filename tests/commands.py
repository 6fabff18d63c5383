"""The real program in a real process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from support import CACHE, ROOT
from warm_start import run_warm

_SECONDS = 240


def environment(home: Path) -> dict[str, str]:
    """A user of their own: settings and locks under home; compiled kernels are shared.

    Packages in the folder site are installed.
    """
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(CACHE.parent),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(home / "site"))),
        "PYTHONWARNINGS": "error",
    }


def start(
    home: Path, *arguments: object, stdout: int | IO[str] = subprocess.PIPE
) -> "subprocess.Popen[str]":
    """Starts gate-studio in the folder home."""
    return subprocess.Popen(
        [sys.executable, "-m", "studio", *map(str, arguments)],
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Path, *arguments: object, status: int = 0) -> "subprocess.CompletedProcess[str]":
    """Runs gate-studio to its end and checks its exit status and that no traceback shows."""
    words = ["-m", "studio", *map(str, arguments)]
    done = run_warm(words, home, environment(home), _SECONDS)
    assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr + done.stdout
    return done


def run_json(home: Path, *arguments: object) -> dict[str, Any]:
    """The JSON object that gate-studio answers with --json."""
    answered: dict[str, Any] = json.loads(run(home, *arguments, "--json").stdout)
    return answered


def run_python(home: Path, code: str, *, cold: bool = False) -> str:
    """Runs a script of a user in the folder home, and returns what it printed.

    Args:
        home: Its current folder.
        code: The script.
        cold: Whether nothing may have been imported before.
    """
    if cold:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=home, env=environment(home), text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    else:
        done = run_warm(["-c", code], home, environment(home), _SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout

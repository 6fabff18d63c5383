"""The live monitor in a real terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from commands import environment
from tiny import ADDING

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


def in_a_terminal(home: Path, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output (a pipe), and what the terminal of 80 columns got."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", *map(str, arguments)],
        cwd=home, env={**environment(home), "TERM": "xterm-256color", "COLUMNS": "80"},
        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # the last writer has closed the terminal
            break
        if not some:
            break
        seen += some
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out.decode(), seen.decode()


def test_a_terminal_shows_a_lane_for_each_contender_and_gets_its_cursor_back(home: Path) -> None:
    status, out, seen = in_a_terminal(
        home, "compare", *ADDING, "--epochs", 60, "--seeds", 2, "--threads", 1, "--json",
    )  # fmt: skip
    assert status == 0
    assert out.startswith("{\n")
    assert "\x1b" not in out
    assert HIDE_CURSOR in seen
    assert seen.rindex(SHOW_CURSOR) > seen.rindex(HIDE_CURSOR)
    for text in ("GRU", "LSTM", "seed 1 of 2", "of 60", "validation loss", "% done", "Ctrl+C"):
        assert text in seen
    lanes = [line for line in seen.splitlines() if "seed 1 of 2" in line and "epoch" in line]
    assert any("validation loss" in line for line in lanes), "a lane is one line of 80 columns"
    assert "Session: adding.gates" in seen.splitlines()[-1]

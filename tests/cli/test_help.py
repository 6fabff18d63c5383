"""What --help shows, and what it does without."""

import subprocess
import sys
from pathlib import Path

import pytest
from commands import environment, run

COMMANDS = (
    "inspect",
    "compare",
    "show",
    "sample",
    "trace",
    "predict",
    "retrain",
    "tune",
    "device",
    "gates",
    "export",
    "doctor",
    "bench",
    "claims",
    "worker",
    "cluster",
)
HEAVY = ("torch", "numba", "PySide6", "scipy", "pyarrow")
WHICH_ARE_IMPORTED = f"""
import sys
from studio.__main__ import main
try:
    main()
finally:
    print("IMPORTED", *(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_the_help_lists_commands_and_a_first_one(home: Path) -> None:
    shown = run(home, "--help").stdout
    assert shown.startswith("Usage: gate-studio ")
    assert all(command in shown for command in COMMANDS)
    assert "Start with: gate-studio compare" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_has_an_example_and_imports_nothing_heavy(
    home: Path, command: str
) -> None:
    process = subprocess.run(
        [sys.executable, "-c", WHICH_ARE_IMPORTED, command, "--help"],
        cwd=home, env={**environment(home), "COLUMNS": "80"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    help_text, _, imported = process.stdout.partition("IMPORTED")
    assert f"Usage: gate-studio {command} " in help_text
    assert f"Example: gate-studio {command}" in help_text
    assert imported.split() == []
    assert max(map(len, help_text.splitlines())) <= 80
    assert "blank" not in help_text


def test_the_help_of_options_shows_defaults(home: Path) -> None:
    shown = " ".join(run(home, "compare", "--help").stdout.split())
    assert "Passes over the training set. Default: 20." in shown
    assert "The optimiser. Default: adam." in shown
    assert "CPU threads for training. Default: all cores." in shown
    assert "--cells" in shown
    assert "Default: gru,lstm." in shown

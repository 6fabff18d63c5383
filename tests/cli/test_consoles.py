"""A console of any encoding shows every command's output."""

import json
import subprocess
import sys

import pytest
from commands import environment
from tiny import Finished


def show(finished: Finished, encoding: str, *options: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "studio", "show", str(finished.session), *options],
        cwd=finished.home,
        env={**environment(finished.home), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_results_are_shown_with_the_nearest_characters_that_a_console_has(
    finished: Finished, encoding: str
) -> None:
    done = show(finished, encoding)
    assert done.returncode == 0, done.stderr.decode(encoding)
    text = done.stdout.decode(encoding)
    assert "GRU - LSTM" in text
    assert "Internal error" not in text + done.stderr.decode(encoding)


def test_json_loses_nothing_on_a_console_of_few_characters(finished: Finished) -> None:
    plain, few = (show(finished, name, "--json").stdout for name in ("utf-8", "ascii"))
    assert json.loads(few.decode("ascii")) == json.loads(plain.decode())

"""Verdicts about time while another program takes a core."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import run_json

pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]

REPETITIONS = 5
CANNOT_TELL = (
    "the timings vary too much",
    "too few rounds",
    "did not run in a common round",
)
SHORT = ("--hidden-size", 64, "--epochs", 1000, "--seeds", 3)


@pytest.fixture
def neighbour() -> Iterator["subprocess.Popen[bytes]"]:
    """A second program that burns one core."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        yield process
        process.kill()


def time_verdict(home: Path, cells: str, engine: str, steps: int) -> dict[str, Any]:
    """Of a comparison in a process of its own."""
    asked = ("--cells", cells, "--engine", engine, "--steps", steps)
    answer = run_json(home, "compare", "adding", *asked, *SHORT)
    (result,) = (each for each in answer["verdicts"] if each["about"] == "step_ms")
    return result


@pytest.mark.parametrize(
    ("cells", "engine", "steps"),
    [("gru,lstm", "fused", 200), ("gru,lstm", "torch", 50), ("gru,gru", "fused", 200)],
)
def test_time_verdicts_beside_a_busy_process_agree_or_are_inconclusive(
    home: Path, neighbour: "subprocess.Popen[bytes]", cells: str, engine: str, steps: int
) -> None:
    result = [time_verdict(home, cells, engine, steps) for _ in range(REPETITIONS)]
    assert neighbour.poll() is None
    output = {(each["decision"]["kind"], each["decision"]["name"]) for each in result}
    message = [each["text"] for each in result]
    assert len(output - {("undecided", None)}) <= 1, "\n".join(message)
    for each in result:
        if each["decision"]["kind"] == "undecided":
            assert any(words in each["text"] for words in CANNOT_TELL)

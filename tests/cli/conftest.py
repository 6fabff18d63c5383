"""A finished comparison that many tests look at, made once by the real program."""

import json
from pathlib import Path

import pytest
from commands import run
from tiny import TINY, Finished, write_temperatures


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    home = tmp_path_factory.mktemp("finished")
    write_temperatures(home / "temperatures.csv")
    done = run(
        home, "compare", "temperatures.csv", "--target", "temperature", "--window", 6, *TINY,
        "--seeds", 2, "--num-layers", 2, "--bidirectional", "--dropout", 0.1,
        "--out", "t.gates", "--json",
    )  # fmt: skip
    return Finished(home, home / "t.gates", json.loads(done.stdout), done.stderr)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path

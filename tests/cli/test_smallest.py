"""compare --smallest: the smallest hidden sizes that suffice."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import run, run_json, run_python
from tiny import ADDING, TINY


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("smallest")
    options = ("--seeds", 2, "--margin", 10, "--engine", "torch")
    said = run_json(home, "compare", *ADDING, *TINY, *options, "--smallest", "--out", "s.gates")
    return home, said


def comparisons(session: Path) -> int:
    with closing(sqlite3.connect(f"{session.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM comparison").fetchone()[0])


def test_with_a_wide_margin_a_single_unit_suffices(
    searched: tuple[Path, dict[str, Any]],
) -> None:
    home, said = searched
    assert [each["contender"] for each in said["contenders"]] == ["GRU", "LSTM"]
    for each in said["contenders"]:
        assert (each["smallest"], each["is_known"]) == (1, True)
        assert [trial["hidden_size"] for trial in each["trials"]] == [1, 2, 4]
    assert comparisons(home / "s.gates") == 3


def test_what_is_known_is_not_trained_again(searched: tuple[Path, dict[str, Any]]) -> None:
    home, said = searched
    again = run(home, "compare", "s.gates", "--resume", "--smallest", "--json")
    assert json.loads(again.stdout) == said
    assert comparisons(home / "s.gates") == 3


def test_python_gives_the_trials_as_a_table(searched: tuple[Path, dict[str, Any]]) -> None:
    home, said = searched
    code = (
        "import json, studio\n"
        "table = studio.open('s.gates').smallest_sizes()\n"
        "print(json.dumps({name: table[name].tolist() for name in table.columns}))"
    )
    table = json.loads(run_python(home, code))
    trials = [trial for each in said["contenders"] for trial in each["trials"]]
    assert table["hidden_size"] == [trial["hidden_size"] for trial in trials]
    assert table["as_good"] == pytest.approx([trial["as_good"] for trial in trials])
    assert table["is_smallest"] == [size == 1 for size in table["hidden_size"]]


def test_a_single_seed_is_refused(tmp_path: Path) -> None:
    told = run(tmp_path, "compare", *ADDING, *TINY, "--smallest", status=2).stderr
    assert "--smallest: needs several seeds" in told
    assert not list(tmp_path.glob("*.gates"))

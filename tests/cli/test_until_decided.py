"""compare --until-decided: seeds until a verdict, the most seeds, or the time is up."""

from pathlib import Path

from commands import run, run_json
from tiny import ADDING, TINY

OPEN = (*ADDING, *TINY, "--margin", 0.000001, "--cells", "gru,gru")


def test_seeds_are_added_until_the_most_and_the_verdict_names_the_looks(tmp_path: Path) -> None:
    done = run_json(
        tmp_path, "compare", *OPEN, "--until-decided", "--max-seeds", 4, "--out", "s.gates"
    )
    assert done["looks"]["planned"] == [3, 4]
    taken = done["looks"]["taken"]
    text = done["verdicts"][0]["text"]
    assert f"Look {taken} of at most 2" in text
    assert len(done["contenders"][0]["seeds"]) == done["looks"]["planned"][taken - 1]


def test_a_verdict_ends_it_at_the_first_look(tmp_path: Path) -> None:
    options = (*ADDING, *TINY, "--margin", 1000, "--until-decided", "--out", "s.gates")
    done = run_json(tmp_path, "compare", *options)
    assert done["verdicts"][0]["decision"]["kind"] in {"tie", "baseline"}
    assert done["looks"] == {"planned": [3, 5, 8, 12, 20], "taken": 1}


def test_time_that_is_up_ends_it_with_what_there_is(tmp_path: Path) -> None:
    options = (*OPEN, "--until-decided", "--budget", 0, "--out", "s.gates")
    told = run(tmp_path, "compare", *options).stderr
    assert "Time is up after" in told or "seeds: undecided" not in told
    told = run(tmp_path, "compare", "s.gates", "--resume", "--budget", 0.5).stderr
    assert "Session: s.gates" in told


def test_looks_are_planned_before_the_first_run(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    late = run(tmp_path, "compare", "s.gates", "--resume", "--until-decided", status=2)
    assert "settled when a comparison begins" in late.stderr
    loose = run(tmp_path, "compare", *ADDING, "--budget", 3, status=2)
    assert "--budget: goes with --until-decided" in loose.stderr

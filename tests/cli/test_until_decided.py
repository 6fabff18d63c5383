"""compare --until-decided: seeds until a verdict, the maximum, or the time limit."""

from pathlib import Path

from commands import run, run_json
from tiny import ADDING, TINY

OPEN = (*ADDING, *TINY, "--margin", 0.000001, "--cells", "gru,gru")


def test_seeds_are_added_up_to_the_maximum_and_the_verdict_names_the_looks(tmp_path: Path) -> None:
    process = run_json(
        tmp_path, "compare", *OPEN, "--until-decided", "--max-seeds", 4, "--out", "s.gates"
    )
    assert process["looks"]["planned"] == [3, 4]
    taken = process["looks"]["taken"]
    text = process["verdicts"][0]["text"]
    assert f"Interim look {taken} of at most 2" in text
    assert len(process["contenders"][0]["seeds"]) == process["looks"]["planned"][taken - 1]


def test_a_verdict_stops_at_the_first_look(tmp_path: Path) -> None:
    options = (*ADDING, *TINY, "--margin", 1000, "--until-decided", "--out", "s.gates")
    process = run_json(tmp_path, "compare", *options)
    assert process["verdicts"][0]["decision"]["kind"] in {"tie", "baseline"}
    assert process["looks"] == {"planned": [3, 5, 8, 12, 20], "taken": 1}


def test_the_time_limit_ends_with_the_results_so_far(tmp_path: Path) -> None:
    options = (*OPEN, "--until-decided", "--budget", 0, "--out", "s.gates")
    output = run(tmp_path, "compare", *options).stderr
    assert "Time limit reached after" in output or "seeds: inconclusive" not in output
    output = run(tmp_path, "compare", "s.gates", "--resume", "--budget", 0.5).stderr
    assert "Session: s.gates" in output


def test_looks_are_planned_before_the_first_run(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    late = run(tmp_path, "compare", "s.gates", "--resume", "--until-decided", status=2)
    assert "fixed when a comparison starts" in late.stderr
    loose = run(tmp_path, "compare", *ADDING, "--budget", 3, status=2)
    assert "--budget: needs --until-decided" in loose.stderr


def test_finished_runs_are_trained_longer_by_resuming_with_more_epochs(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    longer = run_json(tmp_path, "compare", "s.gates", "--resume", "--epochs", 6)
    assert [each["seeds"][0]["epochs"] for each in longer["contenders"]] == [6, 6]
    assert all(each["converged"] in {True, False} for each in longer["contenders"])
    assert "results at 2 epochs had been seen" in longer["verdicts"][0]["text"]
    again = run(tmp_path, "compare", "s.gates", "--resume", "--epochs", 6, status=2).stderr
    assert "--epochs: must be above 6" in again

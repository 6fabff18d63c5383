"""compare --add and show --suite: several datasets in one session, wins, ties and losses."""

from pathlib import Path

from commands import run, run_json
from tiny import ADDING, TINY

from studio.sessions import SessionFile

RECALL = ("delayed-recall", "--data-option", "delay=3", "--data-option", "examples=80")


def test_comparisons_are_added_to_a_session_and_counted_together(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    run(tmp_path, "compare", *RECALL, *TINY, "--out", "s.gates", "--add")
    (suite,) = run_json(tmp_path, "show", "s.gates", "--suite")["suites"]
    assert suite["between"] == ["GRU", "LSTM"]
    assert [each["about"] for each in suite["comparisons"]] == ["rmse", "accuracy"]
    assert sum(suite["counts"].values()) == 2
    output = run(tmp_path, "show", "s.gates", "--suite").stdout
    assert "over 2 comparisons" in " ".join(output.split())


def test_an_existing_session_is_not_changed_without_add(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    output = run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates", status=1).stderr
    assert "--add to add the comparison to it" in output
    output = run(tmp_path, "compare", *ADDING, "--add", status=2).stderr
    assert "Name the session with --out" in output


def test_one_comparison_is_no_suite(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    assert run_json(tmp_path, "show", "s.gates", "--suite") == {"suites": [], "ranks": None}


def test_a_session_that_another_program_writes_to_is_left_unchanged(tmp_path: Path) -> None:
    run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates")
    locks = tmp_path / "data" / "gate-studio" / "locks"
    with SessionFile.open(tmp_path / "s.gates", locks) as session:
        assert not session.read_only
        output = run(tmp_path, "compare", *ADDING, *TINY, "--out", "s.gates", "--add", status=1)
        assert "open in another window" in " ".join(output.stderr.split())
        assert len(session.comparisons()) == 1
    assert (tmp_path / "s.gates").is_file()
    assert len(run_json(tmp_path, "show", "s.gates")["contenders"]) == 2

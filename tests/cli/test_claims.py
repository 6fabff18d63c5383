"""gate-studio claims from the terminal."""

import json
import signal
import time
from pathlib import Path

from commands import run, run_json, start

from studio.claims.analysis.crossover_map import MapCell, Scales, crossover_map
from studio.claims.analysis.findings import Finding
from studio.claims.laboratory.claim import ClaimResult
from studio.claims.registry import find_claims
from studio.cli.claims_document import document


def test_claims_print_json_with_machine_and_date(home: Path) -> None:
    first, second = run_json(home, "claims", "C1", "c13")["claims"]
    assert (first["id"], first["verdict"], first["figure"]) == ("C1", "supported", 0.75)
    assert (second["id"], second["verdict"], second["low"]) == ("C13", "supported", None)
    assert {"claim", "low", "high", "unit", "engine", "text"} <= first.keys()
    assert first["threads"] >= 1
    assert first["maps"] == []
    assert first["machine"]
    assert first["date"].startswith("20")


def test_the_document_has_a_row_for_each_claim_and_the_command_that_made_it(home: Path) -> None:
    shown = run(home, "claims", "C1", "C13", "--markdown").stdout
    assert "gate-studio claims C1 C13 --markdown > docs/claims.md" in shown
    assert "| C1 parameters |  | supported | 0.75 |" in shown
    assert "## C13 one-word swap" in shown


def test_a_map_is_a_table_in_the_document_with_empty_cells_where_inconclusive() -> None:
    scales = Scales((30, 60), (60, 200), "steps", "examples")
    places = {(30, 60): MapCell(0.1, 0.05, 0.15, "GRU"), (30, 200): MapCell(0.0, -0.1, 0.1, "")}
    shown = crossover_map("Score", "accuracy, GRU − LSTM", scales, places)
    result = Finding("undecided", 0.1, 0.05, 0.15, "accuracy", "In words.", maps=(shown,))
    (claim,) = find_claims(["C6"])
    environment = {"cpu": "any", "threads": "2", "torch": "2"}
    written = document([ClaimResult(claim, (result,), 1.0, environment, "2026-11-25T10:00:00")])
    assert "- **undecided**. In words.\n\n  Score: the better cell and accuracy" in written
    assert "  |  | 60 examples | 200 examples |\n  | --- | --- | --- |" in written
    assert "  | 30 steps | GRU 0.100 (0.050 to 0.150) |  |" in written
    assert "  | 60 steps | not measured | not measured |" in written


def test_the_comparisons_of_claims_are_kept_in_a_named_file(home: Path) -> None:
    run(home, "claims", "C13", "--out", "claims.gates")
    assert "net" in run(home, "show", "claims.gates").stdout


def test_an_interrupted_command_prints_what_it_has_measured(home: Path) -> None:
    process = start(home, "claims", "C1", "C5", "--json")
    assert process.stderr is not None
    while "C1 parameters: supported" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert [each["id"] for each in json.loads(out)["claims"]] == ["C1"]


def test_an_unknown_claim_is_a_usage_error_that_lists_the_known_ones(home: Path) -> None:
    done = run(home, "claims", "C99", status=2)
    assert "there is no claim 'C99'. Choose from C1, C2" in done.stderr

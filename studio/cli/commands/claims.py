"""gate-studio claims: claims about GRU and LSTM networks, measured on this machine."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.options import option
from studio.cli.output import print_json, print_message, print_paragraph, print_result, print_table
from studio.core.specs.comparison_spec import MachineSpec

if TYPE_CHECKING:
    from studio.claims.analysis.crossover_map import CrossoverMap
    from studio.claims.analysis.findings import Finding
    from studio.claims.laboratory.claim import ClaimResult
    from studio.claims.laboratory.laboratory import Laboratory

_INTERRUPTED = 130
_DEFAULT_MINUTES = 30.0


def claims(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID ...]", help="Claim IDs such as C2; default: all.", show_default=False
        ),
    ] = None,
    budget: Annotated[
        float,
        typer.Option(
            metavar="MINUTES", min=0.1, help="Time for all claims, at most five minutes each."
        ),
    ] = _DEFAULT_MINUTES,
    threads: Annotated[int | None, option(MachineSpec, "threads")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="SESSION.gates", help="Keep the comparisons in a new session file."),
    ] = None,
    *,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the results as a Markdown document.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tests claims about GRU and LSTM networks on built-in data and this machine.

    Example: gate-studio claims C1 C2
    """
    from studio.claims.registry import find_claims
    from studio.claims.run_claims import run_claims

    chosen = find_claims(names or [])
    results: list[ClaimResult] = []
    interrupted = False
    with _laboratory(out, threads) as laboratory:
        try:
            for result in run_claims(chosen, laboratory, budget * 60):
                results.append(result)
                if as_json or as_markdown:
                    print_message(f"{result.claim.id} {result.claim.title}: {_verdicts(result)}")
                else:
                    _show(result)
        except KeyboardInterrupt:
            interrupted = True
            print_message("Stopping after the current step.")
    if as_json:
        print_json({"claims": [row for result in results for row in _result_json(result)]})
    elif as_markdown:
        from studio.cli.claims_document import document

        print_result(document(results) if results else "")
    if interrupted:
        raise typer.Exit(_INTERRUPTED)


@contextmanager
def _laboratory(out: Path | None, threads: int | None) -> Iterator["Laboratory"]:
    """A laboratory with its own compute thread; its session is temporary unless a file is named."""
    from studio.claims.run_claims import open_laboratory
    from studio.paths import user_folders
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.execution.kernels import start_kernels

    folders = user_folders()
    start_kernels(folders.cache)
    with (
        ComputeThread() as compute,
        open_laboratory(folders.locks, compute, threads, out) as laboratory,
    ):
        yield laboratory


def _verdicts(result: "ClaimResult") -> str:
    return ", ".join(f"{_engine(finding)}{finding.verdict}" for finding in result.findings)


def _engine(finding: "Finding") -> str:
    return f"{finding.measured}: " if finding.measured else ""


def _show(result: "ClaimResult") -> None:
    claim, environment = result.claim, result.environment
    print_result(f"{claim.id} {claim.title}")
    print_paragraph(claim.statement, indent=2)
    for finding in result.findings:
        text = f"{_engine(finding)}{finding.verdict}. {finding.text}"
        print_paragraph(text, indent=2, hanging=4)
        for crossover_map in finding.maps:
            head, *rows = map(tuple, crossover_map.table())
            print_paragraph(crossover_map.caption, indent=2)
            print_table("", head, rows)
    print_paragraph(
        f"{environment['cpu']}, {environment['threads']} threads, torch {environment['torch']}, "
        f"{result.date}, {result.seconds:.0f} s.\n",
        indent=2,
    )


def _result_json(result: "ClaimResult") -> list[dict[str, object]]:
    environment = result.environment
    return [
        {
            "id": result.claim.id,
            "claim": result.claim.statement,
            "verdict": finding.verdict,
            "figure": _number(finding.figure),
            "low": _number(finding.low),
            "high": _number(finding.high),
            "unit": finding.unit,
            "engine": finding.engine or None,
            "text": finding.text,
            "maps": [_map_json(crossover_map) for crossover_map in finding.maps],
            "threads": int(environment["threads"]),
            "machine": environment["cpu"],
            "torch": environment["torch"],
            "date": result.date,
            "seconds": round(result.seconds, 1),
        }
        for finding in result.findings
    ]


def _map_json(crossover_map: "CrossoverMap") -> dict[str, object]:
    places = [
        {
            "row": row,
            "column": column,
            "value": _number(place.value),
            "low": _number(place.low),
            "high": _number(place.high),
            "better": place.better or None,
        }
        for row, line in zip(crossover_map.rows, crossover_map.places, strict=True)
        for column, place in zip(crossover_map.columns, line, strict=True)
        if place is not None
    ]
    return {"title": crossover_map.title, "unit": crossover_map.unit, "places": places}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

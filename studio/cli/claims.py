"""gate-studio claims: what is said of GRU and LSTM networks, measured here."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.options import option
from studio.cli.output import answer, answer_json, answer_table, paragraph, say
from studio.core.spec import MachineSpec

if TYPE_CHECKING:
    from studio.analysis.claims import Finding
    from studio.analysis.maps import CrossoverMap
    from studio.runs.claims.claim import ClaimResult
    from studio.runs.claims.laboratory import Laboratory

_INTERRUPTED = 130
_DEFAULT_MINUTES = 30.0


def claims(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID ...]", help="Such as C2; all without one.", show_default=False),
    ] = None,
    budget: Annotated[
        float,
        typer.Option(metavar="MINUTES", min=0.1, help="Time for all; five at most for each."),
    ] = _DEFAULT_MINUTES,
    threads: Annotated[int | None, option(MachineSpec, "threads")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="SESSION.gates", help="Keeps the comparisons in a new session file."),
    ] = None,
    *,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="A document of the results.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measures what is claimed of GRU and LSTM networks, on built-in data and this machine.

    Example: gate-studio claims C1 C2
    """
    from studio.runs.claims.registry import find_claims  # noqa: PLC0415 - --help does without
    from studio.runs.claims.running import run_claims  # noqa: PLC0415 - likewise

    chosen = find_claims(names or [])
    results: list[ClaimResult] = []
    interrupted = False
    with _laboratory(out, threads) as laboratory:
        try:
            for result in run_claims(chosen, laboratory, budget * 60):
                results.append(result)
                if as_json or as_markdown:
                    say(f"{result.claim.id} {result.claim.title}: {_verdicts(result)}")
                else:
                    _show(result)
        except KeyboardInterrupt:
            interrupted = True
            say("Stopping after the step under way.")
    if as_json:
        answer_json({"claims": [each for result in results for each in _plain(result)]})
    elif as_markdown:
        from studio.cli.claims_document import document  # noqa: PLC0415 - likewise

        answer(document(results) if results else "")
    if interrupted:
        raise typer.Exit(_INTERRUPTED)


@contextmanager
def _laboratory(out: Path | None, threads: int | None) -> Iterator["Laboratory"]:
    """On a compute thread of its own; the session goes with it where no file is named."""
    from studio.paths import user_folders  # noqa: PLC0415 - --help does without
    from studio.runs.claims.running import open_laboratory  # noqa: PLC0415 - likewise
    from studio.runs.compute import ComputeThread  # noqa: PLC0415 - likewise
    from studio.runs.kernels import start_kernels  # noqa: PLC0415 - likewise

    folders = user_folders()
    start_kernels(folders.cache)
    with (
        ComputeThread() as compute,
        open_laboratory(folders.locks, compute, threads, out) as laboratory,
    ):
        yield laboratory


def _verdicts(result: "ClaimResult") -> str:
    return ", ".join(f"{_engine(each)}{each.verdict}" for each in result.findings)


def _engine(finding: "Finding") -> str:
    return f"{finding.engine} engine: " if finding.engine else ""


def _show(result: "ClaimResult") -> None:
    claim, environment = result.claim, result.environment
    answer(f"{claim.id} {claim.title}")
    paragraph(claim.statement, indent=2)
    for each in result.findings:
        paragraph(f"{_engine(each)}{each.verdict}. {each.text}", indent=2, hanging=4)
        for shown in each.maps:
            head, *rows = map(tuple, shown.table())
            paragraph(shown.caption, indent=2)
            answer_table("", head, rows)
    paragraph(
        f"{environment['cpu']}, {environment['threads']} threads, torch {environment['torch']}, "
        f"{result.date}, {result.seconds:.0f} s.\n",
        indent=2,
    )


def _plain(result: "ClaimResult") -> list[dict[str, object]]:
    environment = result.environment
    return [
        {
            "id": result.claim.id,
            "claim": result.claim.statement,
            "verdict": each.verdict,
            "figure": _number(each.figure),
            "low": _number(each.low),
            "high": _number(each.high),
            "unit": each.unit,
            "engine": each.engine or None,
            "text": each.text,
            "maps": [_plain_map(shown) for shown in each.maps],
            "threads": int(environment["threads"]),
            "machine": environment["cpu"],
            "torch": environment["torch"],
            "date": result.date,
            "seconds": round(result.seconds, 1),
        }
        for each in result.findings
    ]


def _plain_map(shown: "CrossoverMap") -> dict[str, object]:
    places = [
        {
            "row": row,
            "column": column,
            "value": _number(place.value),
            "low": _number(place.low),
            "high": _number(place.high),
            "better": place.better or None,
        }
        for row, line in zip(shown.rows, shown.places, strict=True)
        for column, place in zip(shown.columns, line, strict=True)
        if place is not None
    ]
    return {"title": shown.title, "unit": shown.unit, "places": places}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

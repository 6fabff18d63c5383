"""The results of claims as a document."""

from collections.abc import Sequence

from studio.analysis.claims import Finding
from studio.analysis.intervals import Interval
from studio.analysis.maps import CrossoverMap
from studio.analysis.words import figure, with_interval
from studio.runs.claims.claim import ClaimResult

_HEAD = """# Claims, measured

What is said of GRU and LSTM networks, each beside what came out here on built-in data. The \
figures hold for this machine and these sizes, and this is one run: where an interval touches a
bound, another run may say otherwise. Made with:

    gate-studio claims {names} --markdown > docs/claims.md

{machine}.

| claim | engine | verdict | figure (95 % interval) | of |
| --- | --- | --- | --- | --- |"""


def document(results: Sequence[ClaimResult]) -> str:
    """A Markdown document: a table of all findings, then each claim in words."""
    names = " ".join(result.claim.id for result in results)
    rows = [_row(result, each) for result in results for each in result.findings]
    head = _HEAD.format(names=names, machine=_machine(results[0]))
    return "\n".join([head, *rows, "", *map(_section, results)]).rstrip()


def _machine(result: ClaimResult) -> str:
    environment = result.environment
    return (
        f"{environment['cpu']}, {environment['threads']} threads, torch {environment['torch']}, "
        f"{result.date[:10]}"
    )


def _row(result: ClaimResult, found: Finding) -> str:
    cells = (
        f"{result.claim.id} {result.claim.title}",
        found.engine,
        found.verdict,
        _figure(found),
        found.unit,
    )
    return f"| {' | '.join(cells)} |"


def _figure(found: Finding) -> str:
    interval = Interval(found.figure, found.low, found.high)
    if interval.is_known:
        return with_interval(interval)
    return figure(found.figure, found.figure) if found.unit else ""


def _section(result: ClaimResult) -> str:
    found = "\n".join(map(_finding, result.findings))
    claim = result.claim
    return f"## {claim.id} {claim.title}\n\n{claim.statement}\n\n{found.rstrip()}\n"


def _finding(found: Finding) -> str:
    engine = f"{found.engine} engine: " if found.engine else ""
    text = f"- {engine}**{found.verdict}**. {found.text}"
    return "\n\n".join([text, *map(_map, found.maps)]) + ("\n" if found.maps else "")


def _map(shown: CrossoverMap) -> str:
    """A table in the item of its finding; where nothing was decided its cell is empty."""
    head, *rows = shown.table()
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"  | {' | '.join(line)} |" for line in lines)
    return f"  {shown.caption}\n\n{table}"

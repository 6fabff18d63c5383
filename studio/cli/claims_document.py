"""The results of claims as a document."""

from collections.abc import Sequence

from studio.analysis.intervals import Interval
from studio.analysis.wording import format_figure, with_interval
from studio.claims.analysis.crossover_map import CrossoverMap
from studio.claims.analysis.findings import Finding
from studio.claims.laboratory.claim import ClaimResult

_HEAD = """# Claims, measured

Claims about GRU and LSTM networks, each with its measurement on built-in data. The results hold \
for this machine and these sizes and come from a single run: where an interval touches a bound,
another run may come out differently. Made with:

    gate-studio claims {names} --markdown > docs/claims.md

{machine}.

| claim | engine | verdict | value (95 % interval) | quantity |
| --- | --- | --- | --- | --- |"""


def document(results: Sequence[ClaimResult]) -> str:
    """A Markdown document: a table of all findings, then each claim in words."""
    names = " ".join(result.claim.id for result in results)
    rows = [_row(result, finding) for result in results for finding in result.findings]
    head = _HEAD.format(names=names, machine=_machine(results[0]))
    return "\n".join([head, *rows, "", *map(_section, results)]).rstrip()


def _machine(result: ClaimResult) -> str:
    environment = result.environment
    return (
        f"{environment['cpu']}, {environment['threads']} threads, torch {environment['torch']}, "
        f"{result.date[:10]}"
    )


def _row(result: ClaimResult, finding: Finding) -> str:
    cells = (
        f"{result.claim.id} {result.claim.title}",
        finding.engine,
        finding.verdict,
        _value(finding),
        finding.unit,
    )
    return f"| {' | '.join(cells)} |"


def _value(finding: Finding) -> str:
    interval = Interval(finding.figure, finding.low, finding.high)
    if interval.is_known:
        return with_interval(interval)
    return format_figure(finding.figure, finding.figure) if finding.unit else ""


def _section(result: ClaimResult) -> str:
    findings = "\n".join(map(_item, result.findings))
    claim = result.claim
    return f"## {claim.id} {claim.title}\n\n{claim.statement}\n\n{findings.rstrip()}\n"


def _item(finding: Finding) -> str:
    engine = f"{finding.measured}: " if finding.measured else ""
    text = f"- {engine}**{finding.verdict}**. {finding.text}"
    return "\n\n".join([text, *map(_map_table, finding.maps)]) + ("\n" if finding.maps else "")


def _map_table(crossover_map: CrossoverMap) -> str:
    """A table within the item of its finding."""
    head, *rows = crossover_map.table()
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"  | {' | '.join(line)} |" for line in lines)
    return f"  {crossover_map.caption}\n\n{table}"

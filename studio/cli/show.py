"""gate-studio show: what a session holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import answer, answer_json, answer_table, paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.analysis.suites import Suite
    from studio.core.history import ComparisonHistory


def show(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; the last if left out.")
    ] = None,
    *,
    as_suite: Annotated[
        bool,
        typer.Option("--suite", help="All comparisons together: wins, ties and losses."),
    ] = False,
    as_curve: Annotated[
        bool,
        typer.Option(
            "--learning-curve", help="Score and time by training examples, over all comparisons."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Shows contenders, runs, scores, times and verdicts of a session.

    Example: gate-studio show temperatures.gates
    """
    from studio.analysis import summary  # noqa: PLC0415 - --help does without
    from studio.cli.learning_curve import answer_curve  # noqa: PLC0415 - likewise
    from studio.cli.opening import reading  # noqa: PLC0415 - likewise
    from studio.cli.results import show_results, show_runs  # noqa: PLC0415 - likewise

    with reading(session, comparison) as (file, number):
        if as_suite or as_curve:
            every = {each.id: file.history(each.id) for each in file.comparisons()}
        else:
            history = file.history(number)
    if as_curve:
        answer_curve(every, number, as_json=as_json)
        return
    if as_suite:
        _show_suites(every, as_json=as_json)
        return
    if as_json:
        answer_json(summary(history).as_json())
    else:
        show_runs(history)
        show_results(history)


def _show_suites(histories: "Mapping[int, ComparisonHistory]", *, as_json: bool) -> None:
    from studio.analysis.suites import suites  # noqa: PLC0415 - --help does without

    found = suites(histories)
    if as_json:
        answer_json({"suites": [_plain(suite) for suite in found]})
        return
    if not found:
        answer("No two contenders ran in more than one comparison of this session.")
    for suite in found:
        rows = [
            (str(row.comparison), row.dataset, row.verdict.label, row.difference, row.words)
            for row in suite.rows
        ]
        headings = ("", "dataset", "score", f"{suite.first} − {suite.second}", "verdict")
        answer_table(f"{suite.first} and {suite.second}", headings, rows)
        paragraph(suite.sentence)


def _plain(suite: "Suite") -> dict[str, object]:
    return {
        "between": [suite.first, suite.second],
        "counts": dict(suite.counts),
        "comparisons": [
            {
                "comparison": row.comparison,
                "dataset": row.dataset,
                "about": row.verdict.metric,
                "difference": row.verdict.difference.value,
                "outcome": row.outcome,
                "text": row.words,
            }
            for row in suite.rows
        ],
    }

"""gate-studio show: the contents of a session."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import (
    print_json,
    print_message,
    print_paragraph,
    print_result,
    print_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.analysis.summaries.suites import Suite
    from studio.core.results.history import ComparisonHistory


def show(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
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
    errors: Annotated[
        int | None,
        typer.Option(min=1, help="The worst test examples of a contender's best run instead."),
    ] = None,
    contender: Annotated[
        str | None,
        typer.Option(help="With --errors: the contender; default: the recommended one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Shows contenders, runs, scores, times and verdicts of a session.

    Example: gate-studio show temperatures.gates
    """
    if errors is not None:
        _show_worst(session, comparison, errors, contender, as_json=as_json)
        return
    if contender is not None:
        raise typer.BadParameter("only with --errors", param_hint="--contender")
    from studio.analysis import summary
    from studio.analysis.predictions.wording import final_words
    from studio.cli.learning_curve_table import print_learning_curve
    from studio.cli.open_session import open_comparison
    from studio.cli.results import show_results, show_runs
    from studio.core.results.final_model import final_json
    from studio.core.results.missing_cells import missing_cells

    with open_comparison(session, comparison) as (file, number):
        if as_suite or as_curve:
            histories = {row.id: file.history(row.id) for row in file.comparisons()}
        else:
            history, final_models = file.history(number), file.final_models(number)
    if as_curve:
        print_learning_curve(histories, number, as_json=as_json)
        return
    if as_suite:
        _show_suites(histories, as_json=as_json)
        return
    for missing in missing_cells(history):
        print_message(f"Note: {missing}.")
    if as_json:
        print_json({**summary(history).as_json(), **final_json(final_models)})
    else:
        show_runs(history)
        show_results(history)
        for model in final_models:
            print_paragraph(f"{final_words(model)}.")


def _show_worst(
    session: Path, comparison: int | None, count: int, contender: str | None, *, as_json: bool
) -> None:
    from studio.cli.open_session import open_comparison
    from studio.cli.printing.worst_examples import show_worst

    with open_comparison(session, comparison) as (file, number):
        show_worst(file, number, count, contender, as_json=as_json)


def _show_suites(histories: "Mapping[int, ComparisonHistory]", *, as_json: bool) -> None:
    from studio.analysis.summaries.critical_difference import session_ranks
    from studio.analysis.summaries.suites import suites

    all_suites, ranks = suites(histories), session_ranks(histories)
    if as_json:
        print_json(
            {
                "suites": [_suite_json(suite) for suite in all_suites],
                "ranks": None if ranks is None else ranks.as_json(),
            }
        )
        return
    if not all_suites:
        print_result("No two contenders ran in more than one comparison of this session.")
    for suite in all_suites:
        rows = [
            (str(row.comparison), row.dataset, row.verdict.label, row.difference, row.words)
            for row in suite.rows
        ]
        headings = ("", "dataset", "score", f"{suite.first} − {suite.second}", "verdict")
        print_table(f"{suite.first} and {suite.second}", headings, rows)
        print_paragraph(suite.sentence)
    if ranks is not None:
        print_paragraph(" ".join(ranks.sentences))


def _suite_json(suite: "Suite") -> dict[str, object]:
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

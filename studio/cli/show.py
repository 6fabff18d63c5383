"""gate-studio show: what a session holds."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import answer_json


def show(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; the last if left out.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Shows contenders, runs, scores, times and verdicts of a session.

    Example: gate-studio show temperatures.gates
    """
    from studio.analysis import summary  # noqa: PLC0415 - --help does without
    from studio.cli.opening import reading  # noqa: PLC0415 - likewise
    from studio.cli.results import show_results, show_runs  # noqa: PLC0415 - likewise

    with reading(session, comparison) as (file, number):
        history = file.history(number)
    if as_json:
        answer_json(summary(history).as_json())
    else:
        show_runs(history)
        show_results(history)

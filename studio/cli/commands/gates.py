"""gate-studio gates: what gates and states do over the whole test set."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import print_json, print_paragraph


def gates(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; default: all that have gates.")
    ] = None,
    examples: Annotated[
        int, typer.Option(min=1, help="At most so many test examples, spread evenly.")
    ] = 2000,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, also by class and step.")
    ] = False,
) -> None:
    """Prints saturation, half-lives, dead units and effective ranks over the test set.

    Example: gate-studio gates temperatures.gates --contender GRU
    """
    from studio.cli.open_session import open_comparison
    from studio.cli.printing.gate_figures import figures_json, figures_sentence, show_figures
    from studio.cli.progress_line import ProgressLine
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.stored.dataset_gates import DatasetGatesPass, recurrent_models
    from studio.runs.stored.gate_inspection import task_of

    with open_comparison(session, comparison) as (file, number):
        models = recurrent_models(file, number, contender)
        counting = DatasetGatesPass(models, task_of(file, number), examples)
    with ComputeThread() as compute, ProgressLine("Reading test examples") as line:
        compute.submit(lambda: counting.run(line.show)).result()
    found = counting.result()
    if as_json:
        print_json(figures_json(found))
        return
    show_figures(found)
    print_paragraph(figures_sentence(found))

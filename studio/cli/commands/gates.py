"""gate-studio gates: what gates and states do over the whole test set."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.output import print_json, print_message, print_paragraph


def gates(
    session: Annotated[
        Path,
        typer.Argument(
            metavar="SESSION|MODEL",
            help="A session file, or a model file of PyTorch, Keras or ONNX.",
        ),
    ],
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA]",
            help="With a model file: a data file or folder, or a generator's name.",
        ),
    ] = None,
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; default: all that have gates.")
    ] = None,
    examples: Annotated[
        int, typer.Option(min=1, help="At most so many test examples, spread evenly.")
    ] = 2000,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    layers: Annotated[
        str | None,
        typer.Option(
            help="With a model file: the name of the layers, where it holds several stacks."
        ),
    ] = None,
    scaling: Annotated[
        Literal["none", "standard", "min-max", "robust"] | None,
        typer.Option(help="With a model file: how inputs are scaled; default: not at all."),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(min=1, help="With a model file: input steps, where the data are one series."),
    ] = None,
    data_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="With a model file: an option for reading or generating the data.",
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, also by class and step.")
    ] = False,
) -> None:
    """Prints saturation, half-lives, dead units and effective ranks over the test set.

    Example: gate-studio gates temperatures.gates --contender GRU
    """
    from studio.cli.foreign_model import foreign_model, refuse_with_model, refuse_without_model
    from studio.cli.open_session import open_comparison
    from studio.cli.printing.gate_figures import figures_json, figures_sentence, show_figures
    from studio.cli.progress_line import ProgressLine
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.stored.dataset_gates import DatasetGatesPass, recurrent_models
    from studio.runs.stored.gate_inspection import task_of

    words = ""
    with ComputeThread() as compute:
        if data is None:
            refuse_without_model(
                session, layers=layers, scaling=scaling, window=window, data_option=data_option
            )
            with open_comparison(session, comparison) as (file, number):
                models = recurrent_models(file, number, contender)
                counting = DatasetGatesPass(models, task_of(file, number), examples)
        else:
            refuse_with_model(contender=contender, comparison=comparison)
            task = {"scaling": scaling, "window": window}
            foreign = foreign_model(session, data, data_option or [], task, layers, compute)
            words = foreign.words()
            counting = DatasetGatesPass([foreign.model], foreign.task, examples)
        with ProgressLine("Reading test examples") as line:
            compute.submit(lambda: counting.run(line.show)).result()
    found = counting.result()
    if words:
        print_message(words)
    if as_json:
        print_json(figures_json(found))
        return
    show_figures(found)
    print_paragraph(figures_sentence(found))

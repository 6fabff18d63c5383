"""gate-studio retrain: the chosen contender on all data, as a model of its own."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import print_json, print_message


def retrain(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; default: the recommended one.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="The seed; default: that of the best run by validation.", min=0),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs to train; default: what validation chose.")
    ] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Trains a contender on all data, validation and test set included, and stores the model.

    It is trained with the settings of the comparison, for the median of the epochs that validation
    chose. Nothing is left to score it on: it has no test score. Use it with `predict --runs final`
    and `export --final`.

    Example: gate-studio retrain temperatures.gates --contender GRU
    """
    from studio.cli.open_session import open_comparison
    from studio.cli.progress_line import ProgressLine
    from studio.core.system import allocator, openmp
    from studio.paths import user_folders
    from studio.runs.retrain import retrain as train

    allocator.keep_freed_memory()
    openmp.limit_spinning()
    with (
        open_comparison(session, comparison, writing=True) as (file, number),
        ProgressLine("Epochs") as line,
    ):
        model, ready = train(
            file,
            number,
            user_folders(),
            contender=contender,
            seed=seed,
            epochs=epochs,
            say=print_message,
            progress=line.show,
        )
    print_message(f"Predict with it: gate-studio predict {session} NEWDATA --runs final --out FILE")
    if as_json:
        print_json(
            {
                "contender": model.contender,
                "seed": model.seed,
                "epochs": model.epochs,
                "chosen_from": list(ready.plan.chosen_from),
                "examples": model.examples,
                "train_loss": model.train_loss,
                "engine": model.execution.engine,
                "device": model.execution.device,
            }
        )

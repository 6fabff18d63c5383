"""gate-studio trace: gates and states of one example as a NumPy archive."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.options import fold_id_of
from studio.cli.output import print_json, print_message

Part = Literal["training", "validation", "test"]


def trace(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    contender: Annotated[str, typer.Option(help="The contender's name.")],
    out: Annotated[Path, typer.Option(help="The archive to write, FILE.npz.")],
    seed: Annotated[
        int | None, typer.Option(help="The run's seed; default: the best by validation.")
    ] = None,
    fold: Annotated[int | None, typer.Option(help="The run's fold, with cross-validation.")] = None,
    repeat: Annotated[
        int | None, typer.Option(help="The repeat of the folds, if there are several.")
    ] = None,
    example: Annotated[int, typer.Option(help="The example's number within its set.")] = 0,
    part: Annotated[Part, typer.Option(help="The set that the example is in.")] = "test",
    epoch: Annotated[
        int | None,
        typer.Option(help="A stored epoch, 0 for the untrained network; default: the best."),
    ] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Writes every gate and state of one example as float32 arrays of (time, units).

    Example: gate-studio trace temperatures.gates --contender GRU --out gates.npz
    """
    from studio.cli.open_session import open_comparison
    from studio.export import write_trace
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.stored.models import stored_model, stored_sequence, trace_model

    with open_comparison(session, comparison) as (file, number):
        model = stored_model(file, number, contender, seed, epoch, fold_id_of(fold, repeat))
        sequence = stored_sequence(file, number, part, example, model.run.fold_id)
    with ComputeThread() as compute:
        traced = trace_model(model, sequence, compute)
    write_trace(traced, out)
    if as_json:
        arrays = {name: list(values.shape) for name, values in traced.layers.items()}
        print_json({"file": str(out), "arrays": {"input": list(traced.input.shape), **arrays}})
    print_message(f"{model.run}, epoch {model.epoch}, {part} example {example}: {out}")

"""gate-studio trace: gates and states of one example as a NumPy archive."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.options import fold_id_of
from studio.cli.output import print_json, print_message
from studio.core.errors import SpecError

Part = Literal["training", "validation", "test"]


def trace(
    session: Annotated[
        Path,
        typer.Argument(
            metavar="SESSION|MODEL",
            help="A session file, or a model file of PyTorch, Keras or ONNX.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The archive to write, FILE.npz.")],
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA]",
            help="With a model file: a data file or folder, or a generator's name.",
        ),
    ] = None,
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; needed with a session.")
    ] = None,
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Writes every gate and state of one example as float32 arrays of (time, units).

    Example: gate-studio trace temperatures.gates --contender GRU --out gates.npz
    """
    from studio.cli.foreign_model import foreign_model, refuse_with_model, refuse_without_model
    from studio.cli.open_session import open_comparison
    from studio.export import write_trace
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.stored.gate_inspection import example_of
    from studio.runs.stored.models import stored_model, stored_sequence, trace_model

    with ComputeThread() as compute:
        if data is None:
            refuse_without_model(
                session, layers=layers, scaling=scaling, window=window, data_option=data_option
            )
            with open_comparison(session, comparison) as (file, number):
                name = _needed(contender)
                model = stored_model(file, number, name, seed, epoch, fold_id_of(fold, repeat))
                sequence = stored_sequence(file, number, part, example, model.run.fold_id)
        else:
            refuse_with_model(
                contender=contender,
                comparison=comparison,
                seed=seed,
                epoch=epoch,
                fold=fold,
                repeat=repeat,
            )
            task = {"scaling": scaling, "window": window}
            foreign = foreign_model(session, data, data_option or [], task, layers, compute)
            print_message(foreign.words())
            model = foreign.model
            sequence = example_of(foreign.task, part, example).inputs
        traced = trace_model(model, sequence, compute)
    write_trace(traced, out)
    if as_json:
        arrays = {name: list(values.shape) for name, values in traced.layers.items()}
        print_json({"file": str(out), "arrays": {"input": list(traced.input.shape), **arrays}})
    which = f"{model.run}, epoch {model.epoch}" if data is None else session.name
    print_message(f"{which}, {part} example {example}: {out}")


def _needed(contender: str | None) -> str:
    if contender is None:
        raise SpecError("needs a contender", where="--contender", remedy="Name one")
    return contender

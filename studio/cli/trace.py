"""gate-studio trace: gates and states of one example as a NumPy archive."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.options import division_of
from studio.cli.output import answer_json, say

Part = Literal["training", "validation", "test"]


def trace(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    contender: Annotated[str, typer.Option(help="The contender's name.")],
    out: Annotated[Path, typer.Option(help="The archive to write, FILE.npz.")],
    seed: Annotated[
        int | None, typer.Option(help="The run's seed; the best by validation if left out.")
    ] = None,
    fold: Annotated[int | None, typer.Option(help="The run's fold, where there are folds.")] = None,
    repeat: Annotated[
        int | None, typer.Option(help="The repetition of the folds, where there are several.")
    ] = None,
    example: Annotated[int, typer.Option(help="The example's number within its part.")] = 0,
    part: Annotated[Part, typer.Option(help="The part that the example is in.")] = "test",
    epoch: Annotated[
        int | None,
        typer.Option(help="A kept epoch, 0 the untrained network; the kept one if left out."),
    ] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; the last if left out.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Writes every gate and state of one example, as float32 arrays of (time, units).

    Example: gate-studio trace temperatures.gates --contender GRU --out gates.npz
    """
    from studio.cli.opening import reading  # noqa: PLC0415 - --help does without
    from studio.export import write_trace  # noqa: PLC0415 - likewise
    from studio.runs.compute import ComputeThread  # noqa: PLC0415 - likewise
    from studio.runs.models import stored_model, stored_sequence, trace_model  # noqa: PLC0415

    with reading(session, comparison) as (file, number):
        model = stored_model(file, number, contender, seed, epoch, division_of(fold, repeat))
        sequence = stored_sequence(file, number, part, example, model.run.division)
    with ComputeThread() as compute:
        found = trace_model(model, sequence, compute)
    write_trace(found, out)
    if as_json:
        arrays = {name: list(values.shape) for name, values in found.layers.items()}
        answer_json({"file": str(out), "arrays": {"input": list(found.input.shape), **arrays}})
    say(f"{model.run}, epoch {model.epoch}, {part} example {example}: {out}")

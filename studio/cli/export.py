"""gate-studio export: a trained model, or the tables of a comparison, as files."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.options import division_of
from studio.cli.output import answer_json, say
from studio.core.division import Division
from studio.core.errors import SpecError

Form = Literal["safetensors", "onnx", "table-csv", "table-markdown", "curves-csv"]
_CHECKED_EXAMPLES = 128


def export(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    form: Annotated[Form, typer.Option("--format", help="What to write.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; needed for a model.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The run's seed; the best by validation if left out.")
    ] = None,
    fold: Annotated[int | None, typer.Option(help="The run's fold, where there are folds.")] = None,
    repeat: Annotated[
        int | None, typer.Option(help="The repetition of the folds, where there are several.")
    ] = None,
    epoch: Annotated[
        int | None, typer.Option(help="A kept epoch; the one that was scored if left out.")
    ] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; the last if left out.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Writes a trained model, checked after writing, or a table.

    safetensors writes NAME.safetensors, NAME.json (preparation, units, an example) and NAME.py,
    which loads them with torch alone. onnx writes one file that takes raw sequences.

    Example: gate-studio export temperatures.gates --contender GRU --format onnx --out gru.onnx
    """
    from studio.cli.opening import reading  # noqa: PLC0415 - --help does without
    from studio.export import TABLES, write_table  # noqa: PLC0415 - likewise

    if form in TABLES:
        with reading(session, comparison) as (file, number):
            write_table(file.history(number), form, out)
        say(f"Written: {out}")
        if as_json:
            answer_json({"files": [str(out)], "bytes": out.stat().st_size})
        return
    if contender is None:
        raise SpecError("is needed to export a model", where="--contender")
    which = division_of(fold, repeat)
    _export_model(session, comparison, contender, seed, which, epoch, form, out, as_json=as_json)


def _export_model(
    session: Path,
    comparison: int | None,
    contender: str,
    seed: int | None,
    division: Division | None,
    epoch: int | None,
    form: str,
    out: Path,
    *,
    as_json: bool,
) -> None:
    from studio.cli.opening import reading  # noqa: PLC0415 - --help does without
    from studio.export import export_model  # noqa: PLC0415 - likewise
    from studio.runs.compute import ComputeThread  # noqa: PLC0415 - likewise
    from studio.runs.models import raw_sequences, stored_model  # noqa: PLC0415 - likewise

    with reading(session, comparison) as (file, number):
        model = stored_model(file, number, contender, seed, epoch, division)
        sequences = raw_sequences(file, number, _CHECKED_EXAMPLES, model.run.division)
    with ComputeThread() as compute:
        made = compute.submit(lambda: export_model(model, form, out, sequences)).result()
    say(f"{model.run}, epoch {model.epoch}: {made.size:,} bytes")
    for path in made.files:
        say(f"  {path}")
    say(f"Checked: {made.checks}; largest difference {made.difference:.2g}")
    if as_json:
        answer_json(
            {
                "files": [str(path) for path in made.files],
                "bytes": made.size,
                "run": {"contender": model.run.contender, "seed": model.run.seed},
                "epoch": model.epoch,
                "largest_difference": made.difference,
                "examples": len(sequences),
                "check": made.checks,
            }
        )

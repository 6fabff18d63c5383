"""gate-studio export: a trained model or the tables of a comparison as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.options import fold_id_of
from studio.cli.output import print_json, print_message
from studio.core.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.core.results.trained_model import TrainedModel
    from studio.sessions import SessionFile

_FORMS = (
    "safetensors",
    "onnx",
    "onnx-int8",
    "onnx-step",
    "c",
    "c-int8",
    "torch-source",
    "keras-source",
    "table-csv",
    "table-markdown",
    "curves-csv",
)
_STEPWISE = ("onnx-step", "c", "c-int8")
_CHECKED_EXAMPLES = 128


def export(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help=f"What to write: {', '.join(_FORMS)}. Further formats may come with installed "
            "packages.",
            metavar="FORMAT",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The file to write; for c and c-int8 a folder.")],
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; needed for a model.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The run's seed; default: the best by validation.")
    ] = None,
    fold: Annotated[int | None, typer.Option(help="The run's fold, with cross-validation.")] = None,
    repeat: Annotated[
        int | None, typer.Option(help="The repeat of the folds, if there are several.")
    ] = None,
    epoch: Annotated[int | None, typer.Option(help="A stored epoch; default: the best.")] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    *,
    final: Annotated[
        bool, typer.Option("--final", help="The model that was trained on all data (retrain).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Writes a trained model, verified after writing, or a table.

    safetensors writes NAME.safetensors, NAME.json (preprocessing, units, an example) and NAME.py,
    which loads them with torch alone. onnx writes one file that takes raw sequences, onnx-int8 the
    same with weights of one byte, onnx-step one that takes a single step and a state. c writes a
    folder with C99 for microcontrollers, c-int8 the same with weights of one byte and integer
    arithmetic. torch-source and keras-source write the network as PyTorch or Keras source with its
    weights.

    Example: gate-studio export temperatures.gates --contender GRU --format onnx --out gru.onnx
    """
    from studio.cli.open_session import open_comparison
    from studio.export import EXPORTS, TABLES, write_table

    if form not in TABLES and form not in EXPORTS:
        raise _unknown(form)
    if form in TABLES:
        with open_comparison(session, comparison) as (file, number):
            write_table(file.history(number), form, out)
        print_message(f"Written: {out}")
        if as_json:
            print_json({"files": [str(out)], "bytes": out.stat().st_size})
        return
    if contender is None:
        raise SpecError("is needed to export a model", where="--contender")
    if final and (fold, repeat, epoch) != (None, None, None):
        raise SpecError(
            "a model trained on all data has no folds and one epoch",
            where="--final",
            remedy="Leave out --fold, --repeat and --epoch",
        )
    fold_id = fold_id_of(fold, repeat)

    def find(file: "SessionFile", number: int) -> "TrainedModel":
        from studio.runs.stored.final_models import find_final_model
        from studio.runs.stored.models import stored_model

        if final:
            return find_final_model(file, number, contender, seed)
        return stored_model(file, number, contender, seed, epoch, fold_id)

    _export_model(session, comparison, find, form, out, as_json=as_json)


def _unknown(form: str) -> SpecError:
    """The error for a format that there is not, or whose package cannot be used."""
    from studio.core.plugins import problem_sentence
    from studio.export import EXPORTS, TABLES

    broken = EXPORTS.plugin(form)
    return SpecError(
        f"there is no format {form!r}" if broken is None else problem_sentence(broken)[:-1],
        where="--format",
        remedy=f"Choose one of {', '.join((*EXPORTS, *TABLES))}",
    )


def _export_model(
    session: Path,
    comparison: int | None,
    find: "Callable[[SessionFile, int], TrainedModel]",
    form: str,
    out: Path,
    *,
    as_json: bool,
) -> None:
    from studio.cli.open_session import open_comparison
    from studio.export import export_model
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.stored.models import raw_sequences

    with open_comparison(session, comparison) as (file, number):
        model = find(file, number)
        fold_id = None if model.is_final else model.run.fold_id
        sequences, series, test = raw_sequences(file, number, _CHECKED_EXAMPLES, fold_id)
    model = model.scored_on(test)
    with ComputeThread() as compute:
        exported = compute.submit(
            lambda: export_model(model, form, out, sequences, series)
        ).result()
    kind = ", trained on all data" if model.is_final else ""
    print_message(f"{model.run}, epoch {model.epoch}{kind}: {exported.size:,} bytes")
    for path in exported.files:
        print_message(f"  {path}")
    print_message(f"Checked: {exported.checks}; largest difference {exported.difference:.2g}")
    if exported.notes:
        print_message(exported.notes)
    if series is not None:
        print_message(
            "Each series has its own scaler: give the series of each sequence too, by its index in "
            "the description, -1 for a new series"
        )
    if as_json:
        print_json(
            {
                "files": [str(path) for path in exported.files],
                "bytes": exported.size,
                "run": {"contender": model.run.contender, "seed": model.run.seed},
                "epoch": model.epoch,
                "trained_on_all_data": model.is_final,
                "largest_difference": exported.difference,
                "examples": len(sequences),
                "check": exported.checks,
                "notes": exported.notes,
                "inputs": [
                    "x" if form in _STEPWISE else "sequences",
                    *(["series"] if series is not None else []),
                ],
            }
        )

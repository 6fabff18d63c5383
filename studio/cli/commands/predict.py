"""gate-studio predict: a contender's predictions on new data, or beyond its end."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import print_json
from studio.runs.predictions.prediction_spec import PredictionSpec, RunChoice

if TYPE_CHECKING:
    from studio.sessions import SessionFile


def predict(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    new_data: Annotated[
        Path, typer.Argument(metavar="NEWDATA", help="A file or folder with the same columns.")
    ],
    out: Annotated[
        Path, typer.Option(help="The table to write: FILE.csv, FILE.parquet or FILE.jsonl.")
    ],
    contender: Annotated[
        str | None, typer.Option(help="The contender's name; default: the recommended one.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The run's seed; default: the best by validation.")
    ] = None,
    runs: Annotated[
        RunChoice,
        typer.Option(
            help="The best run, the mean of all runs, every run on its own, or the final model, "
            "trained on all data."
        ),
    ] = "best",
    steps: Annotated[
        int | None,
        typer.Option(
            help="Forecast this many steps beyond the last row instead, or from each row of a span."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Only forecasts from this row on: a date, or a row number without dates."
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Only forecasts up to this row, likewise; it is included.")
    ] = None,
    level: Annotated[
        float, typer.Option(help="Coverage of intervals and prediction sets; 0 leaves them out.")
    ] = 0.9,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    *,
    adaptive: Annotated[
        bool, typer.Option("--adaptive", help="Adapt intervals over time to what is observed.")
    ] = False,
    temperature: Annotated[
        bool,
        typer.Option("--temperature", help="Scale probabilities by a fitted temperature."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Predicts new data with a trained network, with intervals, and scores it where it can.

    Example: gate-studio predict temperatures.gates december.csv --out predictions.csv
    """
    from studio.cli.open_session import open_comparison
    from studio.export.column_tables import writer_of

    writer_of(out)  # an ending without a format is told before anything is computed
    spec = PredictionSpec(contender, seed, runs, level or None, adaptive, temperature, since, until)
    with open_comparison(session, comparison) as (file, number):
        if steps is None:
            _predict(file, number, new_data, spec, out, as_json=as_json)
        else:
            _beyond(file, number, new_data, spec, steps, out, as_json=as_json)


def _predict(
    session: "SessionFile",
    comparison: int,
    new_data: Path,
    spec: PredictionSpec,
    out: Path,
    *,
    as_json: bool,
) -> None:
    from studio.cli.printing.prediction_results import (
        prediction_json,
        show_prediction,
        tell_prediction,
    )
    from studio.cli.progress_line import ProgressLine
    from studio.data import Cache
    from studio.export.column_tables import write_columns
    from studio.paths import user_folders
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.predictions.predict import predict_new_data
    from studio.runs.predictions.prediction_table import prediction_table

    cache = Cache(user_folders().datasets)
    with ComputeThread() as compute, ProgressLine("Predicting") as line:
        result = predict_new_data(
            session, comparison, new_data, spec, compute, progress=line.show, cache=cache
        )
    columns = prediction_table(result)
    write_columns(columns, out)
    rows = len(next(iter(columns.values())))
    tell_prediction(result, rows, out)
    if as_json:
        print_json(prediction_json(result, rows, out))
    else:
        show_prediction(result)


def _beyond(
    session: "SessionFile",
    comparison: int,
    new_data: Path,
    spec: PredictionSpec,
    steps: int,
    out: Path,
    *,
    as_json: bool,
) -> None:
    from studio.cli.printing.prediction_results import (
        beyond_end_json,
        show_beyond_end,
        tell_beyond_end,
    )
    from studio.data import Cache
    from studio.export.column_tables import write_columns
    from studio.paths import user_folders
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.predictions.beyond_end import forecast_beyond_end
    from studio.runs.predictions.prediction_table import beyond_end_table

    cache = Cache(user_folders().datasets)
    with ComputeThread() as compute:
        result = forecast_beyond_end(
            session, comparison, new_data, spec, steps, compute, cache=cache
        )
    columns = beyond_end_table(result)
    write_columns(columns, out)
    tell_beyond_end(result, out)
    if as_json:
        print_json(beyond_end_json(result, len(next(iter(columns.values()))), out))
    else:
        show_beyond_end(result)

"""Prints the test examples that a contender predicts worst."""

from studio.analysis.predictions.error_rows import ErrorRows
from studio.analysis.predictions.errors import PredictedSet, stored_predictions, worst_first
from studio.analysis.wording import count_of
from studio.cli.output import print_json, print_message, print_paragraph, print_table
from studio.core.errors import SessionError, UserError
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.data import Cache
from studio.paths import user_folders
from studio.runs.planning.recommended import recommended
from studio.runs.stored.dataset_recovery import recover_dataset
from studio.runs.stored.models import find_contender
from studio.runs.stored.predicted_sets import Origins, origins_of
from studio.sessions import SessionFile


def show_worst(
    session: SessionFile,
    comparison: int,
    count: int,
    contender: str | None = None,
    *,
    as_json: bool = False,
) -> None:
    """Prints the worst test examples of a contender's best run, beside what the others predict.

    Args:
        session: The session.
        comparison: Which comparison.
        count: How many examples.
        contender: The contender's name; the recommended one if None.
        as_json: Whether to print one JSON object.

    Raises:
        SessionError: There is no such contender, or no run of it has ended.
    """
    history = session.history(comparison)
    run = _run_of(history, contender)
    part = stored_predictions(history, run.fold_id)
    origins = _origins(session, comparison, part)
    rows = ErrorRows(part, run.seed, None, origins.times, origins.groups)
    order = [int(example) for example in worst_first(rows.errors[run.contender])[:count]]
    if as_json:
        examples = [rows.as_json(example) for example in order]
        about = {"contender": run.contender, "seed": run.seed, "fold": str(run.fold_id) or None}
        print_json({**about, "unit": rows.unit, "test_examples": len(part), "examples": examples})
        return
    title = f"{history.dataset_name}: worst test examples of {run}"
    print_table(title, rows.headings, [rows.cells(example) for example in order])
    print_paragraph(f"{count_of(len(order), 'example')} of {len(part):,}. {rows.explanation}")


def _run_of(history: ComparisonHistory, name: str | None) -> RunId:
    contender = find_contender(history, name or recommended(history))
    if not any(run.result for run in contender.runs):
        raise SessionError(
            f"no run of {contender.name} has ended", remedy="Train it to its end first"
        )
    ended = tuple(run for run in contender.runs if run.result)
    best = min(ended, key=lambda run: run.best_loss)
    return best.run


def _origins(session: SessionFile, comparison: int, part: PredictedSet) -> Origins:
    """Dates and groups, where the data can still be read."""
    record = session.dataset(comparison)
    try:
        cache = Cache(user_folders().datasets)
        dataset = recover_dataset(record, str(session.path), cache).dataset
    except UserError as error:
        print_message(f"Note: without dates and groups, as the data cannot be read: {error}")
        return Origins()
    return origins_of(dataset, part)

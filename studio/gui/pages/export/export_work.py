"""Jobs of the page Export: reading in the loader, models in the compute thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.arrays import Floats
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.device_profile import DeviceProfile
from studio.export import export_model, write_report, write_table, write_trace
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.pages.export.format_card import ExportOutcome
from studio.runs.stored.final_models import find_final_model
from studio.runs.stored.models import (
    RawExamples,
    raw_sequences,
    stored_model,
    stored_sequence,
    trace_of,
)
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile

_CHECKED_EXAMPLES = 128
_SERIES_NOTE = (
    "each series has its own scaler: give the series of each sequence too, -1 for a new series"
)


@dataclass(frozen=True)
class Listener:
    """Receives the outcome of an export, or its error."""

    took: Callable[[ExportOutcome], None]
    failed: Callable[[BaseException], None]


@dataclass(frozen=True)
class Chosen:
    """What is exported: a comparison's contender and run, and an example for its gates.

    A seed alone is that of the model that was trained on all data.
    """

    workspace: Workspace
    comparison: int
    contender: str
    pair: PairId | int
    part: str
    example: int


def save_table(
    jobs: BackgroundJobs, history: ComparisonHistory, form: str, out: Path, listener: Listener
) -> None:
    """Writes a table or the curves."""

    def job() -> ExportOutcome:
        write_table(history, form, out)
        return ExportOutcome((out,), out.stat().st_size)

    jobs.load(f"Writing {out.name}", job, listener.took, listener.failed)


def save_report(  # noqa: PLR0913, PLR0917 - what is written for whom
    jobs: BackgroundJobs,
    workspace: Workspace,
    comparison: int,
    out: Path,
    listener: Listener,
    profile: DeviceProfile | None = None,
) -> None:
    """Writes the report of a comparison with the notes on it, and its costs on a device."""

    def job() -> ExportOutcome:
        created, notes, history, dataset = workspace.ask(
            lambda session: (
                next(
                    summary.created for summary in session.comparisons() if summary.id == comparison
                ),
                [str(note) for note in session.notes(comparison)],
                session.history(comparison),
                session.dataset(comparison),
            )
        ).result()
        path = write_report(history, dataset, out, created, notes, profile)
        return ExportOutcome((path,), path.stat().st_size)

    jobs.load(f"Writing {out.name}", job, listener.took, listener.failed)


def save_model(
    jobs: BackgroundJobs, chosen: Chosen, form: str, out: Path, listener: Listener
) -> None:
    """Reads a model and examples, then writes and checks it."""

    def read() -> tuple[TrainedModel, RawExamples]:
        session = chosen.workspace.reader()
        model = _model_of(session, chosen)
        fold_id = None if model.is_final else model.run.fold_id
        return model, raw_sequences(session, chosen.comparison, _CHECKED_EXAMPLES, fold_id)

    def write(read_data: tuple[TrainedModel, RawExamples]) -> None:
        model, (sequences, series, test) = read_data

        def job() -> ExportOutcome:
            exported = export_model(model.scored_on(test), form, out, sequences, series)
            check = f"{exported.checks}; largest difference {exported.difference:.2g}"
            note = exported.notes or ("" if series is None else _SERIES_NOTE)
            return ExportOutcome(exported.files, exported.size, check, note)

        jobs.calculate(f"Writing {out.name}", job, listener.took, listener.failed)

    jobs.load("Reading the model", read, write, listener.failed)


def save_trace(jobs: BackgroundJobs, chosen: Chosen, out: Path, listener: Listener) -> None:
    """Reads a model and an example, then writes every gate and state."""

    def read() -> tuple[TrainedModel, Floats]:
        session = chosen.workspace.reader()
        model = _model_of(session, chosen)
        fold_id = None if model.is_final else model.run.fold_id
        example = stored_sequence(session, chosen.comparison, chosen.part, chosen.example, fold_id)
        return model, example

    def write(read_data: tuple[TrainedModel, Floats]) -> None:
        def job() -> ExportOutcome:
            trace = trace_of(*read_data)
            write_trace(trace, out)
            arrays = ", ".join(("input", *trace.layers))
            return ExportOutcome((out,), out.stat().st_size, note=f"arrays: {arrays}")

        jobs.calculate(f"Writing {out.name}", job, listener.took, listener.failed)

    jobs.load("Reading the model", read, write, listener.failed)


def _model_of(session: SessionFile, chosen: Chosen) -> TrainedModel:
    if isinstance(chosen.pair, int):
        return find_final_model(session, chosen.comparison, chosen.contender, chosen.pair)
    seed, fold_id = chosen.pair
    return stored_model(session, chosen.comparison, chosen.contender, seed=seed, fold_id=fold_id)

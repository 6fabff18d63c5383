"""Jobs of the page Export: reading in the loader, models in the compute thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.arrays import Floats
from studio.core.events import Pair
from studio.core.history import ComparisonHistory
from studio.core.model import TrainedModel
from studio.export import export_model, write_report, write_table, write_trace
from studio.gui.pages.format_card import Outcome
from studio.gui.waiting import Waiting
from studio.runs.models import raw_sequences, stored_model, stored_sequence, traced
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile

_CHECKED_EXAMPLES = 128


@dataclass(frozen=True)
class Listener:
    """Who shows what came of an export."""

    took: Callable[[Outcome], None]
    failed: Callable[[BaseException], None]


@dataclass(frozen=True)
class Chosen:
    """What is exported: a comparison's contender and run, and an example for its gates."""

    workspace: Workspace
    comparison: int
    contender: str
    pair: Pair
    part: str
    example: int


def save_table(
    waiting: Waiting, history: ComparisonHistory, form: str, out: Path, listener: Listener
) -> None:
    """Writes a table or the curves."""

    def job() -> Outcome:
        write_table(history, form, out)
        return Outcome((out,), out.stat().st_size)

    waiting.load(f"Writing {out.name}", job, listener.took, listener.failed)


def save_report(
    waiting: Waiting, workspace: Workspace, comparison: int, out: Path, listener: Listener
) -> None:
    """Writes the report of a comparison with the notes on it."""

    def job() -> Outcome:
        created, notes, history, dataset = workspace.ask(
            lambda session: (
                next(each.created for each in session.comparisons() if each.id == comparison),
                [str(note) for note in session.notes(comparison)],
                session.history(comparison),
                session.dataset(comparison),
            )
        ).result()
        path = write_report(history, dataset, out, created, notes)
        return Outcome((path,), path.stat().st_size)

    waiting.load(f"Writing {out.name}", job, listener.took, listener.failed)


def save_model(waiting: Waiting, chosen: Chosen, form: str, out: Path, listener: Listener) -> None:
    """Reads a model and examples, then writes and checks it."""

    def read() -> tuple[TrainedModel, tuple[Floats, ...]]:
        session = chosen.workspace.ask(lambda opened: opened).result()
        model = _model_of(session, chosen)
        return model, raw_sequences(
            session, chosen.comparison, _CHECKED_EXAMPLES, model.run.division
        )

    def write(found: tuple[TrainedModel, tuple[Floats, ...]]) -> None:
        model, sequences = found

        def job() -> Outcome:
            made = export_model(model, form, out, sequences)
            check = f"{made.checks}; largest difference {made.difference:.2g}"
            return Outcome(made.files, made.size, check)

        waiting.calculate(f"Writing {out.name}", job, listener.took, listener.failed)

    waiting.load("Reading the model", read, write, listener.failed)


def save_trace(waiting: Waiting, chosen: Chosen, out: Path, listener: Listener) -> None:
    """Reads a model and an example, then writes every gate and state."""

    def read() -> tuple[TrainedModel, Floats]:
        session = chosen.workspace.ask(lambda opened: opened).result()
        model = _model_of(session, chosen)
        example = stored_sequence(
            session, chosen.comparison, chosen.part, chosen.example, model.run.division
        )
        return model, example

    def write(found: tuple[TrainedModel, Floats]) -> None:
        def job() -> Outcome:
            trace = traced(*found)
            write_trace(trace, out)
            arrays = ", ".join(("input", *trace.layers))
            return Outcome((out,), out.stat().st_size, note=f"arrays: {arrays}")

        waiting.calculate(f"Writing {out.name}", job, listener.took, listener.failed)

    waiting.load("Reading the model", read, write, listener.failed)


def _model_of(session: SessionFile, chosen: Chosen) -> TrainedModel:
    seed, division = chosen.pair
    return stored_model(session, chosen.comparison, chosen.contender, seed=seed, division=division)

"""Trained networks as files, from Python."""

from pathlib import Path

from studio.core.errors import SpecError
from studio.core.results.trained_model import TrainedModel
from studio.runs.execution.compute import ComputeThread
from studio.runs.stored.models import raw_sequences
from studio.sessions import SessionFile

_CHECKED_EXAMPLES = 128


def write_model(
    file: SessionFile, comparison: int, model: TrainedModel, form: str, path: Path
) -> tuple[Path, ...]:
    """Writes a model and checks it; see Run.export."""
    from studio.export import EXPORTS, export_model

    if form not in EXPORTS:
        raise SpecError(
            f"there is no format {form!r} of models",
            where="form",
            remedy=f"Choose one of {', '.join(EXPORTS)}",
        )
    fold_id = None if model.is_final else model.run.fold_id
    sequences, series, test = raw_sequences(file, comparison, _CHECKED_EXAMPLES, fold_id)
    scored = model.scored_on(test)
    with ComputeThread() as compute:
        exported = compute.submit(lambda: export_model(scored, form, path, sequences, series))
        return exported.result().files

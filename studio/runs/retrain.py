"""A contender trained on all data in the foreground, as terminal and Python do it."""

from collections.abc import Callable
from pathlib import Path

from studio.core.results.final_model import FinalModel
from studio.data import Cache
from studio.runs.compare.reporter import RunFolders
from studio.runs.execution.compute import ComputeThread
from studio.runs.execution.kernels import start_kernels
from studio.runs.planning.final_training import epochs_sentence
from studio.runs.stored.final_models import PreparedFinalTraining, prepare_final_training
from studio.sessions import SessionFile


def retrain(  # noqa: PLR0913 - what is trained, and who is told
    session: SessionFile,
    comparison: int,
    folders: RunFolders,
    *,
    contender: str | None = None,
    seed: int | None = None,
    epochs: int | None = None,
    say: Callable[[str], None],
    progress: Callable[[int, int], bool],
) -> tuple[FinalModel, PreparedFinalTraining]:
    """Trains and stores a model; see prepare_final_training and train_final_model.

    Args:
        session: A session open for writing.
        comparison: The comparison's number.
        folders: The user's folders.
        contender: As in prepare_final_training.
        seed: As in prepare_final_training.
        epochs: As in prepare_final_training.
        say: Is told what is done, in sentences.
        progress: As in train_final_model.
    """
    ready = prepare_final_training(
        session, comparison, contender, seed, epochs, Cache(folders.datasets)
    )
    plan = ready.plan
    start_kernels(folders.cache)
    if ready.note:
        say(f"Note: {ready.note}.")
    say(f"{plan.contender.name}, seed {plan.seed}, on all {len(ready.task.training):,} examples.")
    say(epochs_sentence(plan))
    with ComputeThread() as compute:
        model = compute.submit(lambda: _train(ready, progress)).result()
    session.add_final_model(comparison, model)
    say(
        f"Stored in {Path(session.path).name}: training loss {model.train_loss:.4g}, no test score."
    )
    return model, ready


def _train(ready: PreparedFinalTraining, progress: Callable[[int, int], bool]) -> FinalModel:
    from studio.runs.execution.final_training import train_final_model

    return train_final_model(ready.plan, ready.task, ready.machine, progress)

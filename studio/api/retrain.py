"""A chosen contender trained on all data, from Python."""

from os import PathLike
from pathlib import Path

from studio.api.progress import PythonReporter
from studio.api.session import Session
from studio.core.errors import SessionError
from studio.core.system import allocator, openmp
from studio.paths import user_folders
from studio.sessions import SessionFile


def retrain(  # noqa: PLR0913 - the options of the command retrain
    session: str | PathLike[str],
    *,
    contender: str | None = None,
    seed: int | None = None,
    epochs: int | None = None,
    comparison: int | None = None,
    progress: bool = True,
) -> Session:
    """Trains a contender on all data, validation and test set included, and stores the model.

    Nothing is left to score it on: it has no test score. Use it with `predict(runs="final")` and
    `Contender.final_module()`.

    Args:
        session: A session file, which is written to.
        contender: Its name; None takes the one that the comparison recommends.
        seed: Its seed; None takes that of the best run by validation.
        epochs: Epochs to train; None takes the median of those that validation chose.
        comparison: Its number; None takes the last.
        progress: Whether progress and notes are shown.

    Returns:
        The session, opened for reading.

    Raises:
        SessionError: The session cannot be written, or there is no such contender.
        DatasetError: The data is missing or has changed, and the session has no copy.
        TrainingError: The loss is not finite, or memory runs out.
    """
    from studio.runs.retrain import retrain as train

    allocator.keep_freed_memory()
    openmp.limit_spinning()
    path, folders = Path(session), user_folders()
    with SessionFile.open(path, folders.locks) as file:
        if file.read_only:
            raise SessionError(
                f"the session is read-only: {file.why_read_only}",
                where=str(path),
                remedy="Close it there, or work on a copy",
            )
        shown = Session(file)
        train(
            file,
            (shown.last if comparison is None else shown[comparison]).number,
            folders,
            contender=contender,
            seed=seed,
            epochs=epochs,
            say=PythonReporter(progress=progress).say,
            progress=lambda _, __: True,
        )
    return Session.open(path)

"""The trained models that a prediction asks for."""

from studio.core.errors import SessionError
from studio.core.results.trained_model import TrainedModel
from studio.runs.planning.recommended import recommended
from studio.runs.predictions.prediction_spec import PredictionSpec
from studio.runs.stored.final_models import find_final_model
from studio.runs.stored.models import find_contender, stored_model
from studio.sessions import SessionFile


def chosen_models(
    session: SessionFile, comparison: int, spec: PredictionSpec
) -> tuple[TrainedModel, ...]:
    """The models of one contender.

    They are of one run, of all that have finished on the first fold, or the one that was trained
    on all data.

    Raises:
        SessionError: There is no such contender or run, or none has finished.
    """
    return session.together(lambda whole: _chosen(whole, comparison, spec))


def _chosen(
    session: SessionFile, comparison: int, spec: PredictionSpec
) -> tuple[TrainedModel, ...]:
    history = session.history(comparison)
    if spec.runs == "final":
        return (find_final_model(session, comparison, spec.contender, spec.seed),)
    name = spec.contender or recommended(history)
    if spec.runs == "best":
        return (stored_model(session, comparison, name, spec.seed),)
    contender = find_contender(history, name)
    first = history.first_fold
    ended = [run for run in contender.runs if run.has_ended and run.run.fold_id == first]
    if not ended:
        raise SessionError(
            f"no run of {contender.name} has finished",
            remedy="Train it first, or choose the best run so far",
        )
    return tuple(
        stored_model(session, comparison, name, run.run.seed, fold_id=first) for run in ended
    )

"""Models of a session that were trained on all data: trained, stored, at work again."""

from dataclasses import dataclass

from studio.core.errors import SessionError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import RunId
from studio.core.results.final_model import FinalModel
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec
from studio.data import prepare_whole
from studio.data.files.cache import Cache
from studio.runs.planning.final_training import FinalTraining, plan_final_training
from studio.runs.planning.recommended import recommended
from studio.runs.stored.dataset_recovery import recover_dataset
from studio.runs.stored.models import find_contender
from studio.sessions import SessionFile


@dataclass(frozen=True, eq=False)
class PreparedFinalTraining:
    """Everything that is read before a contender is trained on all data.

    Attributes:
        plan: What is trained, and for how long.
        task: All data in the training set.
        machine: As requested for the comparison.
        note: That the session's copy of the data is used, or "".
    """

    plan: FinalTraining
    task: PreparedTask
    machine: MachineSpec
    note: str


def prepare_final_training(  # noqa: PLR0913, PLR0917 - what is trained on what
    session: SessionFile,
    comparison: int,
    contender: str | None = None,
    seed: int | None = None,
    epochs: int | None = None,
    cache: Cache | None = None,
) -> PreparedFinalTraining:
    """Reads a comparison and its data.

    Args:
        session: An open session.
        comparison: The comparison's number.
        contender: Its name; None takes the one that the comparison recommends.
        seed: As in plan_final_training.
        epochs: As in plan_final_training.
        cache: Keeps results that are slow to compute.

    Raises:
        SessionError: There is no such contender, or none of its runs has finished.
        SpecError: The number of epochs cannot be used.
        DatasetError: The data is missing or has changed, and the session has no copy.
    """
    history, record = session.together(
        lambda whole: (whole.history(comparison), whole.dataset(comparison))
    )
    chosen = find_contender(history, contender or recommended(history))
    plan = plan_final_training(history, chosen, seed, epochs)
    loaded = recover_dataset(record, str(session.path), cache)
    task = prepare_whole(loaded.dataset, history.spec.task, plan.training)
    return PreparedFinalTraining(plan, task, history.spec.machine, loaded.note)


def find_final_model(
    session: SessionFile, comparison: int, name: str | None = None, seed: int | None = None
) -> TrainedModel:
    """A contender's model that was trained on all data, by default the latest.

    Raises:
        SessionError: There is none.
    """
    return session.together(lambda whole: _find(whole, comparison, name, seed))


def _find(
    session: SessionFile, comparison: int, name: str | None, seed: int | None
) -> TrainedModel:
    history, models = session.history(comparison), session.final_models(comparison)
    wanted = None if name is None else find_contender(history, name).name
    matching = [
        model
        for model in models
        if wanted in {None, model.contender} and seed in {None, model.seed}
    ]
    if not matching:
        of_whom = "no contender has" if wanted is None else f"{wanted} has not"
        with_seed = "" if seed is None else f" with seed {seed}"
        raise SessionError(
            f"{of_whom} been trained on all data{with_seed}",
            remedy="Retrain it first: gate-studio retrain, or the page Export",
        )
    latest = max(matching, key=lambda model: model.created)
    contender = find_contender(history, latest.contender).spec
    return _trained(latest, contender, history.dataset_name)


def _trained(model: FinalModel, contender: ContenderSpec, dataset_name: str) -> TrainedModel:
    """A stored model as exports and predictions take it."""
    return TrainedModel(
        contender=contender,
        preprocessing=model.preprocessing,
        run=RunId(model.contender, model.seed),
        epoch=model.epochs,
        weights=model.weights,
        scores={},
        dataset_name=dataset_name,
        is_final=True,
    )

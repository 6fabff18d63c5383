"""How a chosen contender is trained on all data: which seed, how many epochs."""

from dataclasses import dataclass
from statistics import median

from studio.core.errors import SessionError, SpecError
from studio.core.results.history import ComparisonHistory, ContenderHistory
from studio.core.results.missing_cells import require_cells
from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.core.specs.training_spec import steps_of_epoch

_MOST_EPOCHS = 1_000_000


@dataclass(frozen=True)
class FinalTraining:
    """The training of a chosen contender on all data.

    Attributes:
        contender: Its settings.
        seed: Of weights, order and dropout.
        epochs: To train for.
        training: The settings; its epochs are those that the schedule was planned for.
        chosen_from: The best epoch of each run by validation loss, from which the number of epochs
            is; empty where it was given.
        is_validated: Whether there was a validation set; without one they are the last epochs.
    """

    contender: ContenderSpec
    seed: int
    epochs: int
    training: TrainingSpec
    chosen_from: tuple[int, ...]
    is_validated: bool


def plan_final_training(
    history: ComparisonHistory,
    contender: ContenderHistory,
    seed: int | None = None,
    epochs: int | None = None,
) -> FinalTraining:
    """Plans it: the median of the best epochs of all runs, the seed of the best run.

    Args:
        history: The comparison.
        contender: One of its contenders.
        seed: Any seed; None takes that of the best run by validation.
        epochs: How long; None takes what validation chose.

    Raises:
        SessionError: None of the contender's runs has finished.
        SpecError: The number of epochs cannot be used.
    """
    require_cells(history, [contender.spec])
    ended = [run for run in contender.runs if run.has_ended and run.best_epoch]
    if not ended:
        raise SessionError(
            f"no run of {contender.name} has finished",
            remedy="Train the comparison to its end first",
        )
    if epochs is not None and not 1 <= epochs <= _MOST_EPOCHS:
        raise SpecError(
            f"{epochs:,} epochs cannot be trained",
            where="epochs",
            remedy=f"Choose from 1 to {_MOST_EPOCHS:,}, or leave it out",
        )
    best = tuple(run.best_epoch or 1 for run in ended)
    wanted = epochs or round(median(best))
    best_run = min(ended, key=lambda run: run.best_loss)
    return FinalTraining(
        contender=contender.spec,
        seed=best_run.run.seed if seed is None else seed,
        epochs=wanted,
        training=_undivided(history, wanted),
        chosen_from=() if epochs else best,
        is_validated=history.part_sizes["validation"] > 0,
    )


def _undivided(history: ComparisonHistory, epochs: int) -> TrainingSpec:
    """The comparison's training without limits but epochs, those that its schedule was for."""
    training = history.spec.training_in_force
    planned = training.epochs
    if training.seconds is not None:
        planned = max(
            run.epochs[-1].epoch for contender in history.contenders for run in contender.runs
            if run.epochs
        )  # fmt: skip
    elif training.steps is not None:
        size = history.part_sizes["training"]
        carried = history.preprocessing.carried
        each = steps_of_epoch(size, training.batch_size, carried=carried)
        planned = min(planned, -(-training.steps // each))
    limits = {"epochs": max(planned, epochs), "steps": None, "seconds": None, "patience": None}
    return training.model_copy(update=limits)


def epochs_sentence(plan: FinalTraining) -> str:
    """Why it is trained for so many epochs."""
    length = f"{plan.epochs} epoch{'' if plan.epochs == 1 else 's'}"
    if not plan.chosen_from:
        return f"Trained for {length}, as asked."
    if not plan.is_validated:
        return f"Trained for {length}, as the runs were: there was no validation set."
    if len(plan.chosen_from) == 1:
        return f"Trained for {length}: the epoch with the lowest validation loss."
    listed = ", ".join(map(str, plan.chosen_from))
    return f"Trained for {length}: the median of the epochs that validation chose ({listed})."

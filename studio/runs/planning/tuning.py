"""Learning rates chosen by validation loss, with the same budget for every contender."""

import numpy as np

from studio.core.errors import SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import STORED, ComparisonSpec, ContenderSpec
from studio.core.specs.training_sizes import contenders_without_rates

_MOST_CONTENDERS = 64
_AROUND = (0.1, 0.3, 1.0, 3.0, 10.0)
_SPAN = 10.0


def rates_around(lr: float) -> tuple[float, ...]:
    """Five learning rates from a tenth of one to ten times it."""
    return tuple(float(f"{lr * factor:.3g}") for factor in _AROUND)


def random_rates(lr: float, trials: int, seed: int) -> tuple[float, ...]:
    """Learning rates drawn log-uniformly from a tenth of one to ten times it."""
    rng = np.random.default_rng(seed)
    drawn = lr * _SPAN ** rng.uniform(-1, 1, trials)
    return tuple(float(f"{rate:.3g}") for rate in drawn)


def tuning_trial(spec: ComparisonSpec) -> ComparisonSpec:
    """The comparison that tries the learning rates of another: each contender with each of them.

    Its seed is not among those that are judged, so that the choice does not bias the verdict.

    Raises:
        SpecError: There are too many contenders and rates, or no validation set.
    """
    rates = spec.rates or ()
    if len(spec.contenders) * len(rates) > _MOST_CONTENDERS:
        raise SpecError(
            f"{len(spec.contenders)} contenders with {len(rates)} learning rates are more than "
            f"{_MOST_CONTENDERS} trials",
            where="rates",
            remedy="Try fewer rates",
        )
    if spec.task.split is not None and len(spec.task.split) > 2 and not spec.task.split[1]:  # noqa: PLR2004
        raise SpecError(
            "learning rates are chosen on the validation set, which is empty",
            where="rates",
            remedy="Give the validation set a share of the split",
        )
    training = spec.training.model_copy(
        update={"seeds": 1, "first_seed": spec.training.first_seed + spec.training.seeds + 1000}
    )
    contenders = tuple(
        contender.model_copy(update={"name": f"{contender.name}, rate {rate:g}", "lr": rate})
        for contender in spec.contenders
        for rate in rates
    )
    task = spec.task.model_copy(update={"folds": None, "repeats": 1})
    return spec.model_copy(
        update={
            "name": f"{spec.name}: rates" if spec.name else "",
            "task": task,
            "training": training,
            "contenders": contenders,
            "rates": None,
            "looks": None,
            "asked": spec.model_dump(mode="json"),
        }
    )


def spec_after_tuning(history: ComparisonHistory) -> ComparisonSpec | None:
    """The comparison to train after trials of learning rates; None after any other.

    Raises:
        SpecError: A contender has no validated run at any of the learning rates.
    """
    asked = asked_comparison(history.spec)
    if asked is None:
        return None
    rates = asked.rates or ()
    contenders = tuple(
        contender.model_copy(update={"lr": _best_rate(history, contender, index, rates)})
        for index, contender in enumerate(asked.contenders)
    )
    return asked.model_copy(update={"contenders": contenders, "rates": None, "tried": rates})


def asked_comparison(trial: ComparisonSpec) -> ComparisonSpec | None:
    """The comparison for which a trial tries learning rates; settings of later versions are unset.

    None for any other comparison.
    """
    return (
        None if trial.asked is None else ComparisonSpec.model_validate(trial.asked, context=STORED)
    )


def is_tuning_of(trained: ComparisonSpec, asked: ComparisonSpec) -> bool:
    """Whether a comparison is the requested one, or one of its two stages with learning rates."""
    if trained == asked or asked_comparison(trained) == asked:
        return True
    if asked.rates is None or trained.tried != asked.rates:
        return False
    same = {"contenders": contenders_without_rates(asked), "rates": None}
    return trained.model_copy(
        update={"contenders": contenders_without_rates(trained), "tried": None}
    ) == asked.model_copy(update=same)


def _best_rate(
    history: ComparisonHistory, contender: ContenderSpec, index: int, rates: tuple[float, ...]
) -> float:
    """The rate with the lowest validation loss of any epoch."""
    losses = {}
    for rate, trial in zip(rates, history.contenders[index * len(rates) :], strict=False):
        validated = [
            epoch.validation_loss
            for run in trial.runs
            if run.has_ended
            for epoch in run.epochs
            if epoch.validation_loss is not None
        ]
        if validated:
            losses[rate] = min(validated)
    if not losses:
        raise SpecError(
            f"{contender.name} has no validated run at any of the learning rates",
            where="rates",
            remedy="Try smaller ones, and give the validation set a share of the split",
        )
    return min(losses, key=lambda rate: losses[rate])

"""Learning rates chosen by validation, with the same budget for every contender."""

import numpy as np

from studio.core.errors import SpecError
from studio.core.history import ComparisonHistory
from studio.core.spec import ComparisonSpec, ContenderSpec
from studio.core.training_sizes import without_rates

_MOST_CONTENDERS = 64
_AROUND = (0.1, 0.3, 1.0, 3.0, 10.0)
_SPAN = 10.0


def rates_around(lr: float) -> tuple[float, ...]:
    """Five rates from a tenth of a rate to ten times it."""
    return tuple(float(f"{lr * factor:.3g}") for factor in _AROUND)


def random_rates(lr: float, trials: int, seed: int) -> tuple[float, ...]:
    """So many rates, evenly drawn on a logarithmic scale from a tenth of a rate to ten times it."""
    rng = np.random.default_rng(seed)
    drawn = lr * _SPAN ** rng.uniform(-1, 1, trials)
    return tuple(float(f"{rate:.3g}") for rate in drawn)


def trial_of(spec: ComparisonSpec) -> ComparisonSpec:
    """The comparison that tries the rates of another: each contender once with each of them.

    Its seed is none of those that are judged, so that no contender is judged by the luck that it
    was chosen for.

    Raises:
        SpecError: There are too many contenders for so many rates, or no validation part.
    """
    rates = spec.rates or ()
    if len(spec.contenders) * len(rates) > _MOST_CONTENDERS:
        raise SpecError(
            f"{len(spec.contenders)} contenders with {len(rates)} rates are more than "
            f"{_MOST_CONTENDERS} runs side by side",
            where="rates",
            remedy="Try fewer rates",
        )
    if spec.task.split is not None and len(spec.task.split) > 2 and not spec.task.split[1]:  # noqa: PLR2004
        raise SpecError(
            "rates are chosen on the validation part, and the split leaves none",
            where="rates",
            remedy="Give it a share of the split",
        )
    training = spec.training.model_copy(
        update={"seeds": 1, "first_seed": spec.training.first_seed + spec.training.seeds + 1000}
    )
    contenders = tuple(
        each.model_copy(update={"name": f"{each.name}, rate {rate:g}", "lr": rate})
        for each in spec.contenders
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


def after_trial(history: ComparisonHistory) -> ComparisonSpec | None:
    """What is trained once rates were tried; None where the comparison tried none.

    Raises:
        SpecError: A contender ended with none of the rates, or no run was validated.
    """
    if history.spec.asked is None:
        return None
    asked = ComparisonSpec.model_validate(history.spec.asked)
    rates = asked.rates or ()
    contenders = tuple(
        each.model_copy(update={"lr": _best(history, each, at, rates)})
        for at, each in enumerate(asked.contenders)
    )
    return asked.model_copy(update={"contenders": contenders, "rates": None, "tried": rates})


def belongs_to(trained: ComparisonSpec, asked: ComparisonSpec) -> bool:
    """Whether one comparison is what another asked for, or one of its two stages with rates."""
    if trained == asked or trained.asked == asked.model_dump(mode="json"):
        return True
    if asked.rates is None or trained.tried != asked.rates:
        return False
    same = {"contenders": without_rates(asked), "rates": None}
    return trained.model_copy(
        update={"contenders": without_rates(trained), "tried": None}
    ) == asked.model_copy(update=same)


def _best(
    history: ComparisonHistory, contender: ContenderSpec, at: int, rates: tuple[float, ...]
) -> float:
    """The rate with the lowest validation loss of any epoch."""
    losses = {}
    for rate, tried in zip(rates, history.contenders[at * len(rates) :], strict=False):
        known = [
            epoch.validation_loss
            for run in tried.runs
            if run.has_ended
            for epoch in run.epochs
            if epoch.validation_loss is not None
        ]
        if known:
            losses[rate] = min(known)
    if not losses:
        raise SpecError(
            f"{contender.name} has no validated run at any of the rates",
            where="rates",
            remedy="Try smaller ones, and give the validation part a share of the split",
        )
    return min(losses, key=lambda rate: losses[rate])

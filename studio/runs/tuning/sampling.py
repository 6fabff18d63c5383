"""Which settings are tried next: drawn by Optuna from what has been tried, the same each time.

Trials are drawn in groups, each from the groups before it alone. So the settings depend neither on
how many trials run at a time nor on which ends first, and a search that was interrupted draws again
what it had drawn.
"""

import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from studio.core.errors import MachineError
from studio.core.results.study import Trial
from studio.core.specs.search_spec import Number, SearchedSetting, SearchSpec

GROUP = 5
"""Trials of a contender that are drawn together."""
_RANDOM_TRIALS = 10
_WARM_UP_SHARE = 0.2  # of the epochs, in which nothing is pruned
_FEWEST_BEFORE = 4  # trials that the median is taken of
_HALVES = (0.25, 0.5)  # of the epochs, after which the worse half ends


def groups(search: SearchSpec) -> Iterator[range]:
    """The numbers of the trials of a contender, group by group."""
    for first in range(0, search.count, GROUP):
        yield range(first, min(first + GROUP, search.count))


def draw(
    search: SearchSpec, numbers: range, before: Sequence[Trial], contender: int
) -> list[Mapping[str, Number]]:
    """The settings of a group of trials.

    Args:
        search: What is searched.
        numbers: The trials' numbers.
        before: All trials of the groups before.
        contender: The contender's place in the comparison.

    Raises:
        MachineError: Optuna is not installed.
    """
    if search.sampler == "grid":
        return _of_grid(search, numbers)
    optuna = _optuna()
    seed = np.random.SeedSequence((search.seed, contender, numbers.start)).generate_state(1)[0]
    distributions = {setting.name: _distribution(optuna, setting) for setting in search.settings}
    study = optuna.create_study(sampler=_sampler(optuna, search, int(seed)))
    for trial in sorted(before, key=lambda each: each.number):
        if np.isfinite(trial.value):
            study.add_trial(
                optuna.trial.create_trial(
                    params=dict(trial.settings), distributions=distributions, value=trial.value
                )
            )
    return [dict(study.ask(distributions).params) for _ in numbers]


def limits(search: SearchSpec, epochs: int, before: Sequence[Trial]) -> tuple[float, ...]:
    """The validation loss after each epoch above which a trial ends early; infinite for none.

    Args:
        search: How trials are pruned.
        epochs: Epochs of a whole trial.
        before: All trials of the groups before.
    """
    whole = [np.inf] * epochs
    if search.pruning == "none" or len(before) < _FEWEST_BEFORE:
        return tuple(whole)
    best_so_far = [np.minimum.accumulate([*trial.losses]) for trial in before if trial.losses]
    checked = range(int(epochs * _WARM_UP_SHARE), epochs - 1)
    if search.pruning == "halving":
        checked = range(0)
        for share in _HALVES:
            _limit(whole, round(epochs * share) - 1, best_so_far)
    for epoch in checked:
        _limit(whole, epoch, best_so_far)
    return tuple(whole)


def _limit(whole: list[float], epoch: int, best_so_far: Sequence[Any]) -> None:
    reached = [losses[epoch] for losses in best_so_far if len(losses) > max(0, epoch)]
    if epoch >= 0 and len(reached) >= _FEWEST_BEFORE:
        whole[epoch] = float(np.median(reached))


def _of_grid(search: SearchSpec, numbers: range) -> list[Mapping[str, Number]]:
    names = [setting.name for setting in search.settings]
    combinations = itertools.product(*(setting.values for setting in search.settings))
    chosen = itertools.islice(combinations, numbers.start, numbers.stop)
    return [dict(zip(names, values, strict=True)) for values in chosen]


def _optuna() -> Any:  # noqa: ANN401 - imported only where a search is made
    try:
        import optuna
    except ImportError as error:
        raise MachineError(
            f"searching for settings needs the package {error.name}",
            remedy="Install it with: pip install 'gate-studio[tuning]', or use --sampler grid",
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _sampler(optuna: Any, search: SearchSpec, seed: int) -> Any:  # noqa: ANN401 - likewise
    if search.sampler == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constant_liar is marked as experimental
        return optuna.samplers.TPESampler(
            seed=seed, n_startup_trials=_RANDOM_TRIALS, constant_liar=True
        )


def _distribution(optuna: Any, setting: SearchedSetting) -> Any:  # noqa: ANN401 - likewise
    if setting.values:
        return optuna.distributions.CategoricalDistribution(setting.values)
    kind = "IntDistribution" if setting.is_whole else "FloatDistribution"
    make = getattr(optuna.distributions, kind)
    return make(setting.low, setting.high, log=setting.is_logarithmic)

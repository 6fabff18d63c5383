"""Baselines of tasks with a prediction at every step."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.prepared import target_rates
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.target_rates import outcome_shares

_PRIOR_OF_PAIRS = 10.0


@dataclass(frozen=True)
class StepRule:
    """A fitted rule.

    Attributes:
        name: Such as "bigram".
        parameters: Number of fitted values.
        rule: From examples to what a score needs of each step, (examples, time, 2).
    """

    name: str
    parameters: int
    rule: Callable[[Examples], Floats]


def unigram(task: PreparedTask) -> StepRule:
    """The share of each symbol in the training set, with add-one smoothing."""
    shares = outcome_shares(task)
    nats, guess = -np.log(shares), float(shares.argmax())

    def rule(examples: Examples) -> Floats:
        has_target = examples.targets_in_units >= 0
        planes = [nats[np.maximum(examples.targets_in_units, 0)], np.full(has_target.shape, guess)]
        return _stacked(planes, has_target)

    return StepRule("unigram", len(shares), rule)


def bigram(task: PreparedTask) -> StepRule:
    """The share of each symbol after the previous one.

    Ten counts are added after each symbol, distributed like the unigram, so that an unseen pair
    falls back to it (MacKay and Bauman Peto, Natural Language Engineering 1, 1995).
    """
    shares = outcome_shares(task)
    pairs = _Pairs.count(task, len(shares))

    def rule(examples: Examples) -> Floats:
        has_target = examples.targets_in_units >= 0
        previous = _input_codes(examples, task.preprocessing)[has_target]
        probability = pairs.share(
            previous, examples.targets_in_units[has_target].astype(np.int64), shares
        )
        nats, guess = np.zeros(has_target.shape), np.zeros(has_target.shape)
        nats[has_target], guess[has_target] = -np.log(probability), pairs.likeliest[previous]
        return _stacked([nats, guess], has_target)

    return StepRule("bigram", len(shares) + len(pairs.keys), rule)


def majority_tag(task: PreparedTask) -> StepRule:
    """The most frequent class at every step, with the class shares of the training set."""
    return replace(unigram(task), name="majority class")


def key_rates(task: PreparedTask) -> StepRule:
    """The rate of each key in the training set, independently, with add-half smoothing."""
    rates = target_rates.key_rates(task)
    odds, off = np.log(rates / (1 - rates)), float(np.log1p(-rates).sum())

    def rule(examples: Examples) -> Floats:
        nats = np.zeros(examples.targets_in_units.shape)
        for index in range(len(examples)):
            keys = examples.targets_of(index)
            nats[index, : len(keys)] = -(keys @ odds + off)
        return _stacked([nats], examples.targets_in_units >= 0)

    return StepRule("independent key rates", len(rates), rule)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Counts of the pairs of neighbouring symbols that occur."""

    symbols: int
    keys: Integers
    counts: Integers
    totals: Integers
    likeliest: Integers

    @classmethod
    def count(cls, task: PreparedTask, symbols: int) -> "_Pairs":
        examples = task.training
        has_target = examples.targets_in_units >= 0
        previous = _input_codes(examples, task.preprocessing)[has_target]
        keys, counts = np.unique(
            previous * symbols + examples.targets_in_units[has_target], return_counts=True
        )
        totals = np.bincount(previous, minlength=symbols)
        rising = np.argsort(counts, kind="stable")  # the last entry of each first symbol wins
        likeliest = np.full(symbols, int(outcome_shares(task).argmax()), dtype=np.int64)
        likeliest[keys[rising] // symbols] = keys[rising] % symbols
        return cls(symbols, keys, counts, totals, likeliest)

    def share(self, before: Integers, after: Integers, prior: Doubles) -> Doubles:
        """The smoothed share of each pair, (pairs,)."""
        keys = before * self.symbols + after
        index = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        counts = np.where(self.keys[index] == keys, self.counts[index], 0)
        shares = (counts + _PRIOR_OF_PAIRS * prior[after]) / (self.totals[before] + _PRIOR_OF_PAIRS)
        return np.asarray(shares, dtype=np.float64)


def _input_codes(examples: Examples, preprocessing: Preprocessing) -> Integers:
    """The input symbol at each step, (examples, time)."""
    if preprocessing.embeds:
        return np.asarray(examples.inputs[..., 0], dtype=np.int64)
    return np.asarray(examples.inputs.argmax(axis=2), dtype=np.int64)


def _stacked(planes: list[Doubles], has_target: np.ndarray) -> Floats:
    stacked = np.stack([np.where(has_target, plane, 0.0) for plane in planes], axis=-1)
    return stacked.astype(np.float32)

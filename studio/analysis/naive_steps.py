"""Rules without learning for tasks that are answered at every step."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.examples import Examples, PreparedTask
from studio.core.preparation import Preparation

_PRIOR = 1.0
_PRIOR_OF_PAIRS = 10.0
_HALF = 0.5


@dataclass(frozen=True)
class StepRule:
    """A fitted rule.

    Attributes:
        name: Such as "bigram".
        parameters: Numbers that it fitted.
        rule: From examples to what a score needs of each step, (examples, time, 2).
    """

    name: str
    parameters: int
    rule: Callable[[Examples], Floats]


def unigram(task: PreparedTask) -> StepRule:
    """The share of each symbol in the training part, whatever came before; one is added to each."""
    shares = _shares(task)
    nats, guess = -np.log(shares), float(shares.argmax())

    def rule(examples: Examples) -> Floats:
        asked = examples.truth >= 0
        planes = [nats[np.maximum(examples.truth, 0)], np.full(asked.shape, guess)]
        return _planes(planes, asked)

    return StepRule("unigram", len(shares), rule)


def bigram(task: PreparedTask) -> StepRule:
    """The share of each symbol behind the one before it.

    Ten are added behind each symbol, divided by the shares of the unigram, so that a pair that
    never came falls back on it (MacKay and Bauman Peto, Natural Language Engineering 1, 1995).
    """
    shares = _shares(task)
    pairs = _Pairs.count(task, len(shares))

    def rule(examples: Examples) -> Floats:
        asked = examples.truth >= 0
        before = _codes(examples, task.preparation)[asked]
        likely = pairs.share(before, examples.truth[asked].astype(np.int64), shares)
        nats, guess = np.zeros(asked.shape), np.zeros(asked.shape)
        nats[asked], guess[asked] = -np.log(likely), pairs.likeliest[before]
        return _planes([nats, guess], asked)

    return StepRule("bigram", len(shares) + len(pairs.keys), rule)


def majority_tag(task: PreparedTask) -> StepRule:
    """The commonest class at every step, with the shares of the training part."""
    return replace(unigram(task), name="majority class")


def key_rates(task: PreparedTask) -> StepRule:
    """How often each key is on in the training part, each by itself; a half is added to both."""
    on, steps = _key_counts(task.training)
    rates = (on + _HALF) / (steps + 2 * _HALF)
    odds, off = np.log(rates / (1 - rates)), float(np.log1p(-rates).sum())

    def rule(examples: Examples) -> Floats:
        nats = np.zeros(examples.truth.shape)
        for index in range(len(examples)):
            keys = examples.truth_of(index)
            nats[index, : len(keys)] = -(keys @ odds + off)
        return _planes([nats], examples.truth >= 0)

    return StepRule("independent key rates", len(rates), rule)


def _key_counts(examples: Examples) -> tuple[Doubles, int]:
    """How often each key is on, (keys,), and in how many steps."""
    on, steps = np.zeros(examples.targets.shape[2]), 0
    for index in range(len(examples)):
        keys = examples.truth_of(index)
        on += keys.sum(axis=0, dtype=np.float64)
        steps += len(keys)
    return on, steps


@dataclass(frozen=True, eq=False)
class _Pairs:
    """How often each pair of neighbours came; only those that came are held."""

    symbols: int
    keys: Integers
    counts: Integers
    totals: Integers
    likeliest: Integers

    @classmethod
    def count(cls, task: PreparedTask, symbols: int) -> "_Pairs":
        examples = task.training
        asked = examples.truth >= 0
        before = _codes(examples, task.preparation)[asked]
        keys, counts = np.unique(before * symbols + examples.truth[asked], return_counts=True)
        totals = np.bincount(before, minlength=symbols)
        rising = np.argsort(counts, kind="stable")  # the last of each first symbol stays
        likeliest = np.full(symbols, int(_shares(task).argmax()), dtype=np.int64)
        likeliest[keys[rising] // symbols] = keys[rising] % symbols
        return cls(symbols, keys, counts, totals, likeliest)

    def share(self, before: Integers, after: Integers, prior: Doubles) -> Doubles:
        """The smoothed share of each pair, (pairs,)."""
        wanted = before * self.symbols + after
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        came = np.where(self.keys[at] == wanted, self.counts[at], 0)
        found = (came + _PRIOR_OF_PAIRS * prior[after]) / (self.totals[before] + _PRIOR_OF_PAIRS)
        return np.asarray(found, dtype=np.float64)


def _shares(task: PreparedTask) -> Doubles:
    """Smoothed shares of what is to be answered in the training part."""
    outcomes = task.preparation.output_size
    truth = task.training.truth
    counts = np.bincount(truth[truth >= 0], minlength=outcomes) + _PRIOR
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def _codes(examples: Examples, preparation: Preparation) -> Integers:
    """The symbol that is read at each step, (examples, time)."""
    if preparation.embeds:
        return np.asarray(examples.inputs[..., 0], dtype=np.int64)
    return np.asarray(examples.inputs.argmax(axis=2), dtype=np.int64)


def _planes(planes: list[Doubles], asked: np.ndarray) -> Floats:
    stacked = np.stack([np.where(asked, plane, 0.0) for plane in planes], axis=-1)
    return stacked.astype(np.float32)

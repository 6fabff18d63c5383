"""Simulated experiments with a known truth, for the coverage of every interval.

Each case draws an experiment and returns the interval and the truth. `docs/make_statistics.py`
makes the table of the documentation from the same cases.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter
from scipy.stats import norm
from unit.analysis.make_histories import classes, numbers

from studio.analysis.intervals import (
    Interval,
    crossed_mean,
    geometric_mean,
    mean_over_seeds,
    median_interval,
    ratio_over_segments,
)
from studio.analysis.scores.score_samples import ScoreSamples, samples_of
from studio.analysis.scores.seed_power import plan_seeds
from studio.analysis.wording import count_of
from studio.core.arrays import Doubles
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.history import FoldRecord
from studio.core.results.metrics import METRICS
from studio.core.specs.fold_ids import SINGLE_SPLIT

Rng = np.random.Generator
Draw = Callable[[Rng], tuple[Interval, float]]


@dataclass(frozen=True)
class Case:
    """An experiment whose truth is known.

    Attributes:
        interval: Which interval, as the documentation calls it.
        setting: Numbers of seeds, examples and the like.
        draw: One experiment: its interval and the truth.
        least: The lowest coverage that is tolerated; below 93 % is a limit that is documented.
        most: The highest coverage that is not too wide; few errors cannot be hit more closely.
        has_interval: Whether an interval is expected; where none is, the product says why.
    """

    interval: str
    setting: str
    draw: Draw
    least: float = 0.93
    most: float = 0.985
    has_interval: bool = True


def coverage(case: Case, draws: int, seed: int = 1) -> tuple[float, float]:
    """The share of draws whose interval holds the truth, and the share that had an interval."""
    rng = np.random.default_rng(seed)
    held, known = 0, 0
    for _ in range(draws):
        interval, truth = case.draw(rng)
        if interval.is_known:
            known += 1
            held += interval.low <= truth <= interval.high
    return (held / known if known else np.nan), known / draws


def cases() -> Iterator[Case]:
    yield from _means()
    yield from _accuracies()
    yield from _classes_alike()
    yield from _forecasts()
    yield from _times()
    yield from _limits()


def _means() -> Iterator[Case]:
    for seeds in (2, 3, 5, 10, 20):
        for examples in (10, 300):
            for name, spread in (("mostly seeds", (1.0, 3.0)), ("mostly examples", (0.1, 6.0))):
                yield Case(
                    "mean over seeds and examples",
                    f"{seeds} seeds, {examples} examples, {name}",
                    _mean(seeds, examples, spread),
                    most=0.995 if seeds == 2 else 0.985,
                )
    for seeds in (2, 3, 5, 20):
        yield Case("training time, mean over runs", f"{seeds} runs", _mean_of_runs(seeds))


def _mean(seeds: int, examples: int, spread: tuple[float, float]) -> Draw:
    def draw(rng: Rng) -> tuple[Interval, float]:
        values = (
            spread[0] * rng.normal(size=(seeds, 1))
            + spread[1] * rng.normal(size=(1, examples))
            + rng.normal(size=(seeds, examples))
        )
        return crossed_mean(values), 0.0

    return draw


def _mean_of_runs(runs: int) -> Draw:
    return lambda rng: (mean_over_seeds(10 + rng.normal(size=runs)), 10.0)


def _accuracies() -> Iterator[Case]:
    for examples in (20, 53, 500):
        for share in (0.6, 0.95, 0.99):
            setting = f"3 seeds, {examples} examples, {share:.0%} right"
            few_errors = examples * (1 - share) < 5
            most = 1.0 if few_errors else 0.985
            yield Case("accuracy", setting, _accuracy(3, examples, share), most=most)
            yield Case(
                "difference of accuracies",
                setting,
                _accuracy(3, examples, share, pair=True),
                most=most,
            )
    for seeds in (2, 5, 20):
        yield Case(
            "accuracy", f"{seeds} seeds, 200 examples, 80% right", _accuracy(seeds, 200, 0.8)
        )


def _accuracy(seeds: int, examples: int, share: float, *, pair: bool = False) -> Draw:
    def right(rng: Rng, difficulty: Doubles) -> Doubles:
        return (rng.random((seeds, examples)) < difficulty).astype(np.float64)

    def draw(rng: Rng) -> tuple[Interval, float]:
        truth = rng.integers(0, 2, size=examples)
        # some examples are harder than others for every network
        difficulty = rng.beta(4 * share, 4 * (1 - share), size=examples)
        mine = _samples("accuracy", truth, _predictions(truth, right(rng, difficulty)))
        if not pair:
            return mine.interval().within(0.0, 1.0), share
        other = _samples("accuracy", truth, _predictions(truth, right(rng, difficulty)))
        return mine.minus(other).interval(), 0.0

    return draw


def _predictions(truth: np.ndarray, right: Doubles) -> Doubles:
    """Probabilities of two classes, (seeds, examples, 2), right or wrong."""
    guesses = np.where(right > 0, truth, 1 - truth)
    return np.eye(2)[guesses]


def _classes_alike() -> Iterator[Case]:
    for rare in (1, 2, 3, 5, 10, 40):
        for name in ("balanced_accuracy", "roc_auc", "pr_auc"):
            if name == "pr_auc" and rare < 10:
                continue  # its expectation depends on so few examples that there is no one truth
            yield Case(
                METRICS[name].label,
                f"3 seeds, {rare} of 200 examples in the rare class",
                _rare(name, rare),
                most=1.0 if rare <= 10 else 0.985,
                has_interval=rare > 1,
            )


_APART = 1.5
_NOISE = 0.5


def _rare(name: str, rare: int) -> Draw:
    truth = (np.arange(200) < rare).astype(np.int64)
    spread = np.sqrt(1 + _NOISE**2)
    if name == "balanced_accuracy":
        expected = float(norm.cdf(_APART / 2 / spread))
    elif name == "roc_auc":
        expected = float(norm.cdf(_APART / (np.sqrt(2) * spread)))
    else:
        expected = _average_precision(rare)

    def draw(rng: Rng) -> tuple[Interval, float]:
        signal = rng.normal(size=200) + _APART * truth
        scores = signal + _NOISE * rng.normal(size=(3, 200)) - _APART / 2
        shares = norm.cdf(scores)
        predictions = np.stack([1 - shares, shares], axis=-1)
        return _samples(name, truth, predictions).interval().within(0.0, 1.0), expected

    return draw


def _average_precision(rare: int) -> float:
    """By drawing; its own error is a tenth of that of an experiment."""
    rng = np.random.default_rng(99)
    truth = (np.arange(200) < rare).astype(np.int64)
    scores = [
        rng.normal(size=200) + _APART * truth + _NOISE * rng.normal(size=200) for _ in range(4000)
    ]
    areas = [
        METRICS["pr_auc"].score(
            np.stack([1 - norm.cdf(each), norm.cdf(each)], axis=-1), truth, classes()
        )
        for each in scores
    ]
    return float(np.mean(areas))


def _forecasts() -> Iterator[Case]:
    for seeds in (2, 3, 10):
        for windows in (53, 500):
            for horizon, memory in ((1, 0.0), (1, 0.5), (1, 0.8), (24, 0.8)):
                ahead = f"{count_of(horizon, 'step')} ahead"
                setting = (
                    f"{seeds} seeds, {windows} windows, {ahead}, errors with an autocorrelation of "
                    f"{memory}"
                )
                is_hard = memory > 0.5
                yield Case(
                    "RMSE of windows",
                    setting,
                    _windows(seeds, windows, horizon, memory),
                    least=0.85 if is_hard else 0.92,
                    most=1.0 if seeds == 2 else 0.985,
                )
                yield Case(
                    "difference of RMSEs of windows",
                    setting,
                    _windows(seeds, windows, horizon, memory, pair=True),
                    least=0.9 if is_hard else 0.92,
                    most=1.0 if seeds == 2 else 0.985,
                )


def _windows(seeds: int, windows: int, horizon: int, memory: float, *, pair: bool = False) -> Draw:
    """Errors that two contenders share in part, each with its own, and noise of each seed."""
    at = np.arange(windows)[:, None] + np.arange(horizon)
    truth = np.zeros((windows, horizon))
    part = _part(numbers(window=24, horizon=horizon), truth)

    def scored(rng: Rng, errors: Doubles) -> ScoreSamples:
        noise = 0.3 * rng.normal(size=(seeds, windows, horizon))
        return samples_of(part, list(errors[at][None] + noise), METRICS["rmse"])

    def draw(rng: Rng) -> tuple[Interval, float]:
        steps = windows + horizon
        common = _autoregressive(rng, steps, memory)
        if not pair:
            return scored(rng, common).interval(), float(np.sqrt(1 + 0.3**2))
        mine, other = (
            scored(rng, common + 0.5 * _autoregressive(rng, steps, memory)) for _ in range(2)
        )
        return mine.minus(other).interval(), 0.0

    return draw


def _autoregressive(rng: Rng, steps: int, memory: float) -> Doubles:
    """A stationary series of variance 1, (steps,)."""
    shocks = np.sqrt(1 - memory**2) * rng.normal(size=steps + 100)
    return np.asarray(lfilter([1.0], [1.0, -memory], shocks)[100:])


def _times() -> Iterator[Case]:
    for runs in (1, 2, 3, 5, 10, 20):
        yield Case(
            "ratio of times",
            f"{runs} runs of 8 rounds" + (", for this run alone" if runs == 1 else ""),
            _ratio(runs, between=0.0 if runs == 1 else 0.03),
        )
    yield Case("ratio of times", "3 runs of 4, 8 and 20 rounds", _ratio(3, 0.03, (4, 8, 20)))
    yield Case("ratio of latencies over segments", "10 segments of 40 pairs", _segments)
    for rounds in (6, 9, 30):
        yield Case(
            "time of a step, median over rounds", f"{rounds} rounds", _median(rounds), most=1.0
        )


def _ratio(runs: int, between: float, rounds: tuple[int, ...] = ()) -> Draw:
    counts = rounds or (8,) * runs

    def draw(rng: Rng) -> tuple[Interval, float]:
        groups = np.repeat(np.arange(len(counts)), counts)
        by_run = between * rng.normal(size=len(counts))
        logs = by_run[groups] + 0.02 * rng.normal(size=len(groups))
        return geometric_mean(0.8 * np.exp(logs), groups), 0.8

    return draw


def _segments(rng: Rng) -> tuple[Interval, float]:
    by_segment = 0.02 * rng.normal(size=(10, 1))
    first = np.exp(by_segment + 0.05 * rng.normal(size=(10, 40)))
    return ratio_over_segments(first, np.ones((10, 40))), 1.0


def _median(rounds: int) -> Draw:
    return lambda rng: (median_interval(np.exp(rng.normal(size=rounds))), 1.0)


def _limits() -> Iterator[Case]:
    for seeds in (3, 5, 10):
        for examples in (53, 500):
            yield Case(
                "limit set by the test set",
                f"{seeds} seeds, {examples} examples",
                _limit(seeds, examples),
                most=1.0,
            )


def _limit(seeds: int, examples: int) -> Draw:
    """The mean of many networks on these test examples, against all possible examples."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        by_example = rng.normal(size=examples)
        values = by_example + 3 * rng.normal(size=(seeds, examples))
        plan = plan_seeds(values)
        assert plan is not None
        mean = float(by_example.mean())
        return Interval(mean, mean - plan.floor, mean + plan.floor), 0.0

    return draw


def _samples(name: str, truth: np.ndarray, predictions: Doubles) -> ScoreSamples:
    return samples_of(_part(classes(), truth), list(predictions), METRICS[name])


def _part(preprocessing: Preprocessing, truth: np.ndarray) -> FoldRecord:
    return FoldRecord(
        fold_id=SINGLE_SPLIT,
        part_sizes={"training": 100, "validation": 10, "test": len(truth)},
        preprocessing=preprocessing,
        test_truth=truth,
        test_positions=np.arange(len(truth)),
        baselines=(),
    )

"""Time and memory: what a training step of each contender costs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.analysis.intervals import (
    LEVEL,
    Interval,
    geometric_mean,
    mean_over_seeds,
    median_interval,
    nothing,
)
from studio.analysis.steadiness import steadiness
from studio.analysis.values import ended_runs
from studio.analysis.verdicts import UNDECIDED, CostVerdict, Decision
from studio.analysis.words import counted, figure, served, unequal, with_interval
from studio.core.arrays import Doubles
from studio.core.events import Pair, TrainingMemory
from studio.core.history import ComparisonHistory, ContenderHistory

SAME_TIME = 1.02
"""Ratios of times up to this count as practically the same."""

_ENOUGH_ROUNDS = 5

Rounds = dict[tuple[Pair, int], float]


def rounds(contender: ContenderHistory) -> Rounds:
    """Median seconds of a step by pair and turn; the first turn of each run is left out.

    In its first turn a run still fills caches and lets the allocator grow.
    """
    medians: Rounds = {}
    for run in contender.runs:
        turns = defaultdict(list)
        for timing in run.timings:
            turns[timing.turn].append(timing.seconds)
        for turn in sorted(turns)[1:]:
            seconds = np.concatenate(turns[turn]).astype(np.float64)
            if len(seconds) and (median := float(np.median(seconds))) > 0:
                medians[run.run.pair, turn] = median
    return medians


def step_time(contender: ContenderHistory) -> Interval:
    """Milliseconds of a training step: the median over rounds with its interval."""
    return median_interval(np.array(list(rounds(contender).values())) * 1000)


def epoch_time(contender: ContenderHistory) -> Interval:
    """Seconds of an epoch's steps: the median over epochs with its interval."""
    durations = [
        np.diff([0.0, *(epoch.seconds for epoch in run.epochs)])
        for run in contender.runs
        if run.epochs
    ]
    return median_interval(np.concatenate(durations)) if durations else nothing()


def training_time(contender: ContenderHistory) -> Interval:
    """Seconds of training: the mean over the ended runs with its interval over seeds."""
    seconds = np.array([run.seconds for run in ended_runs(contender)])
    return mean_over_seeds(seconds).within(0.0, np.inf)


def training_memory(contender: ContenderHistory) -> TrainingMemory | None:
    """Bytes of a training step, from the first run that has started; None before."""
    return next((run.memory for run in contender.runs if run.memory is not None), None)


@dataclass(frozen=True)
class TimeRatio:
    """How long a step of one contender takes, as a multiple of another's.

    Attributes:
        ratio: The geometric mean over rounds with its interval.
        rounds: Rounds in which both ran.
        milliseconds: Of a step of the other, geometric mean over the same rounds.
    """

    ratio: Interval
    rounds: int
    milliseconds: float

    @property
    def difference(self) -> Interval:
        """The same as milliseconds more."""
        low, value, high = (
            self.milliseconds * (each - 1)
            for each in (self.ratio.low, self.ratio.value, self.ratio.high)
        )
        return Interval(value, low, high)


def time_ratio(
    first: ContenderHistory, second: ContenderHistory, level: float = LEVEL
) -> TimeRatio | None:
    """First's time as a multiple of second's, from rounds in which both ran; None without any.

    Ratios are taken within a round, so that a machine that slows down for both changes nothing.

    Args:
        first: A contender.
        second: Another.
        level: Of the ratio's interval.
    """
    ours, theirs = rounds(first), rounds(second)
    common = sorted(ours.keys() & theirs.keys())
    if not common:
        return None
    mine = np.array([ours[key] for key in common])
    other = np.array([theirs[key] for key in common])
    numbers = {pair: number for number, (pair, _) in enumerate(common)}
    runs = np.array([numbers[pair] for pair, _ in common])
    return ratio_of_times(mine, other, runs, level)


def ratio_of_times(
    first: Doubles, second: Doubles, groups: NDArray[Any], level: float = LEVEL
) -> TimeRatio:
    """The same from seconds of a step, one of each for every round.

    Args:
        first: (rounds,).
        second: (rounds,).
        groups: To which pair of runs each round belongs, (rounds,).
        level: Of the ratio's interval.
    """
    milliseconds = float(np.exp(np.log(second).mean())) * 1000
    return TimeRatio(geometric_mean(first / second, groups, level), len(first), milliseconds)


def compare_times(history: ComparisonHistory) -> tuple[CostVerdict, ...]:
    """A verdict about the time of a step for each pair of contenders."""
    return tuple(
        _time_verdict(history, first, second)
        for first, second in combinations(history.contenders, 2)
    )


def _time_verdict(
    history: ComparisonHistory, first: ContenderHistory, second: ContenderHistory
) -> CostVerdict:
    names = (first.name, second.name)
    found = time_ratio(first, second)
    if found is None:
        finding = f"{names[0]} and {names[1]} ran in no round together: undecided."
        return CostVerdict("step_ms", *names, nothing(), UNDECIDED, finding)
    decision = faster(found, names)
    ratio = f"a step of {names[0]} takes {with_interval(found.ratio)} times as long as one of"
    finding = f"{ratio} {names[1]}: {_time_words(decision, found)}."
    basis = (
        f"{counted(found.rounds, 'round')}.",
        steadiness(history, names).sentence,
        served(history, names),
        unequal(history, names),
    )
    return CostVerdict(
        "step_ms", *names, found.difference, decision, finding, tuple(filter(None, basis))
    )


def faster(found: TimeRatio, names: tuple[str, str]) -> Decision:
    """Which of two contenders takes less time, if that can be told."""
    ratio = found.ratio
    if found.rounds < _ENOUGH_ROUNDS or not ratio.is_known:
        return UNDECIDED
    if ratio.low == ratio.high == 1:
        return Decision("identical")
    if ratio.low >= 1 / SAME_TIME and ratio.high <= SAME_TIME:
        return Decision("tie")
    if ratio.low > 1 or ratio.high < 1:
        return Decision("better", names[0] if ratio.value < 1 else names[1])
    return UNDECIDED


def _time_words(decision: Decision, found: TimeRatio) -> str:
    if decision.kind == "better":
        return f"{decision.name} is faster"
    if decision.kind in {"tie", "identical"}:
        return "practically the same"
    if found.rounds < _ENOUGH_ROUNDS:
        return "too few rounds to say"
    return "the machine is too noisy to say"


def compare_memory(history: ComparisonHistory) -> tuple[CostVerdict, ...]:
    """A verdict about training memory for each pair of contenders that have started."""
    verdicts = (
        _memory_verdict(history, first, second)
        for first, second in combinations(history.contenders, 2)
    )
    return tuple(verdict for verdict in verdicts if verdict is not None)


def _memory_verdict(
    history: ComparisonHistory, first: ContenderHistory, second: ContenderHistory
) -> CostVerdict | None:
    mine, other = training_memory(first), training_memory(second)
    if mine is None or other is None:
        return None
    names = (first.name, second.name)
    difference = mine.total - other.total
    decision = Decision("identical")
    if difference:
        decision = Decision("better", names[0] if difference < 0 else names[1])
    less = f"{decision.name} needs less" if decision.name else "the same"
    finding = (
        f"{names[0]} {figure(mine.total / 1e6, mine.total / 1e7)} MB, "
        f"{names[1]} {figure(other.total / 1e6, other.total / 1e7)} MB: {less}."
    )
    basis = ("An exact count of one step.", *_peaks(names, (mine, other)), served(history, names))
    return CostVerdict("memory_bytes", *names, nothing(difference), decision, finding, basis)


def _peaks(names: Sequence[str], memories: Sequence[TrainingMemory]) -> tuple[str, ...]:
    """What CUDA held in all, where it trained; a sentence."""
    peaks = [memory.device_peak for memory in memories]
    known = [
        f"{name} {figure(peak / 1e6, peak / 1e7)} MB"
        for name, peak in zip(names, peaks, strict=True)
        if peak is not None
    ]
    if len(known) < len(peaks):
        return ()
    return (f"With temporary buffers CUDA held at most {' and '.join(known)} in that step.",)

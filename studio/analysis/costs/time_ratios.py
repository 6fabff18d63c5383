"""Time and memory of a training step, and verdicts on them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.analysis.basis import (
    Basis,
    DevicePeak,
    ExactCount,
    Rounds,
    engine_inequality,
    execution,
)
from studio.analysis.costs.timing_stability import timing_stability
from studio.analysis.intervals import (
    LEVEL,
    Interval,
    geometric_mean,
    mean_over_seeds,
    median_interval,
    no_interval,
)
from studio.analysis.scores.influence_values import ended_runs
from studio.analysis.scores.verdicts import UNDECIDED, CostVerdict, Decision
from studio.analysis.wording import format_figure, with_interval
from studio.core.arrays import Doubles
from studio.core.results.events import PairId, TrainingMemory
from studio.core.results.history import ComparisonHistory, ContenderHistory

SAME_TIME = 1.02
"""Time ratios up to this count as practically the same."""

_ENOUGH_ROUNDS = 5

SecondsByRound = dict[tuple[PairId, int], float]


def seconds_by_round(contender: ContenderHistory) -> SecondsByRound:
    """Median seconds of a step by pair and turn, without the first turn of each run.

    In its first turn a run still warms up caches and the allocator.
    """
    medians: SecondsByRound = {}
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
    return median_interval(np.array(list(seconds_by_round(contender).values())) * 1000)


def epoch_time(contender: ContenderHistory) -> Interval:
    """Seconds of an epoch's steps: the median over epochs with its interval."""
    durations = [
        np.diff([0.0, *(epoch.seconds for epoch in run.epochs)])
        for run in contender.runs
        if run.epochs
    ]
    taken = np.concatenate(durations) if durations else np.empty(0)
    taken = taken[np.isfinite(taken)]
    return median_interval(taken) if len(taken) else no_interval()


def training_time(contender: ContenderHistory) -> Interval:
    """Seconds of training: the mean over finished runs with its interval over seeds."""
    seconds = np.array([run.seconds for run in ended_runs(contender)])
    return mean_over_seeds(seconds[np.isfinite(seconds)]).within(0.0, np.inf)


def training_memory(contender: ContenderHistory) -> TrainingMemory | None:
    """Bytes of a training step, from the first run that has started; None before."""
    return next((run.memory for run in contender.runs if run.memory is not None), None)


@dataclass(frozen=True)
class TimeRatio:
    """How long a step of one contender takes, as a multiple of another's.

    Attributes:
        ratio: The geometric mean over rounds with its interval.
        rounds: Rounds in which both ran.
        runs: Pairs of runs that these rounds belong to.
        milliseconds: A step of the other, geometric mean over the same rounds.
    """

    ratio: Interval
    rounds: int
    runs: int
    milliseconds: float

    @property
    def difference(self) -> Interval:
        """The difference in milliseconds."""
        low, value, high = (
            self.milliseconds * (ratio - 1)
            for ratio in (self.ratio.low, self.ratio.value, self.ratio.high)
        )
        return Interval(value, low, high)


def time_ratio(
    first: ContenderHistory, second: ContenderHistory, level: float = LEVEL
) -> TimeRatio | None:
    """First's time as a multiple of second's, from rounds in which both ran; None without any.

    Ratios are taken within a round, so that they do not change when the machine slows down.

    Args:
        first: A contender.
        second: Another.
        level: Confidence level of the ratio's interval.
    """
    by_round_first, by_round_second = seconds_by_round(first), seconds_by_round(second)
    common = sorted(by_round_first.keys() & by_round_second.keys())
    if not common:
        return None
    first_seconds = np.array([by_round_first[key] for key in common])
    second_seconds = np.array([by_round_second[key] for key in common])
    numbers = {pair: number for number, (pair, _) in enumerate(common)}
    runs = np.array([numbers[pair] for pair, _ in common])
    return ratio_of_times(first_seconds, second_seconds, runs, level)


def ratio_of_times(
    first: Doubles, second: Doubles, groups: NDArray[Any], level: float = LEVEL
) -> TimeRatio:
    """The same from seconds of a step of each, one per round.

    Args:
        first: (rounds,).
        second: (rounds,).
        groups: The pair of runs that each round belongs to, (rounds,).
        level: Confidence level of the ratio's interval.
    """
    milliseconds = float(np.exp(np.log(second).mean())) * 1000
    ratio = geometric_mean(first / second, groups, level)
    return TimeRatio(ratio, len(first), len(np.unique(groups)), milliseconds)


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
    measured = time_ratio(first, second)
    if measured is None:
        finding = f"inconclusive: {names[0]} and {names[1]} did not run in a common round."
        return CostVerdict("step_ms", *names, no_interval(), UNDECIDED, finding)
    decision = faster(measured, names)
    ratio = f"one step of {names[0]} takes {with_interval(measured.ratio)} times as long as one of"
    finding = f"{ratio} {names[1]}: {_time_words(decision, measured)}."
    items: tuple[Basis | None, ...] = (
        Rounds(measured.rounds, measured.runs),
        timing_stability(history, names),
        execution(history, names),
        engine_inequality(history, names),
    )
    basis = tuple(item for item in items if item is not None)
    return CostVerdict("step_ms", *names, measured.difference, decision, finding, basis)


def faster(measured: TimeRatio, names: tuple[str, str]) -> Decision:
    """Which of two contenders takes less time, or UNDECIDED."""
    ratio = measured.ratio
    if measured.rounds < _ENOUGH_ROUNDS or not ratio.is_known:
        return UNDECIDED
    if ratio.low == ratio.high == 1:
        return Decision("identical")
    if ratio.low >= 1 / SAME_TIME and ratio.high <= SAME_TIME:
        return Decision("tie")
    if ratio.low > 1 or ratio.high < 1:
        return Decision("better", names[0] if ratio.value < 1 else names[1])
    return UNDECIDED


def _time_words(decision: Decision, measured: TimeRatio) -> str:
    if decision.kind == "better":
        return f"{decision.name} is faster"
    if decision.kind in {"tie", "identical"}:
        return "practically the same"
    if measured.rounds < _ENOUGH_ROUNDS:
        return "inconclusive (too few rounds)"
    return "inconclusive (the timings vary too much)"


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
    memory_first, memory_second = training_memory(first), training_memory(second)
    if memory_first is None or memory_second is None:
        return None
    names = (first.name, second.name)
    difference = memory_first.total - memory_second.total
    decision = Decision("identical")
    if difference:
        decision = Decision("better", names[0] if difference < 0 else names[1])
    less = f"{decision.name} needs less" if decision.name else "the same"
    first_mb, second_mb = (
        format_figure(memory.total / 1e6, memory.total / 1e7)
        for memory in (memory_first, memory_second)
    )
    finding = f"{names[0]} {first_mb} MB, {names[1]} {second_mb} MB: {less}."
    basis: tuple[Basis, ...] = (
        ExactCount(),
        *_peaks(names, (memory_first, memory_second)),
        execution(history, names),
    )
    return CostVerdict("memory_bytes", *names, no_interval(difference), decision, finding, basis)


def _peaks(names: Sequence[str], memories: Sequence[TrainingMemory]) -> tuple[DevicePeak, ...]:
    """The most bytes that CUDA held, where all contenders trained on it."""
    peaks = zip(names, (memory.device_peak for memory in memories), strict=True)
    known = tuple((name, peak) for name, peak in peaks if peak is not None)
    return (DevicePeak(known),) if len(known) == len(names) else ()

"""Figures and names as verdicts say them."""

import math
from collections.abc import Sequence

from studio.analysis.intervals import Interval
from studio.core.events import Pair
from studio.core.history import ComparisonHistory

_DIGITS = 2
_NOTHING = 1e-9


def figure(value: float, like: float) -> str:
    """A number with as many decimals as give `like` two digits, with a real minus sign."""
    size = abs(like)
    if size < _NOTHING * abs(value):  # an interval of no width but for rounding
        size = abs(value) / 10
    decimals = _DIGITS
    if math.isfinite(size) and size > 0:
        decimals = max(0, _DIGITS - 1 - math.floor(math.log10(size)))
    text = f"{value:.{min(decimals, 12)}f}"
    if not float(text):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def with_interval(interval: Interval, unit: str = "") -> str:
    """Such as "0.002 °C (95 % 0.001 to 0.003)"."""
    after = f" {unit}" if unit else ""
    if not interval.is_known:
        return f"{figure(interval.value, interval.value)}{after} (no interval)"
    half = (interval.high - interval.low) / 2 or abs(interval.value)
    value, low, high = (figure(v, half) for v in (interval.value, interval.low, interval.high))
    return f"{value}{after} (95 % {low} to {high})"


def with_brackets(interval: Interval) -> str:
    """Such as "0.13 [0.12, 0.15]"; "" where nothing is known."""
    if math.isnan(interval.value):
        return ""
    if not interval.is_known:
        return figure(interval.value, interval.value / 10)
    half = (interval.high - interval.low) / 2 or abs(interval.value) / 10
    value, low, high = (figure(v, half) for v in (interval.value, interval.low, interval.high))
    return f"{value} [{low}, {high}]"


def counted(count: int, noun: str) -> str:
    """Such as "1 seed" or "3,000 steps"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """Such as "GRU, LSTM and RNN"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def tuning(history: ComparisonHistory) -> str:
    """How the contenders came to their learning rates."""
    spec = history.spec
    own = ", ".join(f"{each.name} {each.lr or spec.training.lr:g}" for each in spec.contenders)
    if spec.tried is not None:
        among = listed([f"{rate:g}" for rate in spec.tried])
        return (
            f"Learning rates chosen for each among {among} by the validation loss of one run "
            f"with another seed: {own}."
        )
    if any(each.lr is not None for each in spec.contenders):
        return f"At the learning rates {own}, not tuned."
    return f"At one learning rate, {spec.training.lr:g}, not tuned."


def rule_of(history: ComparisonHistory, pairs: Sequence[Pair]) -> str:
    """By which folds and with which test contenders are judged, a sentence; "" without folds."""
    if not history.further:
        return ""
    task = history.spec.task
    used = len({pair.division for pair in pairs})
    if history.is_in_time:
        return (
            f"{used} of {task.folds} blocks in time order, each behind a training part that has "
            "grown by those before, are judged as one test part, by seeds and stretches of time."
        )
    times = f" of {task.repeats} repetitions" if task.repeats > 1 else ""
    return (
        f"{used} of {len(history.divisions)} folds{times}, which share training examples: judged "
        "by the corrected resampled t-test (Nadeau and Bengio)."
    )


def budget_of(history: ComparisonHistory, names: Sequence[str]) -> str:
    """How far each got in the training time that all had, a sentence; "" without a budget."""
    seconds = history.spec.training_in_force.seconds
    if seconds is None:
        return ""
    ways = {name: f" on {_ways(history, name)}" for name in names}
    together = len(set(ways.values())) == 1
    got = [f"{name} {_steps(history, name)}{'' if together else ways[name]}" for name in names]
    return (
        f"Matched by time: each run trained for {seconds:g} s of steps of its own, "
        f"{listed(got)}{ways[names[0]] if together else ''}; another machine or hour gives "
        "other steps."
    )


def _steps(history: ComparisonHistory, name: str) -> str:
    runs = [run for run in history.contender(name).runs if run.has_ended and run.epochs]
    steps = [run.epochs[-1].step for run in runs]
    if not steps:
        return "no steps yet"
    low, high = min(steps), max(steps)
    return counted(low, "step") if low == high else f"{low:,} to {high:,} steps"


def served(history: ComparisonHistory, names: Sequence[str]) -> str:
    """With what the named contenders were computed, in words."""
    ways = {name: _ways(history, name) for name in names}
    if len(set(ways.values())) == 1:
        return f"Computed with {ways[names[0]]}."
    each = "; ".join(f"{name} with {way}" for name, way in ways.items())
    return f"Not under equal conditions: {each}."


def unequal(history: ComparisonHistory, names: Sequence[str]) -> str:
    """What the engines of the named contenders do not do alike for all cells, or ""."""
    runs = (run for name in names for run in history.contender(name).runs)
    return " ".join(dict.fromkeys(run.served.unequal for run in runs if run.served)).strip()


def _ways(history: ComparisonHistory, name: str) -> str:
    started = (run.served for run in history.contender(name).runs if run.served is not None)
    found = {
        f"engine {each.engine} on {each.device}, {counted(each.threads, 'thread')}"
        for each in started
    }
    return " or ".join(sorted(found)) or "an unknown engine"

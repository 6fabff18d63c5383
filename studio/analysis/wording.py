"""The wording of numbers, names and the basis of verdicts."""

import math
from collections.abc import Iterable, Sequence
from functools import singledispatch

from studio.analysis.basis import (
    ALPHA,
    Basis,
    DevicePeak,
    EngineInequality,
    ExactCount,
    Execution,
    Folds,
    InterimLooks,
    LearningRates,
    LeftOut,
    LeftOutRun,
    OneExampleDecides,
    PairsTogether,
    Rounds,
    Samples,
    ShortReceptiveFields,
    StillImproving,
    TimeLimit,
    TimingStability,
    TrainedLonger,
)
from studio.analysis.intervals import Interval
from studio.core.specs.size_mismatch import SizeMismatch

_DIGITS = 2
_NOTHING = 1e-9
_MOST_NAMED = 6


def format_figure(value: float, like: float) -> str:
    """A number with as many decimals as give `like` two digits, with a typographic minus."""
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
        return f"{format_figure(interval.value, interval.value)}{after} (no interval)"
    half = (interval.high - interval.low) / 2 or abs(interval.value)
    value, low, high = (
        format_figure(v, half) for v in (interval.value, interval.low, interval.high)
    )
    return f"{value}{after} (95 % {low} to {high})"


def with_brackets(interval: Interval) -> str:
    """Such as "0.13 [0.12, 0.15]"; "" where nothing is known."""
    if math.isnan(interval.value):
        return ""
    if not interval.is_known:
        return format_figure(interval.value, interval.value / 10)
    half = (interval.high - interval.low) / 2 or abs(interval.value) / 10
    value, low, high = (
        format_figure(v, half) for v in (interval.value, interval.low, interval.high)
    )
    return f"{value} [{low}, {high}]"


def count_of(count: int, noun: str) -> str:
    """Such as "1 seed" or "3,000 steps"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def join_names(names: Sequence[str]) -> str:
    """Such as "GRU, LSTM and RNN"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def basis_sentences(basis: Iterable[Basis]) -> tuple[str, ...]:
    """A sentence for each item of the basis that has something to say."""
    return tuple(filter(None, map(basis_sentence, basis)))


@singledispatch
def basis_sentence(basis: Basis) -> str:
    """A sentence for one item of a verdict's basis, or ""."""
    raise TypeError(basis)


@basis_sentence.register
def _(basis: LeftOut) -> str:
    named = [_left_out(run) for run in basis.runs[:_MOST_NAMED]]
    if len(basis.runs) > _MOST_NAMED:
        named.append(f"and {len(basis.runs) - _MOST_NAMED} more")
    return f"Left out {count_of(len(basis.runs), 'run')}: {'; '.join(named)}."


@basis_sentence.register
def _(basis: SizeMismatch) -> str:
    return str(basis)


@basis_sentence.register
def _(basis: ShortReceptiveFields) -> str:
    return " ".join(f"{field}." for field in basis.fields)


@basis_sentence.register
def _(basis: EngineInequality) -> str:
    del basis
    return (
        "On the CPU, torch.nn runs the LSTM in a fused kernel but other cells as many small "
        "operations: the times compare kernels as much as cells."
    )


@basis_sentence.register
def _(basis: Samples) -> str:
    seeds, examples = count_of(basis.seeds, "seed"), count_of(basis.examples, "test example")
    return f"Based on {seeds} and {examples}."


@basis_sentence.register
def _(basis: PairsTogether) -> str:
    return f"{basis.count} pairs are judged together (Holm-corrected)."


@basis_sentence.register
def _(basis: Rounds) -> str:
    return (
        f"Based on {count_of(basis.count, 'round')} of {count_of(basis.runs, 'pair')} of runs. "
        "Another start of the program, or another day, may differ by more than the interval."
    )


@basis_sentence.register
def _(basis: ExactCount) -> str:
    del basis
    return "An exact count for one training step."


@basis_sentence.register
def _(basis: DevicePeak) -> str:
    peaks = [
        f"{name} {format_figure(peak / 1e6, peak / 1e7)} MB" for name, peak in basis.contenders
    ]
    return f"Including temporary buffers, CUDA held at most {join_names(peaks)} in that step."


@basis_sentence.register
def _(basis: Execution) -> str:
    ways = {way for _, way in basis.contenders}
    if len(ways) == 1:
        return f"Computed by {ways.pop()}."
    by_name = "; ".join(f"{name} by {way}" for name, way in basis.contenders)
    return f"Not computed under equal conditions: {by_name}."


def _left_out(run: LeftOutRun) -> str:
    if run.lacks_partner:
        return f"{run.run} has no partner"
    words = {
        "failed": "failed",
        "stopped": "was stopped",
        "running": "has not ended",
        "waiting": "has not started",
    }
    reason = f" ({run.reason})" if run.reason else ""
    return f"{run.run} {words.get(run.status, 'has no test result')}{reason}"


@basis_sentence.register
def _(folds: Folds) -> str:
    if folds.in_time:
        return (
            f"{folds.used} of {folds.count} expanding-window folds are judged as one test set, by "
            "seeds and blocks of time."
        )
    repeats = f" from {folds.repeats} repeats" if folds.repeats > 1 else ""
    return (
        f"{folds.used} of {folds.count} folds{repeats}, which share training examples: judged by "
        "the corrected resampled t-test (Nadeau and Bengio)."
    )


@basis_sentence.register
def _(looks: InterimLooks) -> str:
    if not looks.planned:
        return ""
    seeds = ", ".join(map(str, looks.planned[: looks.taken]))
    count = f"Interim look {looks.taken} of at most {len(looks.planned)}, after {seeds} seeds"
    level = f"judged at {looks.level:.2g} instead of {ALPHA} (Bonferroni)"
    rate = f"false positives at {100 * looks.most_false_positives:.0f} % or below"
    if looks.before is None:
        return f"{count} as planned; each is {level}, which keeps {rate}."
    return (
        f"More seeds were added after the verdict of {looks.before} seeds, judged at {ALPHA}, had "
        f"been seen. {count}; each look after the first is {level}. In all, this keeps {rate}, "
        f"not at {100 * ALPHA:.0f} %."
    )


@basis_sentence.register
def _(limit: TimeLimit) -> str:
    is_alike = len({contender.computed_by for contender in limit.contenders}) == 1
    steps = []
    for contender in limit.contenders:
        way = "" if is_alike else f" by {contender.computed_by}"
        steps.append(f"{contender.name} {_step_range(contender.steps)}{way}")
    together = f" by {limit.contenders[0].computed_by}" if is_alike else ""
    return (
        f"Matched by training time: {limit.seconds:g} s of its own steps for each run, "
        f"{join_names(steps)}{together}; on another machine or day the number of steps differs."
    )


def _step_range(steps: tuple[int, int] | None) -> str:
    if steps is None:
        return "no steps yet"
    low, high = steps
    return count_of(low, "step") if low == high else f"{low:,} to {high:,} steps"


_SEARCHED = {
    "lr": "learning rate",
    "hidden_size": "hidden size",
    "num_layers": "layers",
    "dropout": "dropout",
    "weight_decay": "weight decay",
    "forget_bias": "forget bias",
}


@basis_sentence.register
def _(learning: LearningRates) -> str:
    rates = learning.rates
    own = ", ".join(f"{name} {rate:g}" for name, rate in rates)
    if learning.searched:
        names = join_names([_SEARCHED.get(name, name) for name in learning.searched])
        return (
            f"Tuned on the validation set with {count_of(learning.trials, 'trial')} of each "
            f"contender, with other seeds: {names}."
        )
    if learning.tried is not None:
        choices = join_names([f"{rate:g}" for rate in learning.tried])
        return (
            f"Learning rates chosen from {choices} by the validation loss of one run per "
            f"contender with another seed: {own}."
        )
    if len({rate for _, rate in rates}) > 1:
        return f"Learning rates {own}, not tuned."
    return f"One learning rate, {rates[0][1]:g}, not tuned."


@basis_sentence.register
def _(improving: StillImproving) -> str:
    were = "were" if len(improving.names) > 1 else "was"
    return (
        f"{join_names(improving.names)} {were} still improving when training ended: training "
        "longer may change the result."
    )


@basis_sentence.register
def _(one: OneExampleDecides) -> str:
    del one
    return "A class has a single test example, which decides this score, so it has no interval."


@basis_sentence.register
def _(longer: TrainedLonger) -> str:
    seen = join_names([f"{epochs:,}" for epochs in longer.seen])
    return f"Training went on after the results at {seen} epochs had been seen."


@basis_sentence.register
def _(stability: TimingStability) -> str:
    parts = []
    if stability.drifted:
        how = "slower" if stability.drift > 0 else "faster"
        parts.append(f"drifted (the machine became {abs(100 * stability.drift):.0f} % {how})")
    if stability.has_outliers:
        share = f"{100 * stability.outliers:.0f} % of the steps"
        parts.append(f"had outliers ({share} took over twice the median)")
    return f"Note: the timings {' and '.join(parts)}." if parts else ""

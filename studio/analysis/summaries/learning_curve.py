"""Score and training time over the size of the training set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from studio.analysis.basis import Execution, execution
from studio.analysis.costs.time_ratios import training_time
from studio.analysis.intervals import Interval
from studio.analysis.scores.comparing import baseline_interval, best_baseline, compare
from studio.analysis.scores.influence_values import ended_runs
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.score_samples import score_interval
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.analysis.summaries.comparability import comparison_key, training_examples
from studio.analysis.summaries.size_effects import SizeEffect, size_effects
from studio.analysis.summaries.suites import SuiteRow
from studio.analysis.wording import count_of, join_names
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import Metric, metrics_of
from studio.core.specs.training_sizes import ends_by_steps


@dataclass(frozen=True)
class ContenderAtSize:
    """A contender's results with a given number of training examples.

    Attributes:
        name: Its name.
        score: The main test metric with its interval; NaN where no run has finished.
        seconds: Training time with its interval over runs.
        steps: Training steps of its longest run.
    """

    name: str
    score: Interval
    seconds: Interval
    steps: int


@dataclass(frozen=True)
class SizePoint:
    """One size of the training set.

    Attributes:
        comparison: Its number in the session.
        examples: Number of training examples.
        contenders: Their results, in their order.
        baseline: Name and score of the best baseline at this size, or None.
        pairs: The outcome for each pair of contenders, Holm-corrected over the sizes.
        is_complete: Whether every run has finished or failed.
    """

    comparison: int
    examples: int
    contenders: tuple[ContenderAtSize, ...]
    baseline: tuple[str, Interval] | None
    pairs: tuple[SuiteRow, ...]
    is_complete: bool

    def pair(self, first: str, second: str) -> SuiteRow:
        """The outcome for two contenders; raises KeyError where they are no pair."""
        for row in self.pairs:
            if (row.verdict.first, row.verdict.second) == (first, second):
                return row
        raise KeyError(first, second)


@dataclass(frozen=True)
class LearningCurve:
    """Comparisons that differ only in the size of their training set.

    Attributes:
        metric: The main metric.
        unit: Its unit, or "".
        points: By increasing size; at least one.
        whole: Examples of the full training set; None where every point is a subset of it.
        budget: The training budget at each size, a sentence.
        remarks: What else differs between sizes, sentences.
        size_effects: How scores and differences change up to the largest size, from the largest
            one that is at most half as large, or from the next smaller one.
    """

    metric: Metric
    unit: str
    points: tuple[SizePoint, ...]
    whole: int | None
    budget: str
    remarks: tuple[str, ...]
    size_effects: tuple[SizeEffect, ...]

    @property
    def score_label(self) -> str:
        """Such as "test RMSE, °C"."""
        return f"test {self.metric.label}{f', {self.unit}' if self.unit else ''}"

    @property
    def contenders(self) -> tuple[str, ...]:
        return tuple(contender.name for contender in self.points[-1].contenders)

    @property
    def rule(self) -> str:
        """The best baseline, "best baseline" where it differs between sizes; "" if none."""
        names = {point.baseline[0] for point in self.points if point.baseline is not None}
        return names.pop() if len(names) == 1 else "best baseline" if names else ""

    def sentence(self, first: str, second: str) -> str:
        """Which contender is better at which sizes."""
        sizes_by_outcome: dict[str, list[str]] = {}
        for point in self.points:
            outcome = point.pair(first, second).words
            sizes_by_outcome.setdefault(outcome, []).append(f"{point.examples:,}")
        outcomes = "; ".join(
            f"{outcome} at {join_names(sizes)}" for outcome, sizes in sizes_by_outcome.items()
        )
        return (
            f"{outcomes[:1].upper()}{outcomes[1:]} training examples. Verdicts are Holm-corrected."
        )


def learning_curve(
    histories: Mapping[int, ComparisonHistory], comparison: int
) -> LearningCurve | None:
    """The learning curve that a comparison is part of; None where none of its runs has finished.

    Of two with the same size, the one with more finished runs counts, or the later one.

    Args:
        histories: All comparisons of a session by number.
        comparison: The number of the comparison.
    """
    current = histories[comparison]
    key = comparison_key(current)
    if key is None:
        return None
    by_size: dict[int, int] = {}
    for number, history in histories.items():
        if _finished_runs(history) and comparison_key(history) == key:
            rival = by_size.get(training_examples(history))
            if rival is None or _finished_runs(histories[rival]) <= _finished_runs(history):
                by_size[training_examples(history)] = number
    if not by_size:
        return None
    numbers = [by_size[size] for size in sorted(by_size)]
    curve = [histories[number] for number in numbers]
    metric = metrics_of(current.preprocessing)[0]
    return LearningCurve(
        metric,
        current.preprocessing.unit if metric.in_target_units else "",
        _points(numbers, curve, metric),
        next(
            (
                training_examples(history)
                for history in curve
                if history.spec.task.training_examples is None
            ),
            None,
        ),
        _budget(curve),
        _remarks(curve),
        size_effects(_earlier_size(curve), curve[-1], metric) if len(curve) > 1 else (),
    )


def _earlier_size(histories: Sequence[ComparisonHistory]) -> ComparisonHistory:
    """The largest at most half as large: a few more examples would hardly change anything."""
    *smaller, largest = histories
    at_most_half = [
        history
        for history in smaller
        if 2 * training_examples(history) <= training_examples(largest)
    ]
    return (at_most_half or smaller)[-1]


def _finished_runs(history: ComparisonHistory) -> int:
    return sum(len(ended_runs(contender)) for contender in history.contenders)


def _points(
    numbers: Sequence[int], histories: Sequence[ComparisonHistory], metric: Metric
) -> tuple[SizePoint, ...]:
    by_size = [compare(history, metric) for history in histories]
    by_pair = [_outcomes(numbers, histories, verdicts) for verdicts in zip(*by_size, strict=True)]
    return tuple(
        SizePoint(
            number,
            training_examples(history),
            tuple(_at_size(history, name, metric) for name in _names(history)),
            _baseline(history, metric),
            tuple(rows[index] for rows in by_pair),
            history.is_complete,
        )
        for index, (number, history) in enumerate(zip(numbers, histories, strict=True))
    )


def _outcomes(
    numbers: Sequence[int],
    histories: Sequence[ComparisonHistory],
    verdicts: Sequence[ScoreVerdict],
) -> tuple[SuiteRow, ...]:
    """The outcomes of one pair at every size."""
    return tuple(
        SuiteRow(number, history.dataset_name, verdict, outcome)
        for number, history, verdict, outcome in zip(
            numbers, histories, verdicts, outcomes_of(verdicts), strict=True
        )
    )


def _names(history: ComparisonHistory) -> tuple[str, ...]:
    return tuple(contender.name for contender in history.contenders)


def _at_size(history: ComparisonHistory, name: str, metric: Metric) -> ContenderAtSize:
    contender = history.contender(name)
    steps = [run.epochs[-1].step for run in ended_runs(contender) if run.epochs]
    return ContenderAtSize(
        name,
        score_interval(history, contender, metric),
        training_time(contender),
        max(steps, default=0),
    )


def _baseline(history: ComparisonHistory, metric: Metric) -> tuple[str, Interval] | None:
    rule = best_baseline(history, metric)
    return None if rule is None else (rule.name, baseline_interval(history, rule, metric))


def _budget(histories: Sequence[ComparisonHistory]) -> str:
    """The training budget: fewer steps must not pass for the effect of fewer examples."""
    spec = histories[-1].spec
    training = spec.training_in_force
    if training.seconds is not None:
        return f"Equal at every size: {training.seconds:g} s of training for each run."
    at_most = "at most " if training.patience is not None else ""
    if ends_by_steps(spec, training_examples(histories[-1])):
        return (
            f"Equal at every size: {at_most}{training.steps:,} steps for each run, so fewer "
            "examples mean more epochs."
        )
    epochs = count_of(training.epochs, "epoch")
    words = f"Equal at every size: {at_most}{epochs} for each run"
    if len(histories) == 1:
        return f"{words}, so fewer examples mean fewer steps."
    fewest, most = training_examples(histories[0]), training_examples(histories[-1])
    small, large = (_most_steps(history) for history in (histories[0], histories[-1]))
    return (
        f"{words}, so fewer examples mean fewer steps: {small:,} steps at "
        f"{fewest:,} examples, {large:,} at {most:,}. "
        "Set Steps to give every size the same number of steps."
    )


def _most_steps(history: ComparisonHistory) -> int:
    runs = (run for contender in history.contenders for run in ended_runs(contender))
    return max((run.epochs[-1].step for run in runs if run.epochs), default=0)


def _remarks(histories: Sequence[ComparisonHistory]) -> tuple[str, ...]:
    """What differs between sizes besides the number of examples."""
    remarks = []
    sizes = [len(history.preprocessing.vocabulary or ()) for history in histories]
    if len(set(sizes)) > 1:
        counts = join_names([f"{size:,}" for size in sizes])
        remarks.append(
            f"The vocabulary is fitted on each training set ({counts} symbols, by size): a smaller "
            "vocabulary makes the task easier."
        )
    if len({_computed_on(history) for history in histories}) > 1:
        remarks.append(
            "Sizes were computed under different conditions, so times are not comparable."
        )
    seeds = [history.spec.training.seeds for history in histories]
    if len(set(seeds)) > 1:
        remarks.append(f"Seeds by size: {join_names([str(count) for count in seeds])}.")
    return tuple(remarks)


def _computed_on(history: ComparisonHistory) -> tuple[Execution, str, str]:
    names = _names(history)
    environment = history.environment
    return execution(history, names), environment.get("cpu", ""), environment.get("gpu", "")


def pairs_of(curve: LearningCurve) -> tuple[tuple[str, str], ...]:
    """All pairs of contenders in their order."""
    return tuple(combinations(curve.contenders, 2))

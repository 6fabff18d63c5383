"""Score and training time over the size of the training part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from studio.analysis.claims import outcomes_of
from studio.analysis.comparing import baseline_interval, best_baseline, compare
from studio.analysis.costs import training_time
from studio.analysis.evidence import score_interval
from studio.analysis.growth import Change, changes
from studio.analysis.intervals import Interval
from studio.analysis.same_but_for_size import examples_of, likeness
from studio.analysis.suites import SuiteRow
from studio.analysis.values import ended_runs
from studio.analysis.verdicts import ScoreVerdict
from studio.analysis.words import counted, listed, served
from studio.core.history import ComparisonHistory
from studio.core.metrics import Metric, metrics_of
from studio.core.training_sizes import steps_end_it


@dataclass(frozen=True)
class ContenderAtSize:
    """What a contender came to on so many training examples.

    Attributes:
        name: Its name.
        score: The main test metric with its interval; NaN where no run has ended.
        seconds: Training time with its interval over runs.
        steps: Training steps of its longest run.
    """

    name: str
    score: Interval
    seconds: Interval
    steps: int


@dataclass(frozen=True)
class SizePoint:
    """One size of the training part.

    Attributes:
        comparison: Its number in the session.
        examples: Of the training part.
        contenders: In their order.
        baseline: Name and score of the best rule without learning at this size, or None.
        pairs: What follows for each pair of contenders, judged together with the other sizes.
        is_complete: Whether every run has ended or failed.
    """

    comparison: int
    examples: int
    contenders: tuple[ContenderAtSize, ...]
    baseline: tuple[str, Interval] | None
    pairs: tuple[SuiteRow, ...]
    is_complete: bool

    def pair(self, first: str, second: str) -> SuiteRow:
        """What follows for two contenders; raises KeyError where they are no pair."""
        for row in self.pairs:
            if (row.verdict.first, row.verdict.second) == (first, second):
                return row
        raise KeyError(first, second)


@dataclass(frozen=True)
class LearningCurve:
    """Comparisons that differ in nothing but the size of their training part.

    Attributes:
        metric: The main metric.
        unit: Its unit, or "".
        points: By rising size; at least one.
        whole: Examples of the whole training part; None where every point is of a part of it.
        budget: What each size was given to learn with, a sentence.
        remarks: What else is not equal at all sizes, sentences.
        changes: How scores and differences change up to the largest size, from the one before it
            that is at most half as large, or from the next smaller one.
    """

    metric: Metric
    unit: str
    points: tuple[SizePoint, ...]
    whole: int | None
    budget: str
    remarks: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def score_label(self) -> str:
        """Such as "test RMSE, °C"."""
        return f"test {self.metric.label}{f', {self.unit}' if self.unit else ''}"

    @property
    def contenders(self) -> tuple[str, ...]:
        """Their names, in their order."""
        return tuple(each.name for each in self.points[-1].contenders)

    @property
    def rule(self) -> str:
        """The best rule without learning, "best naive rule" where sizes differ; "" if none."""
        names = {each.baseline[0] for each in self.points if each.baseline is not None}
        return names.pop() if len(names) == 1 else "best naive rule" if names else ""

    def sentence(self, first: str, second: str) -> str:
        """At which sizes who is better, in words."""
        found: dict[str, list[str]] = {}
        for point in self.points:
            words = point.pair(first, second).words
            found.setdefault(words, []).append(f"{point.examples:,}")
        sizes = "; ".join(f"{words} at {listed(at)}" for words, at in found.items())
        return (
            f"{sizes[:1].upper()}{sizes[1:]} training examples. Winners are judged together (Holm)."
        )


def learning_curve(
    histories: Mapping[int, ComparisonHistory], comparison: int
) -> LearningCurve | None:
    """The learning curve that a comparison is part of; None where none of its runs has ended.

    Where two are alike in size too, the one with more ended runs counts, the later of equals.

    Args:
        histories: All comparisons of a session by number.
        comparison: The number of the one.
    """
    shown = histories[comparison]
    alike = likeness(shown)
    if alike is None:
        return None
    by_size: dict[int, int] = {}
    for number, each in histories.items():
        if _ended(each) and likeness(each) == alike:
            rival = by_size.get(examples_of(each))
            if rival is None or _ended(histories[rival]) <= _ended(each):
                by_size[examples_of(each)] = number
    if not by_size:
        return None
    numbers = [by_size[size] for size in sorted(by_size)]
    found = [histories[number] for number in numbers]
    metric = metrics_of(shown.preparation)[0]
    return LearningCurve(
        metric,
        shown.preparation.unit if metric.in_target_units else "",
        _points(numbers, found, metric),
        next((examples_of(e) for e in found if e.spec.task.training_examples is None), None),
        _budget(found),
        _remarks(found),
        changes(_before_the_last(found), found[-1], metric) if len(found) > 1 else (),
    )


def _before_the_last(histories: Sequence[ComparisonHistory]) -> ComparisonHistory:
    """Where the data was half as large at most: a few examples more could change nothing."""
    *before, last = histories
    halves = [each for each in before if 2 * examples_of(each) <= examples_of(last)]
    return (halves or before)[-1]


def _ended(history: ComparisonHistory) -> int:
    return sum(len(ended_runs(each)) for each in history.contenders)


def _points(
    numbers: Sequence[int], histories: Sequence[ComparisonHistory], metric: Metric
) -> tuple[SizePoint, ...]:
    at_sizes = [compare(each, metric) for each in histories]
    by_pair = [_judged(numbers, histories, each) for each in zip(*at_sizes, strict=True)]
    return tuple(
        SizePoint(
            number,
            examples_of(history),
            tuple(_at_size(history, name, metric) for name in _names(history)),
            _baseline(history, metric),
            tuple(rows[place] for rows in by_pair),
            history.is_complete,
        )
        for place, (number, history) in enumerate(zip(numbers, histories, strict=True))
    )


def _judged(
    numbers: Sequence[int],
    histories: Sequence[ComparisonHistory],
    verdicts: Sequence[ScoreVerdict],
) -> tuple[SuiteRow, ...]:
    """One pair at every size."""
    return tuple(
        SuiteRow(number, history.dataset_name, verdict, outcome)
        for number, history, verdict, outcome in zip(
            numbers, histories, verdicts, outcomes_of(verdicts), strict=True
        )
    )


def _names(history: ComparisonHistory) -> tuple[str, ...]:
    return tuple(each.name for each in history.contenders)


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
    """What runs were given at every size, so that nobody takes fewer steps for fewer examples."""
    spec = histories[-1].spec
    training = spec.training_in_force
    if training.seconds is not None:
        return f"Equal at every size: {training.seconds:g} s of training for each run."
    at_most = "at most " if training.patience is not None else ""
    if steps_end_it(spec, examples_of(histories[-1])):
        return (
            f"Equal at every size: {at_most}{training.steps:,} steps for each run, so that a small "
            "training part is gone through more often."
        )
    epochs = counted(training.epochs, "epoch")
    words = f"Equal at every size: {at_most}{epochs} for each run"
    if len(histories) == 1:
        return f"{words}, so fewer steps where there are fewer examples."
    small, large = (_most_steps(each) for each in (histories[0], histories[-1]))
    return (
        f"{words}, so fewer steps where there are fewer examples: {small:,} at "
        f"{examples_of(histories[0]):,}, {large:,} at {examples_of(histories[-1]):,}. "
        "With the setting Steps every size gets the same number of them."
    )


def _most_steps(history: ComparisonHistory) -> int:
    runs = (run for each in history.contenders for run in ended_runs(each))
    return max((run.epochs[-1].step for run in runs if run.epochs), default=0)


def _remarks(histories: Sequence[ComparisonHistory]) -> tuple[str, ...]:
    """What differs from size to size beside the number of examples."""
    found = []
    sizes = [len(each.preparation.vocabulary or ()) for each in histories]
    if len(set(sizes)) > 1:
        told = listed([f"{size:,}" for size in sizes])
        found.append(
            f"The vocabulary is fitted on each training part ({told} symbols, by size): the fewer "
            "it tells apart, the easier the rest is to foresee."
        )
    if len({_machine(each) for each in histories}) > 1:
        found.append("Not all sizes were computed alike, so times do not compare.")
    seeds = [each.spec.training.seeds for each in histories]
    if len(set(seeds)) > 1:
        found.append(f"Seeds by size: {listed([str(each) for each in seeds])}.")
    return tuple(found)


def _machine(history: ComparisonHistory) -> tuple[str, str, str]:
    names = _names(history)
    facts = history.environment
    return served(history, names), facts.get("cpu", ""), facts.get("gpu", "")


def pairs_of(curve: LearningCurve) -> tuple[tuple[str, str], ...]:
    """All pairs of contenders in their order."""
    return tuple(combinations(curve.contenders, 2))

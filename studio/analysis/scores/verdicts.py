"""Verdicts on two contenders, by test score, time and memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.analysis.basis import Basis, InterimLooks, OneExampleDecides, StillImproving
from studio.analysis.intervals import BOTH, FOLDS, Interval
from studio.analysis.scores.posterior import Posterior
from studio.analysis.wording import (
    basis_sentences,
    format_figure,
    join_names,
    with_interval,
)

Kind = Literal["better", "tie", "identical", "undecided", "baseline"]


@dataclass(frozen=True)
class Decision:
    """The outcome of comparing two contenders.

    Attributes:
        kind: "better": one is; "tie": they are practically the same; "identical": they are the
            same in every example; "undecided": the comparison is inconclusive; "baseline": a rule
            without learning is better than both.
        name: The better one, or the baseline; otherwise "".
    """

    kind: Kind
    name: str = ""


UNDECIDED = Decision("undecided")


@dataclass(frozen=True)
class BaselineComparison:
    """A contender compared with the best baseline.

    Attributes:
        contender: Its name.
        baseline: The rule's name.
        gap: Contender - baseline, with its 95 % interval.
        higher_is_better: The metric's direction.
        strict: The gap with the stricter interval of interim looks, where there are any.
    """

    contender: str
    baseline: str
    gap: Interval
    higher_is_better: bool
    strict: Interval | None = None

    @property
    def beats(self) -> bool:
        """Whether the contender is significantly better."""
        return self._is_certain and (self.gap.value > 0) == self.higher_is_better

    @property
    def loses(self) -> bool:
        """Whether the baseline is significantly better."""
        return self._is_certain and (self.gap.value > 0) != self.higher_is_better

    @property
    def sentence(self) -> str:
        names = f"{self.contender} − {self.baseline} = {with_interval(self.gap)}"
        if not self._is_judged:
            return f"{names}: one seed, or too few test examples, cannot tell."
        if self.beats:
            return f"{names}: {self.contender} beats the baseline."
        if self.loses:
            return f"{names}: the baseline is better."
        return f"{names}: no difference from the baseline was found."

    @property
    def _is_certain(self) -> bool:
        return (self.strict or self.gap).excludes_zero and self._is_judged

    @property
    def _is_judged(self) -> bool:
        """With a single seed neither is better."""
        return self.gap.covers in {BOTH, FOLDS}

    @property
    def is_behind(self) -> bool:
        """Whether the baseline has the better mean score, significant or not."""
        return self.gap.value != 0 and (self.gap.value > 0) != self.higher_is_better


@dataclass(frozen=True)
class ScoreVerdict:
    """A verdict on the test scores of two contenders.

    Attributes:
        metric: The metric's name in files.
        label: The metric's name for people.
        unit: Its unit, or "".
        higher_is_better: Its direction.
        first: A contender.
        second: Another.
        difference: First - second, paired by seed and test example.
        p: The p-value at which the interval of the difference would touch zero.
        posterior: Probabilities of a difference above, within and below the margin; None with
            one seed or one test example.
        margin: Differences up to this count as practically the same.
        decision: The outcome.
        seeds: The seeds whose runs have finished for both.
        examples: Number of test examples.
        pairs: Number of pairs of contenders that the Holm correction covers.
        standings: Both compared with the best baseline; empty where there is none.
        basis: What it is based on.
    """

    metric: str
    label: str
    unit: str
    higher_is_better: bool
    first: str
    second: str
    difference: Interval
    p: float
    posterior: Posterior | None
    margin: float
    decision: Decision
    seeds: tuple[int, ...]
    examples: int
    pairs: int
    standings: tuple[BaselineComparison, ...]
    basis: tuple[Basis, ...]

    @property
    def about(self) -> str:
        return self.metric

    @property
    def is_certain_alone(self) -> bool:
        """Whether the difference is significant without Holm's correction."""
        return self.difference.covers in {BOTH, FOLDS} and self.difference.excludes_zero

    @property
    def finding(self) -> str:
        """The result in a sentence that does not name the metric."""
        if not self.seeds:
            return f"{self.first} and {self.second} have not both finished any seed."
        if self.decision.kind == "identical":
            return f"{self.first} and {self.second} score the same on every example."
        difference = with_interval(self.difference, self.unit)
        return f"{self.first} − {self.second} = {difference}, {self._meaning()}."

    @property
    def odds(self) -> str:
        """A sentence with the probabilities of better, practically the same and worse, or ""."""
        if self.posterior is None or self.decision.kind == "identical":
            return ""
        first = self.posterior.of_first(higher_is_better=self.higher_is_better)
        second = self.posterior.of_second(higher_is_better=self.higher_is_better)
        return (
            f"Probability that {self.first} is better: {first:.2f}; practically the same: "
            f"{self.posterior.same:.2f}; {self.second} better: {second:.2f}."
        )

    @property
    def text(self) -> str:
        against = _against_baseline(self.standings)
        sentences = (f"{self.label}: {self.finding}", self.odds, against)
        return " ".join(filter(None, (*sentences, *basis_sentences(self.basis))))

    def _meaning(self) -> str:
        margin = f"the margin of {format_figure(self.margin, self.margin)}"
        if self.decision.kind == "tie":
            return f"within {margin}: practically the same"
        if self.decision.kind == "better":
            return f"{self.decision.name} is better"
        if self.decision.kind == "baseline":
            return f"but a baseline wins: {self.decision.name} is better than both"
        return f"inconclusive: {self._why_inconclusive(margin)}"

    def _why_inconclusive(self, margin: str) -> str:
        if self.difference.covers not in {BOTH, FOLDS}:
            if len(self.seeds) == 1:
                return "one seed cannot tell"
            if any(isinstance(item, OneExampleDecides) for item in self.basis):
                return "a single test example of a class decides"
            return "there are too few test examples to tell"
        improving = next((item for item in self.basis if isinstance(item, StillImproving)), None)
        if improving and improving.others and self.difference.excludes_zero:
            return (
                f"the interval excludes 0, but {improving.names[0]} was still improving when "
                f"training ended and {improving.others[0]} was not"
            )
        if self.difference.excludes_zero or self.difference.lies_within(self.margin):
            where = "excludes 0" if self.difference.excludes_zero else f"lies within {margin}"
            together = [f"all {self.pairs} pairs"] if self.pairs > 1 else []
            if any(isinstance(item, InterimLooks) for item in self.basis):
                together.append("several looks")
            return f"the interval {where}, but not once {join_names(together)} are accounted for"
        return f"the interval includes 0 and reaches beyond {margin}"


def _against_baseline(standings: tuple[BaselineComparison, ...]) -> str:
    if not standings:
        return ""
    baseline = standings[0].baseline
    if all(comparison.beats for comparison in standings):
        gaps = [abs(comparison.gap.value) for comparison in standings]
        by = join_names([format_figure(gap, min(gaps)) for gap in gaps])
        return f"Both beat {baseline}, by {by}."
    return " ".join(comparison.sentence for comparison in standings)


@dataclass(frozen=True)
class CostVerdict:
    """A verdict on time or memory.

    Attributes:
        about: "step_ms" or "memory_bytes".
        first: A contender.
        second: Another.
        difference: First - second, in milliseconds or bytes.
        decision: The outcome; the better one needs less.
        finding: The result in a sentence that does not name the quantity.
        basis: What it is based on.
    """

    about: str
    first: str
    second: str
    difference: Interval
    decision: Decision
    finding: str
    basis: tuple[Basis, ...] = ()

    @property
    def label(self) -> str:
        return "Time" if self.about == "step_ms" else "Training memory"

    @property
    def text(self) -> str:
        return " ".join((f"{self.label}: {self.finding}", *basis_sentences(self.basis)))


Verdict = ScoreVerdict | CostVerdict


def shared_basis(verdicts: Sequence[Verdict]) -> tuple[Basis, ...]:
    """What all of the verdicts have in common in their basis."""
    first, *others = verdicts
    return tuple(item for item in first.basis if all(item in other.basis for other in others))

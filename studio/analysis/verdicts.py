"""What may be said of two contenders, and nothing more than that."""

from dataclasses import dataclass
from typing import Literal

from studio.analysis.chances import Chances
from studio.analysis.intervals import BOTH, FOLDS, Interval
from studio.analysis.words import counted, figure, listed, with_interval

_MOST_NAMED = 6

Kind = Literal["better", "tie", "identical", "undecided", "baseline"]


@dataclass(frozen=True)
class Decision:
    """How a question between two contenders was decided.

    Attributes:
        kind: "better": one is; "tie": they are practically the same; "identical": they are the
            same in every example; "undecided": this comparison cannot tell; "baseline": a rule
            without learning is better than both.
        name: The better one, or the baseline; "" for the others.
    """

    kind: Kind
    name: str = ""


UNDECIDED = Decision("undecided")


@dataclass(frozen=True)
class Standing:
    """How a contender stands to the best baseline.

    Attributes:
        contender: Its name.
        baseline: The rule's name.
        gap: Contender - baseline, with its 95 % interval.
        higher_is_better: The metric's direction.
        strict: The same with the interval that decides where it is looked several times.
    """

    contender: str
    baseline: str
    gap: Interval
    higher_is_better: bool
    strict: Interval | None = None

    @property
    def beats(self) -> bool:
        """Whether the contender is the better one beyond doubt."""
        return self._is_certain and (self.gap.value > 0) == self.higher_is_better

    @property
    def loses(self) -> bool:
        """Whether the baseline is the better one beyond doubt."""
        return self._is_certain and (self.gap.value > 0) != self.higher_is_better

    @property
    def sentence(self) -> str:
        """The same in words."""
        names = f"{self.contender} − {self.baseline} = {with_interval(self.gap)}"
        if not self._is_judged:
            return f"{names}: one seed or too few test examples cannot tell."
        if self.beats:
            return f"{names}: it beats the baseline."
        if self.loses:
            return f"{names}: the baseline is better."
        return f"{names}: not told apart from the baseline."

    @property
    def _is_certain(self) -> bool:
        return (self.strict or self.gap).excludes_zero and self._is_judged

    @property
    def _is_judged(self) -> bool:
        """With one seed nothing is better, neither a contender nor the baseline."""
        return self.gap.covers in {BOTH, FOLDS}

    @property
    def is_behind(self) -> bool:
        """Whether the baseline has the better mean score, beyond doubt or not."""
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
        p: The level at which the interval of the difference would touch zero.
        chances: How probable a difference above, within and below the margin is; None where
            one seed or one test example cannot tell.
        margin: Differences up to this count as practically the same.
        decision: What follows.
        seeds: The seeds of which both runs have ended.
        examples: Test examples.
        pairs: How many pairs of contenders are judged together.
        left_out: Runs that could not enter, with the reason.
        standings: How both stand to the best baseline; empty where there is none.
        tuning: What tuning was done, a sentence.
        rule: By which folds and which test it was judged, a sentence, or "".
        budget: How far each got in the time that all had, a sentence, or "".
        looks: How many looks there were at it, a sentence, or "".
        sizes: What differs though the match is one of equal hidden sizes, a sentence, or "".
    """

    metric: str
    label: str
    unit: str
    higher_is_better: bool
    first: str
    second: str
    difference: Interval
    p: float
    chances: Chances | None
    margin: float
    decision: Decision
    seeds: tuple[int, ...]
    examples: int
    pairs: int
    left_out: tuple[str, ...]
    standings: tuple[Standing, ...]
    tuning: str
    rule: str = ""
    budget: str = ""
    looks: str = ""
    sizes: str = ""

    @property
    def about(self) -> str:
        """What the verdict is about: the metric's name."""
        return self.metric

    @property
    def is_certain_alone(self) -> bool:
        """Whether the difference is away from zero, were it the only one that is judged."""
        return self.difference.covers in {BOTH, FOLDS} and self.difference.excludes_zero

    @property
    def finding(self) -> str:
        """What was found of the two, a sentence that takes the metric as known."""
        if not self.seeds:
            return f"{self.first} and {self.second} have no seed that both ended."
        if self.decision.kind == "identical":
            return f"{self.first} and {self.second} score the same in every example."
        difference = with_interval(self.difference, self.unit)
        return f"{self.first} − {self.second} = {difference}, {self._meaning()}."

    @property
    def basis(self) -> tuple[str, ...]:
        """What the finding rests on, in sentences that are mostly the same for every pair."""
        runs = f"{counted(len(self.seeds), 'seed')}, {counted(self.examples, 'test example')}."
        pairs = f"{self.pairs} pairs are judged together (Holm)." if self.pairs > 1 else ""
        every = (
            self._missing(),
            self.sizes,
            runs,
            self.rule,
            pairs,
            self.looks,
            self.budget,
            self.tuning,
        )
        return tuple(filter(None, every))

    @property
    def odds(self) -> str:
        """The probabilities of better, practically the same and worse, a sentence, or ""."""
        if self.chances is None or self.decision.kind == "identical":
            return ""
        first = self.chances.of_first(higher_is_better=self.higher_is_better)
        second = self.chances.of_second(higher_is_better=self.higher_is_better)
        return (
            f"Probability that {self.first} is better {first:.2f}, that both are practically the "
            f"same {self.chances.same:.2f}, that {self.second} is better {second:.2f}."
        )

    @property
    def text(self) -> str:
        """The verdict in words, made of nothing but the other attributes."""
        against = _against_baseline(self.standings)
        sentences = (f"{self.label}: {self.finding}", self.odds, against, *self.basis)
        return " ".join(filter(None, sentences))

    def _meaning(self) -> str:
        margin = f"the margin of {figure(self.margin, self.margin)}"
        if self.decision.kind == "tie":
            return f"inside {margin}: practically the same"
        if self.decision.kind == "better":
            return f"{self.decision.name} is better"
        if self.decision.kind == "baseline":
            return f"but the naive baseline wins: {self.decision.name} is better than both"
        return f"{self._why_undecided(margin)}: undecided"

    def _why_undecided(self, margin: str) -> str:
        if self.difference.covers not in {BOTH, FOLDS}:
            if len(self.seeds) == 1:
                return "but one seed cannot tell"
            return "but there are too few test examples to tell"
        if self.difference.excludes_zero or self.difference.lies_within(self.margin):
            where = "away from zero" if self.difference.excludes_zero else f"inside {margin}"
            looks = ["one of several looks"] if self.looks else []
            pairs = [f"one of {self.pairs} pairs"] if self.pairs > 1 else []
            return f"{where} by itself, but not as {listed([*pairs, *looks])}"
        return f"neither away from zero nor inside {margin}"

    def _missing(self) -> str:
        if not self.left_out:
            return ""
        listed = list(self.left_out[:_MOST_NAMED])
        if len(self.left_out) > _MOST_NAMED:
            listed.append(f"and {len(self.left_out) - _MOST_NAMED} more")
        return f"Left out {counted(len(self.left_out), 'run')}: {'; '.join(listed)}."


def _against_baseline(standings: tuple[Standing, ...]) -> str:
    if not standings:
        return ""
    baseline = standings[0].baseline
    if all(standing.beats for standing in standings):
        gaps = [abs(standing.gap.value) for standing in standings]
        each = listed([figure(gap, min(gaps)) for gap in gaps])
        return f"Both beat {baseline}, by {each}."
    return " ".join(standing.sentence for standing in standings)


@dataclass(frozen=True)
class CostVerdict:
    """A verdict on time or memory.

    Attributes:
        about: "step_ms" or "memory_bytes".
        first: A contender.
        second: Another.
        difference: First - second, in milliseconds or bytes.
        decision: What follows; the better one needs less.
        finding: The same in words, a sentence that takes what it is about as known.
        basis: What it rests on, in sentences that are mostly the same for every pair.
    """

    about: str
    first: str
    second: str
    difference: Interval
    decision: Decision
    finding: str
    basis: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the verdict is about, for people."""
        return "Time" if self.about == "step_ms" else "Training memory"

    @property
    def text(self) -> str:
        """The verdict in words, made of nothing but the other attributes."""
        return " ".join((f"{self.label}: {self.finding}", *self.basis))


Verdict = ScoreVerdict | CostVerdict

"""How many seeds are enough: how wide the interval of a difference will be with more of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.analysis.comparing import difference_of
from studio.analysis.intervals import CrossedParts, crossed_parts
from studio.analysis.words import counted, figure
from studio.core.arrays import Doubles
from studio.core.history import ComparisonHistory
from studio.core.metrics import Metric

_TAIL = 0.975
_MOST = 30


@dataclass(frozen=True)
class SeedPlan:
    """The expected half width of the 95 % interval of a pair by number of seeds.

    Attributes:
        seeds: How many there are.
        difference: The difference so far.
        margin: Differences up to this are practically the same.
        half_widths: By number of seeds, from two on.
        floor: What is left with any number of seeds, as the test part stays as large as it is.
        unit: Of all of them, or "".
    """

    seeds: int
    difference: float
    margin: float
    half_widths: Mapping[int, float]
    floor: float
    unit: str = ""

    @property
    def needed(self) -> float:
        """The half width below which this difference would be told, as one or as none."""
        return max(abs(self.difference), self.margin - abs(self.difference))

    @property
    def enough(self) -> int | None:
        """The fewest seeds that would do, if the difference stays as it is; None if none would."""
        fits = (seeds for seeds, half in self.half_widths.items() if half < self.needed)
        return next(fits, None)

    @property
    def sentence(self) -> str:
        """What more seeds would bring, in words."""
        have = self.half_widths[self.seeds]
        reach = f"With {self.seeds} seeds the interval reaches {self._words(have)} to each side"
        later = [seeds for seeds in (10, 20, _MOST) if seeds > self.seeds]
        if later:
            there = self._words(self.half_widths[later[0]])
            reach += f", with {later[0]} it would be {there}"
        left = f"this test part leaves {self._words(self.floor)} with any number"
        return f"{reach}; {left}. {self._conclusion()}"

    def _conclusion(self) -> str:
        if self.enough is not None and self.enough <= self.seeds:
            return "They are enough to tell this pair by itself."
        if self.enough is not None:
            told = f"If the difference stays as it is, {counted(self.enough, 'seed')} would tell it"
            return f"{told} by itself."
        if self.floor < self.needed:
            return f"More than {_MOST} seeds would be needed; more test examples help too."
        return "No number of seeds would tell it: more test examples would be needed."

    def _words(self, value: float) -> str:
        number = figure(value, value)
        return f"{number} {self.unit}" if self.unit else number


def seed_plan(
    history: ComparisonHistory, metric: Metric, first: str, second: str
) -> SeedPlan | None:
    """What the ended runs of two contenders let expect of more seeds.

    The part of the seeds shrinks with their number, that of the examples does not.

    Returns:
        None with one seed or one test example, and where folds share training examples: they are
        judged by another rule.
    """
    found = difference_of(history, metric, history.contender(first), history.contender(second))
    values = found.values.crossed
    if values is None:
        return None
    return plan_seeds(values, found.margin, history.preparation.unit * metric.in_target_units)


def plan_seeds(values: Doubles, margin: float = 0.0, unit: str = "") -> SeedPlan | None:
    """The same of differences (seeds, examples)."""
    if min(values.shape) < 2:  # noqa: PLR2004 - a spread needs two
        return None
    parts = crossed_parts(values)
    most = max(_MOST, parts.seeds)
    widths = {seeds: _with_seeds(parts, seeds).half(_TAIL) for seeds in range(2, most + 1)}
    alone = CrossedParts(parts.mean, 0.0, parts.example, parts.seeds, parts.examples)
    return SeedPlan(parts.seeds, parts.mean, margin, widths, alone.half(_TAIL), unit)


def _with_seeds(parts: CrossedParts, seeds: int) -> CrossedParts:
    by_seed = parts.seed * parts.seeds / seeds
    return CrossedParts(parts.mean, by_seed, parts.example, seeds, parts.examples)

"""How many seeds a verdict needs: the interval that more seeds are expected to give."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from studio.analysis.intervals import (
    ALL_ALIKE,
    CrossedParts,
    Sampling,
    crossed_parts,
    mean_squares,
)
from studio.analysis.scores.comparing import difference_of
from studio.analysis.wording import count_of, format_figure
from studio.core.arrays import Doubles
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import Metric

_TAIL = 0.975
_MOST = 30
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class SeedPlan:
    """The expected half width of the 95 % interval of a pair by number of seeds.

    Attributes:
        seeds: Number of seeds so far.
        difference: The difference so far.
        margin: Differences up to this are practically the same.
        half_widths: By number of seeds, from two on.
        floor: The half width with any number of seeds, limited by the size of the test set.
        floor_is_bound: Whether the floor is an upper bound, as the test set's own part cannot be
            told from the rest.
        unit: The unit of all of them, or "".
    """

    seeds: int
    difference: float
    margin: float
    half_widths: Mapping[int, float]
    floor: float
    unit: str = ""
    floor_is_bound: bool = False

    @property
    def needed(self) -> float:
        """The half width below which this difference gives a decision, better or the same."""
        return max(abs(self.difference), self.margin - abs(self.difference))

    @property
    def enough(self) -> int | None:
        """The fewest seeds that decide, if the difference stays as it is; None if none would."""
        fits = (seeds for seeds, half in self.half_widths.items() if half < self.needed)
        return next(fits, None)

    @property
    def sentence(self) -> str:
        now = self.half_widths[self.seeds]
        reach = f"With {self.seeds} seeds the interval is ±{self._with_unit(now)}"
        later = [seeds for seeds in (10, 20, _MOST) if seeds > self.seeds]
        if later:
            reach += f", with {later[0]} seeds ±{self._with_unit(self.half_widths[later[0]])}"
        most = "at most " if self.floor_is_bound else ""
        floor = f"the limit set by the test set is {most}±{self._with_unit(self.floor)}"
        return f"{reach}; {floor}. {self._conclusion()}"

    def _conclusion(self) -> str:
        if self.enough is not None and self.enough <= self.seeds:
            return "That is enough for this pair alone."
        if self.enough is not None:
            is_small = self.margin - abs(self.difference) >= abs(self.difference)
            what = "that they are practically the same" if is_small else "which is better"
            seeds = count_of(self.enough, "seed")
            return f"If the difference stays as it is, {seeds} would show {what}."
        if self.floor < self.needed:
            return f"More than {_MOST} seeds would be needed; more test examples help too."
        return "No number of seeds would be enough: more test examples are needed."

    def _with_unit(self, value: float) -> str:
        number = format_figure(value, value)
        return f"{number} {self.unit}" if self.unit else number


def seed_plan(
    history: ComparisonHistory, metric: Metric, first: str, second: str
) -> SeedPlan | None:
    """What the finished runs of two contenders predict for more seeds.

    The variance component of the seeds shrinks with their number, that of the examples does not.

    Returns:
        None with one seed or one test example, and where folds share training examples: they are
        judged by another rule.
    """
    paired = difference_of(history, metric, history.contender(first), history.contender(second))
    crossed, sampling = paired.values.crossed, paired.values.sampling
    if crossed is None:
        return None
    unit = history.preprocessing.unit * metric.in_target_units
    return plan_seeds(crossed, paired.margin, unit, sampling)


def plan_seeds(
    values: Doubles, margin: float = 0.0, unit: str = "", sampling: Sampling = ALL_ALIKE
) -> SeedPlan | None:
    """The same from differences (seeds, examples)."""
    if min(values.shape) < 2 or sampling.one_decides:  # noqa: PLR2004 - a spread needs two
        return None
    parts = crossed_parts(values, sampling)
    most = max(_MOST, parts.seeds)
    widths = {seeds: _with_seeds(parts, seeds).half_width(_TAIL) for seeds in range(2, most + 1)}
    # the difference of two mean squares may be zero or less where the test set does matter
    is_bound = not _shows_examples(values)
    by_examples = parts.example_bound if is_bound else parts.example
    alone = replace(parts, seed=0.0, example=by_examples)
    return SeedPlan(
        seeds=parts.seeds,
        difference=parts.mean,
        margin=margin,
        half_widths=widths,
        floor=alone.half_width(_TAIL),
        unit=unit,
        floor_is_bound=is_bound,
    )


def _shows_examples(values: Doubles) -> bool:
    """Whether the examples differ by more than the rest explains (F test at 5 %)."""
    from scipy.special import fdtrc

    _, example, rest = mean_squares(values)
    if not rest:
        return bool(example)
    seeds, examples = values.shape
    freedom = (examples - 1, (seeds - 1) * (examples - 1))
    return bool(fdtrc(*freedom, example / rest) < _SIGNIFICANT)


def _with_seeds(parts: CrossedParts, seeds: int) -> CrossedParts:
    return replace(parts, seed=parts.seed * parts.seeds / seeds, seeds=seeds)

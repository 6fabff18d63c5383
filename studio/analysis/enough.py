"""How many seeds are enough: how wide the interval of a difference will be with more of them."""

from dataclasses import dataclass

from studio.analysis.intervals import CrossedParts, crossed_parts
from studio.core.arrays import Doubles

_TAIL = 0.975


@dataclass(frozen=True)
class SeedPlan:
    """The expected half width of the 95 % interval by number of seeds.

    Attributes:
        half_widths: By number of seeds, from two on; none where the runs cannot tell.
        floor: What is left with any number of seeds, as the test part stays as large as it is.
    """

    half_widths: dict[int, float]
    floor: float

    def enough_for(self, difference: float) -> int | None:
        """The fewest seeds whose interval would tell such a difference; None if none would."""
        fits = (seeds for seeds, half in self.half_widths.items() if half < abs(difference))
        return next(fits, None)


def plan_seeds(values: Doubles, most: int = 30) -> SeedPlan:
    """What differences (seeds, examples) let expect of other numbers of seeds.

    The part of the seeds shrinks with their number, that of the examples does not.
    """
    if min(values.shape) < 2:  # noqa: PLR2004 - a spread needs two
        return SeedPlan({}, float("nan"))
    parts = crossed_parts(values)
    widths = {seeds: _with_seeds(parts, seeds).half(_TAIL) for seeds in range(2, most + 1)}
    alone = CrossedParts(parts.mean, 0.0, parts.example, parts.seeds, parts.examples)
    return SeedPlan(widths, alone.half(_TAIL))


def _with_seeds(parts: CrossedParts, seeds: int) -> CrossedParts:
    by_seed = parts.seed * parts.seeds / seeds
    return CrossedParts(parts.mean, by_seed, parts.example, seeds, parts.examples)

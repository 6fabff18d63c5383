"""Figures of a gate or state over the runs of a contender."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.analysis.gates.dataset.gate_counts import GateFigures, GateScale, quantiles_of_counts
from studio.analysis.intervals import Interval, mean_over_seeds
from studio.core.arrays import Doubles


@dataclass(frozen=True, eq=False)
class SeedSummary:
    """One gate or state of one contender; means over runs, with intervals over seeds.

    Attributes:
        scale: Of the histogram.
        density: Share of values in each bin, (bins,).
        class_means: Mean of each class, (classes,).
        class_low: 10 % quantile of each class, (classes,).
        class_high: 90 % quantile, (classes,).
        place_means: Mean at each place in the sequence, (places,).
        place_low: 10 % quantile there, (places,).
        place_high: 90 % quantile there, (places,).
        mean: Of all values.
        below: Share of values below 0.1.
        above: Share of values above 0.9.
        dead: Number of dead units.
        units: Number of units.
        half_life: The median over units, or None.
        rank: The effective rank, or None.
    """

    scale: GateScale
    density: Doubles
    class_means: Doubles
    class_low: Doubles
    class_high: Doubles
    place_means: Doubles
    place_low: Doubles
    place_high: Doubles
    mean: Interval
    below: Interval
    above: Interval
    dead: Interval
    units: int
    half_life: Interval | None
    rank: Interval | None


def summarise(runs: Sequence[GateFigures]) -> SeedSummary:
    """Over at least one run; intervals end where the figure does, such as shares at 0 and 1.

    Distributions and quantiles are those of all runs together.
    """
    first = runs[0]
    scale, classes = first.scale, sum(run.class_counts for run in runs)
    places = sum(run.place_counts for run in runs)
    counts = sum(run.counts for run in runs)

    def over(
        figure: Callable[[GateFigures], float], most: float = np.inf, least: float = 0.0
    ) -> Interval:
        found = mean_over_seeds(np.array([figure(run) for run in runs]))
        return replace(found, low=np.maximum(found.low, least), high=np.minimum(found.high, most))

    units = len(first.dead)
    has_lives, has_rank = first.half_lives is not None, first.rank is not None
    return SeedSummary(
        scale=scale,
        density=np.asarray(counts / max(float(np.sum(counts)), 1.0), dtype=np.float64),
        class_means=np.mean([run.class_means for run in runs], axis=0),
        class_low=quantiles_of_counts(np.asarray(classes), scale, 0.1),
        class_high=quantiles_of_counts(np.asarray(classes), scale, 0.9),
        place_means=np.mean([run.place_means for run in runs], axis=0),
        place_low=quantiles_of_counts(np.asarray(places), scale, 0.1),
        place_high=quantiles_of_counts(np.asarray(places), scale, 0.9),
        mean=over(_mean, scale.high, scale.low),
        below=over(lambda run: float(run.below.mean()), 1.0),
        above=over(lambda run: float(run.above.mean()), 1.0),
        dead=over(lambda run: float(run.dead.sum()), units),
        units=units,
        half_life=over(lambda run: float(np.median(_lives(run)))) if has_lives else None,
        rank=over(lambda run: run.rank or 0.0, units) if has_rank else None,
    )


def _mean(run: GateFigures) -> float:
    rows = run.place_counts.sum(axis=1)
    known = rows > 0
    return float(np.average(run.place_means[known], weights=rows[known]))


def _lives(run: GateFigures) -> Doubles:
    return np.empty(0) if run.half_lives is None else run.half_lives

"""The next step after a finished comparison: one policy for window and terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.planning.learning_curve_plan import MissingSize
from studio.runs.planning.sequential_stopping import next_seeds
from studio.runs.planning.tuning import spec_after_tuning


@dataclass(frozen=True)
class TrainTuned:
    """The comparison that the trials were for, with the best learning rate of each contender."""

    spec: ComparisonSpec


@dataclass(frozen=True)
class AddSeeds:
    """Another interim look is planned: train up to this many seeds."""

    seeds: int


@dataclass(frozen=True)
class TrainSize:
    """The next size of a learning curve."""

    size: MissingSize


@dataclass(frozen=True)
class Done:
    """Nothing follows."""


NextStep = TrainTuned | AddSeeds | TrainSize | Done


def next_step(history: ComparisonHistory, sizes: Sequence[MissingSize] = ()) -> NextStep:
    """What to train after a comparison whose runs have all finished.

    Args:
        history: The finished comparison.
        sizes: Sizes of a learning curve that are still missing, the next one first.

    Raises:
        SpecError: A contender has no validated run at any of the learning rates.
    """
    tuned = spec_after_tuning(history)
    if tuned is not None:
        return TrainTuned(tuned)
    seeds = next_seeds(history)
    if seeds is not None:
        return AddSeeds(seeds)
    return TrainSize(sizes[0]) if sizes else Done()

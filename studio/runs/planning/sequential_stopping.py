"""Seeds until decided: interim looks, and whether to add seeds after one."""

from studio.analysis import compare
from studio.analysis.scores.interim_looks import interim_looks
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import ComparisonSpec

LOOKS = (3, 5, 8, 12, 20)
"""Numbers of seeds at interim looks: each about one and a half times the one before."""
_FEWEST = 2
"""Minimum number of seeds for a verdict."""


def until_decided(spec: ComparisonSpec, most: int | None = None) -> ComparisonSpec:
    """The comparison with planned looks, starting with its seeds or at least 3.

    Args:
        spec: The comparison.
        most: Maximum number of seeds; 20 if None.
    """
    last = LOOKS[-1] if most is None else most
    first = min(max(spec.training.seeds, LOOKS[0]), last)
    between = [seeds for seeds in LOOKS if first < seeds < last]
    looks = tuple(dict.fromkeys((first, *between, last)))
    training = spec.training.model_copy(update={"seeds": first})
    return spec.model_copy(update={"training": training, "looks": looks})


def with_more_looks(spec: ComparisonSpec) -> ComparisonSpec:
    """The same for a comparison that was already judged after all its seeds.

    The first look was at 5 %; further ones get a share of it each, as if it had been planned too.
    The verdict says so, and which false-positive rate results.
    """
    seeds_so_far = spec.training.seeds
    if seeds_so_far < _FEWEST:  # one seed gives no verdict, so nothing was judged
        return until_decided(spec)
    looks = (seeds_so_far, *(seeds for seeds in LOOKS if seeds > seeds_so_far))
    return spec.model_copy(update={"looks": looks, "looked": seeds_so_far})


def is_decided(history: ComparisonHistory) -> bool:
    """Whether every pair of contenders has a verdict on the main metric."""
    metric = metrics_of(history.preprocessing)[0]
    return all(verdict.decision.kind != "undecided" for verdict in compare(history, metric))


def next_seeds(history: ComparisonHistory) -> int | None:
    """The next total number of seeds, for `Workspace.extend`, after a comparison has finished.

    This judges the comparison. None where no looks are planned, runs are left, it is decided, or
    the last look was taken.
    """
    looks = interim_looks(history)
    seeds_so_far = history.spec.training.seeds
    later = [seeds for seeds in looks.planned if seeds > seeds_so_far]
    if not later or looks.done < seeds_so_far or is_decided(history):
        return None
    return later[0]

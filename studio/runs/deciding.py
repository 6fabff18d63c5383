"""Seeds until decided: how many to plan, and whether to go on after a look."""

from studio.analysis import compare
from studio.analysis.looks import looks_of
from studio.core.history import ComparisonHistory
from studio.core.metrics import metrics_of
from studio.core.spec import ComparisonSpec

LOOKS = (3, 5, 8, 12, 20)
"""Seeds after which it is looked: each time about half as many more."""
_FEWEST = 2
"""Fewer seeds give no verdict."""


def until_decided(spec: ComparisonSpec, most: int | None = None) -> ComparisonSpec:
    """The comparison with planned looks: it begins with its seeds, or 3 where it has fewer.

    Args:
        spec: The comparison as asked for.
        most: The most seeds, 20 where left out.
    """
    last = LOOKS[-1] if most is None else most
    first = min(max(spec.training.seeds, LOOKS[0]), last)
    between = [seeds for seeds in LOOKS if first < seeds < last]
    looks = tuple(dict.fromkeys((first, *between, last)))
    training = spec.training.model_copy(update={"seeds": first})
    return spec.model_copy(update={"training": training, "looks": looks})


def more_looks(spec: ComparisonSpec) -> ComparisonSpec:
    """The same for a comparison whose verdict has been looked at after all its seeds already.

    The first look was at 5 %, those to come have a share of it each, as if it had been planned
    too: the verdict says so, and in how many cases a winner comes out where there is none.
    """
    have = spec.training.seeds
    if have < _FEWEST:  # one seed cannot tell: nothing has been looked at
        return until_decided(spec)
    looks = (have, *(seeds for seeds in LOOKS if seeds > have))
    return spec.model_copy(update={"looks": looks, "looked": have})


def is_decided(history: ComparisonHistory) -> bool:
    """Whether every pair of contenders has a verdict on the main metric."""
    metric = metrics_of(history.preparation)[0]
    return all(each.decision.kind != "undecided" for each in compare(history, metric))


def next_seeds(history: ComparisonHistory) -> int | None:
    """How many seeds the comparison should have now, to be given to `Workspace.extend`.

    To be asked when a comparison has ended; its verdict is looked at here. None where it has no
    planned looks, runs are left, it is decided, or the last look was taken.
    """
    looks = looks_of(history)
    have = history.spec.training.seeds
    later = [seeds for seeds in looks.planned if seeds > have]
    if not later or looks.done < have or is_decided(history):
        return None
    return later[0]

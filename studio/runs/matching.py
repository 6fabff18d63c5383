"""Fair matches: the hidden size at which a contender equals the first in size or work."""

from collections.abc import Callable

from studio.core.preparation import Preparation
from studio.core.sizes import size_of
from studio.core.spec import ContenderSpec, Match

SOLVED: tuple[Match, ...] = ("parameters", "compute")
"""The matches that give the others another hidden size; the rest leave the sizes as given."""

_LARGEST = 8192


def match_contenders(
    contenders: tuple[ContenderSpec, ...], match: Match, preparation: Preparation
) -> tuple[ContenderSpec, ...]:
    """Solves the hidden size of every contender after the first.

    "parameters" and "compute" take the nearest hidden size; what difference remains can be read
    from the sizes. "hidden" and "time" leave the contenders as they were set.
    """
    if match not in SOLVED:
        return contenders
    measure = _parameters if match == "parameters" else _macs
    wanted = measure(contenders[0], preparation)
    first, *others = contenders
    return (first, *(_nearest(other, wanted, measure, preparation) for other in others))


def _parameters(spec: ContenderSpec, preparation: Preparation) -> int:
    return size_of(spec, preparation).parameters


def _macs(spec: ContenderSpec, preparation: Preparation) -> int:
    return size_of(spec, preparation).macs


def _nearest(
    spec: ContenderSpec,
    wanted: int,
    measure: Callable[[ContenderSpec, Preparation], int],
    preparation: Preparation,
) -> ContenderSpec:
    def of(hidden_size: int) -> int:
        return measure(spec.model_copy(update={"hidden_size": hidden_size}), preparation)

    low, high = 1, _LARGEST
    while low < high:
        middle = (low + high) // 2
        if of(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    best = min(max(1, low - 1), low, key=lambda size: abs(of(size) - wanted))
    return spec.model_copy(update={"hidden_size": best})

"""Matching: the hidden size at which a contender has as many parameters or MACs as the first."""

from collections.abc import Callable

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.model_size import size_of
from studio.core.specs.comparison_spec import ContenderSpec, Match

SOLVED: tuple[Match, ...] = ("parameters", "compute")
"""The matches that change hidden sizes."""

_LARGEST = 8192


def match_contenders(
    contenders: tuple[ContenderSpec, ...], match: Match, preprocessing: Preprocessing
) -> tuple[ContenderSpec, ...]:
    """Solves the hidden size of every contender after the first.

    "parameters" and "compute" take the nearest hidden size; the remaining difference follows from
    the sizes. "hidden" and "time" leave the contenders unchanged.
    """
    if match not in SOLVED:
        return contenders
    measure = _parameters if match == "parameters" else _macs
    target = measure(contenders[0], preprocessing)
    first, *others = contenders
    return (first, *(_nearest(other, target, measure, preprocessing) for other in others))


def _parameters(spec: ContenderSpec, preprocessing: Preprocessing) -> int:
    return size_of(spec, preprocessing).parameters


def _macs(spec: ContenderSpec, preprocessing: Preprocessing) -> int:
    return size_of(spec, preprocessing).macs


def _nearest(
    spec: ContenderSpec,
    target: int,
    measure: Callable[[ContenderSpec, Preprocessing], int],
    preprocessing: Preprocessing,
) -> ContenderSpec:
    def measure_at(hidden_size: int) -> int:
        return measure(spec.model_copy(update={"hidden_size": hidden_size}), preprocessing)

    low, high = 1, _LARGEST
    while low < high:
        middle = (low + high) // 2
        if measure_at(middle) < target:
            low = middle + 1
        else:
            high = middle
    best = min(max(1, low - 1), low, key=lambda size: abs(measure_at(size) - target))
    return spec.model_copy(update={"hidden_size": best})

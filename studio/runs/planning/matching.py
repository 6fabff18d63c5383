"""Matching: the hidden size at which a contender has as many parameters or MACs as the first."""

from collections.abc import Callable

from studio.core.cells import CELLS
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

    candidates = (
        size
        for sizes in _growing_ranges(spec, preprocessing)
        for size in _around(target, measure_at, sizes)
    )
    best = min(candidates, key=lambda size: abs(measure_at(size) - target))
    return spec.model_copy(update={"hidden_size": best})


def _growing_ranges(spec: ContenderSpec, preprocessing: Preprocessing) -> list[range]:
    """Ranges of hidden sizes in each of which networks grow with the size.

    A convolutional network with as many channels as its input needs no 1 x 1 convolution, which
    makes it smaller than its neighbours.
    """
    if CELLS[spec.cell].is_recurrent:
        return [range(1, _LARGEST + 1)]
    same = preprocessing.read_size(spec.embedding_size)
    ranges = range(1, same), range(same, same + 1), range(same + 1, _LARGEST + 1)
    return [sizes for sizes in ranges if sizes]


def _around(target: int, measure_at: Callable[[int], int], sizes: range) -> tuple[int, int]:
    """The largest size below the target and the smallest that reaches it, as far as there are."""
    low, high = sizes[0], sizes[-1]
    while low < high:
        middle = (low + high) // 2
        if measure_at(middle) < target:
            low = middle + 1
        else:
            high = middle
    return max(sizes[0], low - 1), low

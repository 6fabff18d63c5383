"""Whether the contenders of a match by hidden size have the same hidden size indeed."""

from collections.abc import Callable, Sequence

from studio.core.spec import ComparisonSpec, ContenderSpec

_ASKED: dict[str, Callable[[ContenderSpec], object]] = {
    "hidden size": lambda each: each.hidden_size,
    "number of layers": lambda each: each.num_layers,
    "number of directions": lambda each: each.bidirectional,
}


def unequal_sizes(spec: ComparisonSpec) -> str:
    """What differs where the match is "same hidden size" and the networks are not of one size.

    A match by hidden size changes no contender; it is the sizes as they were set that make it one.

    Returns:
        A sentence such as "Not the same hidden size: GRU 48, LSTM 32.", or "" where the sizes are
        equal or the match is another.
    """
    if spec.match != "hidden":
        return ""
    differing = [
        name for name, of in _ASKED.items() if len({of(each) for each in spec.contenders}) > 1
    ]
    if not differing:
        return ""
    networks = ", ".join(f"{each.name} {size_in_words(each)}" for each in spec.contenders)
    return f"Not the same {_listed(differing)}: {networks}."


def size_in_words(spec: ContenderSpec) -> str:
    """The size of a network, the hidden size with its layers where there are several."""
    layers = f" × {spec.num_layers} layers" if spec.num_layers > 1 else ""
    return f"{spec.hidden_size}{layers}{' in both directions' if spec.bidirectional else ''}"


def _listed(names: Sequence[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last

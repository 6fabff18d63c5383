"""Whether contenders that are matched by hidden size do have the same hidden size."""

from collections.abc import Callable
from dataclasses import dataclass

from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec

_SIZES: dict[str, Callable[[ContenderSpec], object]] = {
    "hidden size": lambda contender: contender.hidden_size,
    "number of layers": lambda contender: contender.num_layers,
    "number of directions": lambda contender: contender.bidirectional,
}


@dataclass(frozen=True)
class SizeMismatch:
    """Sizes that differ between networks that are matched by size.

    str() words it: "Not the same hidden size: GRU 48, LSTM 32."

    Attributes:
        sizes: The sizes that differ, such as "hidden size".
        networks: Each contender's name and size.
    """

    sizes: tuple[str, ...]
    networks: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        *names, last = self.sizes
        sizes = f"{', '.join(names)} and {last}" if names else last
        return f"Not the same {sizes}: {', '.join(map(' '.join, self.networks))}."


def size_mismatch(spec: ComparisonSpec) -> SizeMismatch | None:
    """What differs where the match is "same hidden size" but the networks differ in size.

    A match by hidden size changes no contender; the sizes are taken as they were set.
    """
    if spec.match != "hidden":
        return None
    sizes = tuple(
        name
        for name, size_of in _SIZES.items()
        if len({size_of(contender) for contender in spec.contenders}) > 1
    )
    networks = tuple(
        (contender.name, network_size_text(contender)) for contender in spec.contenders
    )
    return SizeMismatch(sizes, networks) if sizes else None


def network_size_text(spec: ContenderSpec) -> str:
    """The hidden size, with layers and directions if there are several."""
    layers = f" × {spec.num_layers} layers" if spec.num_layers > 1 else ""
    return f"{spec.hidden_size}{layers}{' (bidirectional)' if spec.bidirectional else ''}"

"""The receptive field of a causal convolutional network: how many steps one output depends on."""

from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.specs.comparison_spec import DEFAULT_KERNEL_SIZE, ContenderSpec

_MOST_LEVELS = 16


def kernel_size_of(spec: ContenderSpec) -> int:
    """Time steps that each convolution reads."""
    return spec.kernel_size or DEFAULT_KERNEL_SIZE


def receptive_field(levels: int, kernel_size: int) -> int:
    """Steps that an output depends on, itself included.

    Each level has two convolutions, and its dilation is twice that of the level below:
    1 + 2 (kernel_size - 1) (2^levels - 1).
    """
    return 1 + 2 * (kernel_size - 1) * ((1 << levels) - 1)


@dataclass(frozen=True)
class ShortReceptiveField:
    """A convolutional network that does not see whole sequences; str() words it.

    Attributes:
        contender: Its name.
        field: Its receptive field in steps.
        length: Steps of the longest sequence.
        levels: The fewest levels that would see them all; None if more than there may be.
    """

    contender: str
    field: int
    length: int
    levels: int | None

    def __str__(self) -> str:
        sees = f"{self.contender} sees only {self.field:,} of {self.length:,} steps at a time"
        return sees if self.levels is None else f"{sees}; {self.levels} levels would see all"


def short_receptive_field(spec: ContenderSpec, length: int) -> ShortReceptiveField | None:
    """Whether a contender sees less than sequences of this length; None for recurrent ones."""
    if CELLS[spec.cell].is_recurrent:
        return None
    kernel_size = kernel_size_of(spec)
    steps = receptive_field(spec.num_layers, kernel_size)
    if steps >= length:
        return None
    enough = (
        levels
        for levels in range(spec.num_layers + 1, _MOST_LEVELS + 1)
        if receptive_field(levels, kernel_size) >= length
    )
    return ShortReceptiveField(spec.name, steps, length, next(enough, None))


def short_receptive_fields(
    contenders: Iterable[ContenderSpec], length: int
) -> tuple[ShortReceptiveField, ...]:
    """The contenders that see less than sequences of this length."""
    fields = (short_receptive_field(spec, length) for spec in contenders)
    return tuple(field for field in fields if field is not None)

"""What is held or replaced while a network reads an example once more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from studio.core.arrays import Doubles


@dataclass(frozen=True)
class Place:
    """One unit of one layer and direction.

    Attributes:
        prefix: Layer and direction as in a trace: "l0", "l1_reverse".
        unit: The unit's number, from 0.
    """

    prefix: str
    unit: int


@dataclass(frozen=True)
class Clamp:
    """A gate value that is held instead of computed.

    Attributes:
        place: Whose gate.
        gate: The gate's name; the state "h" of a cell without gates.
        value: What it is held at.
        step: At this step alone, in the example's time order; None at all steps.
    """

    place: Place
    gate: str
    value: float
    step: int | None = None

    def replaces(self, other: "Clamp") -> bool:
        """Whether the other one has no effect beside it; held at all steps ends single steps."""
        same = (self.place, self.gate) == (other.place, other.gate)
        return same and self.step in {None, other.step}


@dataclass(frozen=True, eq=False)
class Edits:
    """Everything that is changed in one reading of an example.

    Attributes:
        clamps: Gate values that are held; of two at one step the later one counts.
        silenced: Units whose hidden state is 0 at every step, so that nothing reads them.
        inputs: Scaled courses of input channels that replace those of the example, (time,).
    """

    clamps: tuple[Clamp, ...] = ()
    silenced: frozenset[Place] = frozenset()
    inputs: Mapping[int, Doubles] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.clamps or self.silenced or self.inputs)

    def with_clamp(self, clamp: Clamp) -> "Edits":
        """The same with one more value held, in place of those that it replaces."""
        others = tuple(other for other in self.clamps if not clamp.replaces(other))
        return replace(self, clamps=(*others, clamp))

    def without_clamps(self, place: Place, gate: str) -> "Edits":
        """The same with a gate of a unit computed again at all steps."""
        others = (other for other in self.clamps if (other.place, other.gate) != (place, gate))
        return replace(self, clamps=tuple(others))

    def with_silenced(self, place: Place, *, silenced: bool) -> "Edits":
        """The same with a unit silenced, or heard again."""
        units = self.silenced | {place} if silenced else self.silenced - {place}
        return replace(self, silenced=units)

    def with_inputs(self, inputs: Mapping[int, Doubles]) -> "Edits":
        """The same with other courses of input channels."""
        return replace(self, inputs=dict(inputs))

    def held(self, place: Place, gate: str, step: int) -> float | None:
        """What a gate is held at, or None where it is computed."""
        for clamp in reversed(self.clamps):
            if (clamp.place, clamp.gate) == (place, gate) and clamp.step in {None, step}:
                return clamp.value
        return None

    def clamps_in(self, prefix: str) -> Iterator[Clamp]:
        """The values that are held in a layer and direction."""
        return (clamp for clamp in self.clamps if clamp.place.prefix == prefix)

    def silenced_in(self, prefix: str) -> tuple[int, ...]:
        """The units of a layer and direction that are silenced."""
        return tuple(sorted(place.unit for place in self.silenced if place.prefix == prefix))


NO_EDITS = Edits()

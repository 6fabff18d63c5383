"""Inference times, measured in turns."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.arrays import Doubles


@dataclass(frozen=True)
class Latencies:
    """Seconds of a forward pass by contender name, measured in turns.

    Attributes:
        wall: Wall time, (passes,), or (segments, passes) of several segments.
        processor: CPU time of all threads, of the same shape.
    """

    wall: Mapping[str, Doubles]
    processor: Mapping[str, Doubles]

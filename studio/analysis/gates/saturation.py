"""Saturation: how often a gate is nearly closed or nearly open."""

from studio.core.arrays import Doubles, Floats

LOW, HIGH = 0.1, 0.9


def saturation(values: Floats) -> tuple[Doubles, Doubles]:
    """Share of time below 0.1 and above 0.9 for each unit, from (time, units)."""
    return (values < LOW).mean(axis=0), (values > HIGH).mean(axis=0)

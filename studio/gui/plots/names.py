"""Where names stand beside marks."""

from collections.abc import Sequence

_NEAR = 0.2
"""Marks closer than this share of the largest value would have their names on each other."""
_RIGHT_ABOVE, _LEFT_ABOVE, _RIGHT_BELOW, _LEFT_BELOW = (
    (-0.15, 1.0),
    (1.15, 1.0),
    (-0.15, 0.0),
    (1.15, 0.0),
)


def anchors(values: Sequence[float]) -> list[tuple[float, float]]:
    """Where each name stands at its mark: of close neighbours on different sides."""
    free = [_LEFT_ABOVE, _RIGHT_ABOVE, _LEFT_BELOW, _RIGHT_BELOW]
    order = sorted(range(len(values)), key=lambda at: values[at])
    near = _NEAR * max(values, default=0.0)
    groups: list[list[int]] = []
    for at in order:
        if groups and values[at] - values[groups[-1][-1]] < near:
            groups[-1].append(at)
        else:
            groups.append([at])
    found = [_RIGHT_ABOVE] * len(values)
    for group in groups:
        for place, at in enumerate(group if len(group) > 1 else ()):
            found[at] = free[place % len(free)]
    return found

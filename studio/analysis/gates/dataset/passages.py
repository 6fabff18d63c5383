"""Passages of examples in which units do what is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers

Mask = NDArray[np.bool_]
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class GateCondition:
    """Such as "forget of unit 7 above 0.9 for at least 5 steps".

    Attributes:
        name: The gate or state.
        unit: The unit's number.
        is_above: Whether its value is above, or else below, `value`.
        value: What it is compared with.
        steps: For at least how many steps in a row.
    """

    name: str
    unit: int
    is_above: bool
    value: float
    steps: int = 1


@dataclass(frozen=True, eq=False)
class Passages:
    """Longest first; of those of one length in the order of examples and steps.

    Attributes:
        examples: The row of each passage's example, (passages,).
        first: Its first step, (passages,).
        steps: How many steps it lasts, (passages,).
        mask: Whether each step lies in a passage, (examples, time).
    """

    examples: Integers
    first: Integers
    steps: Integers
    mask: Mask

    def __len__(self) -> int:
        return len(self.examples)


def find_passages(
    traces: Mapping[tuple[str, int], Floats], lengths: Integers, conditions: Sequence[GateCondition]
) -> Passages:
    """The longest stretches in which all conditions hold, each for as long as it asks.

    Args:
        traces: By gate or state and unit, (examples, time).
        lengths: Valid steps, (examples,).
        conditions: At least one.
    """
    steps = next(iter(traces.values())).shape[1]
    valid = np.arange(steps) < lengths[:, np.newaxis]
    mask = valid
    for condition in conditions:
        values = traces[condition.name, condition.unit]
        holds = values > condition.value if condition.is_above else values < condition.value
        mask = mask & lasting(holds & valid, condition.steps)
    examples, first, lasts = _runs(mask)
    order = np.argsort(-lasts, kind="stable")
    return Passages(examples[order], first[order], lasts[order], mask)


def lasting(mask: Mask, steps: int) -> Mask:
    """What is left of (examples, time) without runs of fewer steps."""
    if steps <= 1:
        return mask
    examples, first, lasts = _runs(mask)
    stays = lasts >= steps
    changes = np.zeros((len(mask), mask.shape[1] + 1), np.int8)
    changes[examples[stays], first[stays]] += 1
    changes[examples[stays], first[stays] + lasts[stays]] -= 1
    return np.asarray(np.cumsum(changes, axis=1, dtype=np.int8)[:, :-1] > 0)


def _runs(mask: Mask) -> tuple[Integers, Integers, Integers]:
    """Example, first step and number of steps of each run of true values."""
    width = mask.shape[1] + 1
    flat = np.zeros(len(mask) * width + 1, np.int8)
    flat[1:].reshape(-1, width)[:, :-1] = mask
    changes = np.diff(flat)
    starts, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    examples, first = np.divmod(starts, width)
    return examples, first, ends - starts


def class_shares(mask: Mask, classes: Integers, lengths: Integers, count: int) -> Doubles:
    """Share of each class in the steps of passages and in all steps, (2, classes).

    Args:
        mask: Of passages, (examples, time).
        classes: Of each example, (examples,), or of each step, (examples, time); -1 for none.
        lengths: Valid steps, (examples,).
        count: Number of classes.
    """
    valid = np.arange(mask.shape[1]) < lengths[:, np.newaxis]
    shares = np.zeros((2, count))
    for row, chosen in enumerate((mask, valid)):
        if classes.ndim == 1:
            known = classes >= 0
            weights = chosen.sum(axis=1)[known]
            counts = np.bincount(classes[known], weights, count)
        else:
            some = classes[chosen]
            counts = np.bincount(some[some >= 0], minlength=count)
        shares[row] = counts / max(float(counts.sum()), 1.0)
    return shares


def column_sums(
    inputs: Floats, mask: Mask, in_units: Callable[[Floats, Integers], Doubles]
) -> Doubles:
    """The sum of each column over the steps of a mask, (channels,).

    Args:
        inputs: Scaled, (examples, time, channels).
        mask: (examples, time).
        in_units: From rows (rows, channels) and the example of each to their own units.
    """
    total = np.zeros(inputs.shape[2])
    examples, steps = np.nonzero(mask)
    for first in range(0, len(examples), _ROWS_AT_ONCE):
        some = slice(first, first + _ROWS_AT_ONCE)
        rows = np.asarray(inputs[examples[some], steps[some]])
        total += in_units(rows, examples[some]).sum(axis=0)
    return total


def aligned(
    values: Floats, lengths: Integers, passages: Passages, before: int, after: int
) -> Doubles:
    """A column around the start of each passage, (passages, before + after), NaN outside.

    Args:
        values: (examples, time).
        lengths: Valid steps, (examples,).
        passages: Where they start.
        before: Steps before the start.
        after: Steps from the start on.
    """
    steps = passages.first[:, np.newaxis] + np.arange(-before, after)
    inside = (steps >= 0) & (steps < lengths[passages.examples][:, np.newaxis])
    places = np.clip(steps, 0, values.shape[1] - 1)
    taken = np.asarray(values[passages.examples[:, np.newaxis], places], dtype=np.float64)
    return np.where(inside, taken, np.nan)

"""Which axis of an array holds the examples, which the time steps and which the channels."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError
from studio.data.arrays.roughness import roughness, sample_of

Axes = tuple[str, ...]

_SYNONYMS = {
    "cases": "examples", "samples": "examples", "batch": "examples", "instances": "examples",
    "steps": "time", "timesteps": "time", "features": "channels", "variables": "channels",
}  # fmt: skip
_WORDS = ("examples", "time", "channels")
_WEIGHT_OF_LENGTH, _WEIGHT_OF_ROUGHNESS, _WEIGHT_OF_CUSTOM = 0.3, 0.75, 0.1
_WEIGHT_OF_EXAMPLES_FIRST = 0.5
_CLEARLY = 0.8
_SUREST = 0.99
_SURE_OF_LENGTHS = 0.97
_SUREST_WITHOUT_LABELS = 0.9
_UNSURE = 0.7
_SMOOTH = 0.2
_MATRIX = 2
_MANY_CHANNELS = 32
_MOST_COMPARED = 256


@dataclass(frozen=True)
class AxisOrder:
    """What each axis holds, and the decision that says why.

    Attributes:
        axes: "examples", "time" or "channels" for each axis in turn.
        decision: The decision `axes`.
    """

    axes: Axes
    decision: ReadingDecision

    def arranged(self, array: NDArray[Any]) -> NDArray[Any]:
        """The array with its axes in the order examples, time, channels, as far as it has them."""
        return np.transpose(array, [self.axes.index(word) for word in _WORDS if word in self.axes])


def axes_of_series(array: NDArray[Any], given: str | None) -> AxisOrder:
    """The axes of a matrix that is read without labels, (time, channels) or (channels, time).

    Args:
        array: The matrix.
        given: The setting `axes`.

    Raises:
        SpecError: The setting does not fit a matrix.
    """
    allowed = (("time", "channels"), ("channels", "time"), ("examples", "time"),
               ("time", "examples"))  # fmt: skip
    if given:
        return _given(given, allowed)
    found = _decided(array, allowed[:2], others=allowed[2:3])
    channels = array.shape[found.axes.index("channels")]
    return _no_surer_than(found, _UNSURE if channels > _MANY_CHANNELS else _SUREST)


def axes_of_examples(
    array: NDArray[Any], count: int | None, given: str | None, counted: str = ""
) -> AxisOrder:
    """The axes of examples: a matrix with time steps, or three axes with channels.

    Args:
        array: Two or three axes.
        count: How many examples the labels say there are, or None.
        given: The setting `axes`.
        counted: What says so, such as "y", for the evidence.

    Raises:
        SpecError: The setting does not fit the number of axes.
    """
    words = _WORDS[: array.ndim]
    allowed = tuple(permutations(words))
    if given:
        return _given(given, allowed)
    fitting = [axes for axes in allowed if count in {None, array.shape[axes.index("examples")]}]
    found = _decided(array, fitting or [words], counted=counted if count is not None else "")
    if count is None:
        return _no_surer_than(found, _SUREST_WITHOUT_LABELS)
    return _or_one_series(array, found) if array.ndim == _MATRIX else found


def _or_one_series(array: NDArray[Any], found: AxisOrder) -> AxisOrder:
    """Examples whose rows follow each other smoothly may be the time steps of one series."""
    examples = found.axes.index("examples")
    ratio = roughness(sample_of(array), examples, 1 - examples)
    if ratio > _SMOOTH:
        return found
    decision = found.decision
    evidence = (
        f"{decision.evidence}, although it changes little from entry to entry, as one series does"
    )
    series = ("time", "channels") if examples == 0 else ("channels", "time")
    others = [series, *(tuple(other.split(",")) for other in decision.alternatives)]
    return _order(found.axes, min(decision.sure, _UNSURE), evidence, others)


def axes_of_sequences(
    sequences: Sequence[NDArray[Any]], given: str | None, where: str
) -> AxisOrder:
    """The axes of a list of matrices, all (time, channels) or all (channels, time).

    Raises:
        DatasetError: Both axes vary in length.
        SpecError: The setting does not fit a matrix.
    """
    allowed = (("time", "channels"), ("channels", "time"))
    if given:
        listed = tuple(("examples", *axes) for axes in allowed)
        words = _words(given)
        order = words[1:] if words in listed else words
        if order not in allowed:
            raise _unknown_axes(given, (*allowed, *listed))
        return AxisOrder(order, set_by_user("axes", ",".join(order)))
    lengths = [sorted({each.shape[axis] for each in sequences}) for axis in range(_MATRIX)]
    varying = [axis for axis in range(_MATRIX) if len(lengths[axis]) > 1]
    if len(varying) == _MATRIX:
        raise DatasetError(
            f"holds sequences whose axes both vary in length: {lengths[0][0]} to "
            f"{lengths[0][-1]} by {lengths[1][0]} to {lengths[1][-1]}",
            where=where,
            remedy="Use the same number of channels in each sequence",
        )
    if varying:
        [time] = varying
        evidence = (
            f"axis {time + 1} of the sequences varies from {lengths[time][0]} to "
            f"{lengths[time][-1]}, the other is always {lengths[1 - time][0]}"
        )
        return _order(allowed[time], _SURE_OF_LENGTHS, evidence, (allowed[1 - time],))
    return _of_equal_sequences(sequences, allowed)


def _of_equal_sequences(sequences: Sequence[NDArray[Any]], allowed: Sequence[Axes]) -> AxisOrder:
    stacked = np.stack(sequences[:_MOST_COMPARED])
    return _decided(np.moveaxis(stacked, 0, 2), allowed)


def parse_axes(text: str, allowed: Sequence[Axes]) -> Axes:
    """The axes that a setting names.

    Raises:
        SpecError: It is none of the allowed orders; the message lists them.
    """
    words = _words(text)
    if words not in allowed:
        raise _unknown_axes(text, allowed)
    return words


def _words(text: str) -> Axes:
    words = (word.strip().lower() for word in text.split(","))
    return tuple(_SYNONYMS.get(word, word) for word in words)


def _unknown_axes(text: str, allowed: Sequence[Axes]) -> SpecError:
    return SpecError(
        f"'{text}' does not name the {len(allowed[0])} axes of this array",
        where="axes",
        remedy=f"Choose one of {'; '.join(','.join(axes) for axes in allowed)}",
    )


def _given(text: str, allowed: Sequence[Axes]) -> AxisOrder:
    axes = parse_axes(text, allowed)
    return AxisOrder(axes, set_by_user("axes", ",".join(axes)))


def _order(axes: Axes, sure: float, evidence: str, others: Sequence[Axes]) -> AxisOrder:
    alternatives = tuple(",".join(other) for other in others)
    return AxisOrder(axes, ReadingDecision("axes", ",".join(axes), sure, evidence, alternatives))


def _no_surer_than(order: AxisOrder, most: float) -> AxisOrder:
    found = order.decision
    others = [tuple(other.split(",")) for other in found.alternatives]
    return _order(order.axes, min(found.sure, most), found.evidence, others)


def _decided(
    array: NDArray[Any],
    candidates: Sequence[Axes],
    *,
    others: Sequence[Axes] = (),
    counted: str = "",
) -> AxisOrder:
    """The likeliest of several orders; others can be set, but are never chosen."""
    signs = _Signs(array)
    ranked = sorted(candidates, key=signs.score, reverse=True)
    best = ranked[0]
    lead = signs.score(best) - signs.score(ranked[1]) if len(ranked) > 1 else math.inf
    sure = min(_SUREST, 1 / (1 + math.exp(-min(lead, 50.0))))
    evidence = ", ".join(signs.evidence(best, counted))
    return _order(best, round(sure, 2), evidence, (*ranked[1:], *others))


class _Signs:
    """What speaks for an order of the axes of one array."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array
        self._sample = sample_of(array)
        self._known: dict[tuple[int, int | None], float] = {}

    def score(self, axes: Axes) -> float:
        """The log-odds of an order, up to a constant of the array."""
        time, channels, examples = _places(axes)
        score = 0.0
        if channels is not None:
            length = math.log(self._array.shape[time] / max(self._array.shape[channels], 1))
            score += _WEIGHT_OF_LENGTH * length
            score -= _WEIGHT_OF_ROUGHNESS * self._roughness_ratio(time, channels)
            score += _WEIGHT_OF_CUSTOM * (1 if time < channels else -1)
        if examples is not None:
            score += _WEIGHT_OF_EXAMPLES_FIRST * (1 - examples)
            score += _WEIGHT_OF_ROUGHNESS * _bounded_log(self._roughness(examples, channels))
        if channels is None and examples is not None:
            score -= _WEIGHT_OF_ROUGHNESS * _bounded_log(self._roughness(time, examples))
        return score

    def evidence(self, axes: Axes, counted: str) -> Iterator[str]:
        """Clauses that speak for an order, and what speaks against it."""
        time, channels, examples = _places(axes)
        if examples is not None and counted:
            entries = self._array.shape[examples]
            yield f"axis {examples + 1} has as many entries as {counted}, {entries:,}"
        elif examples is not None:
            yield f"axis {examples + 1} is taken for the examples, as no labels say how many"
        if channels is None:
            return
        steps, others = self._array.shape[time], self._array.shape[channels]
        lengths = f"axis {max(time, channels, key=self._length) + 1} is longer"
        lengths += f", {max(steps, others):,} against {min(steps, others):,}"
        ratio, clearly = self._roughness_ratio(time, channels), math.log(_CLEARLY)
        if steps > others:
            yield lengths
        if ratio < clearly:
            yield f"axis {time + 1} changes least from step to step"
        if steps < others:
            yield f"although {lengths}"
        if -ratio < clearly:
            yield f"although axis {channels + 1} changes less from step to step"

    def _length(self, axis: int) -> int:
        return int(self._array.shape[axis])

    def _roughness_ratio(self, time: int, channels: int) -> float:
        ratio = self._roughness(time, channels) / self._roughness(channels, time)
        return _bounded_log(ratio)

    def _roughness(self, along: int, scale: int | None) -> float:
        if (along, scale) not in self._known:
            self._known[along, scale] = roughness(self._sample, along, scale)
        return self._known[along, scale]


def _places(axes: Axes) -> tuple[int, int | None, int | None]:
    """The places of time, channels and examples."""
    channels = axes.index("channels") if "channels" in axes else None
    examples = axes.index("examples") if "examples" in axes else None
    return axes.index("time"), channels, examples


def _bounded_log(ratio: float) -> float:
    return max(-2.5, min(2.5, math.log(ratio)))

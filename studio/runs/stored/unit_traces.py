"""Traces of units over the test set, and the passages in which they do what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from studio.analysis.gates.dataset.passages import (
    GateCondition,
    Mask,
    Passages,
    aligned,
    class_shares,
    column_sums,
    find_passages,
)
from studio.core.arrays import Doubles, Floats, Integers
from studio.core.cells import CELLS
from studio.core.errors import SessionError
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.trace_pass import TracePass, evenly_chosen, split_array

_MOST_VALUES = 50_000_000
"""Values that are kept, 200 MB."""
_MOST_ALIGNED = 1000


@dataclass(frozen=True, eq=False)
class Aligned:
    """A column around the starts of passages.

    Attributes:
        offsets: Steps from the start, (offsets,).
        mean: (offsets,); NaN where no passage has such a step.
        low: 10 % quantile, (offsets,).
        high: 90 % quantile, (offsets,).
        passages: Of how many passages, the longest ones.
    """

    offsets: Doubles
    mean: Doubles
    low: Doubles
    high: Doubles
    passages: int


@dataclass(frozen=True, eq=False)
class FoundPassages:
    """Passages, and what they have in common.

    Attributes:
        conditions: What was asked for.
        passages: Rows of the examples that were read, longest first.
        numbers: The number of each passage's example within the test set, (passages,).
        classes: The class of each passage's example, or of its first step, (passages,), or None.
        shares: Share of each class in the passages and in all that was read, (2, classes).
        inside: Mean of each column in the passages, (channels,), in its unit; None for codes.
        elsewhere: The same everywhere else.
    """

    conditions: tuple[GateCondition, ...]
    passages: Passages
    numbers: Integers
    classes: Integers | None
    shares: Doubles | None
    inside: Doubles | None
    elsewhere: Doubles | None


@dataclass(eq=False)
class UnitTraces:
    """Traces of one model over examples of the test set.

    Attributes:
        model: Whose.
        prefix: Layer and direction, such as "l0".
        task: The prepared data.
        numbers: Which examples were read, (examples,).
        lengths: Their steps, (examples,).
        arrays: By gate or state, (examples, time, units).
        units: Which units these are.
    """

    model: TrainedModel
    prefix: str
    task: PreparedTask
    numbers: Integers
    lengths: Integers
    arrays: Mapping[str, Floats]
    units: tuple[int, ...]

    def knows(self, conditions: Sequence[GateCondition]) -> bool:
        """Whether it holds the units of all conditions."""
        return all(condition.unit in self.units for condition in conditions)

    def find(self, conditions: Sequence[GateCondition]) -> FoundPassages:
        """Passages in which all conditions hold."""
        traces = {
            (each.name, each.unit): self.arrays[each.name][..., self.units.index(each.unit)]
            for each in conditions
        }
        found = find_passages(traces, self.lengths, conditions)
        classes, shares = self._classes, None
        names = self.task.preprocessing.class_names
        if classes is not None and names is not None:
            shares = class_shares(found.mask, classes, self.lengths, len(names))
            own = classes[found.examples]
            rows = np.arange(len(found))
            classes = own if own.ndim == 1 else own[rows, found.first]
        inside, elsewhere = self._column_means(found.mask)
        numbers = self.numbers[found.examples]
        return FoundPassages(tuple(conditions), found, numbers, classes, shares, inside, elsewhere)

    def aligned(self, found: FoundPassages, channel: int) -> Aligned:
        """A column around the starts of the longest passages, in its unit."""
        every = found.passages
        few = slice(_MOST_ALIGNED)
        some = Passages(every.examples[few], every.first[few], every.steps[few], every.mask)
        typical = int(np.median(some.steps)) if len(some) else 1
        before, after = 10, min(60, typical + 10)
        column = self._inputs[..., channel]
        scaled = aligned(column, self.lengths, some, before, after)
        rows = np.zeros((scaled.size, len(self.task.preprocessing.input_names)))
        rows[:, channel] = scaled.ravel()
        owners = np.repeat(some.examples, before + after)
        values = self._in_units(rows, owners)[:, channel].reshape(scaled.shape)
        mean, low, high = (np.full(before + after, np.nan) for _ in range(3))
        has_any = np.isfinite(values).any(axis=0)
        mean[has_any] = np.nanmean(values[:, has_any], axis=0)
        low[has_any], high[has_any] = np.nanquantile(values[:, has_any], (0.1, 0.9), axis=0)
        return Aligned(np.arange(-before, after).astype(np.float64), mean, low, high, len(some))

    def _column_means(self, mask: Mask) -> tuple[Doubles | None, Doubles | None]:
        if self.task.preprocessing.embeds:
            return None, None
        valid = self._valid
        inside = column_sums(self._inputs, mask, self._in_units)
        within, outside = int(mask.sum()), int(valid.sum() - mask.sum())
        with np.errstate(invalid="ignore", divide="ignore"):
            return inside / within, (self._totals - inside) / outside

    @cached_property
    def _valid(self) -> Mask:
        steps = np.arange(self.task.test.inputs.shape[1])
        return np.asarray(steps < self.lengths[:, np.newaxis])

    @cached_property
    def _totals(self) -> Doubles:
        return column_sums(self._inputs, self._valid, self._in_units)

    @cached_property
    def _inputs(self) -> Floats:
        inputs = self.task.test.inputs
        return inputs if len(self.numbers) == len(inputs) else inputs[self.numbers]

    @cached_property
    def _classes(self) -> Integers | None:
        if self.task.preprocessing.class_names is None:
            return None
        return np.asarray(self.task.test.targets[self.numbers], dtype=np.int64)

    def _in_units(self, rows: Floats, examples: Integers) -> Doubles:
        positions = self.task.test.positions[self.numbers[examples]]
        preprocessing = self.task.preprocessing
        series = preprocessing.scaled_series(positions)
        return np.asarray(preprocessing.inputs_in_units(rows[:, np.newaxis], series)[:, 0])


class UnitTracesPass(TracePass):
    """Reads the test set and keeps all units of a layer where there is room, else those asked for.

    Of a set that is too large for that examples are taken evenly.
    """

    def __init__(
        self, model: TrainedModel, task: PreparedTask, prefix: str, units: Sequence[int]
    ) -> None:
        examples: Examples = task.test
        if not len(examples):
            raise SessionError("the test set has no examples", remedy="Choose another split")
        cell, steps = CELLS[model.contender.cell], examples.inputs.shape[1]
        each = steps * (len(cell.gates) + len(cell.states))
        every = range(model.contender.hidden_size)
        has_room = len(examples) * each * len(every) <= _MOST_VALUES
        self._kept = tuple(every) if has_room else tuple(dict.fromkeys(units))
        chosen = evenly_chosen(len(examples), max(1, _MOST_VALUES // (each * len(self._kept))))
        self._model, self._task, self._prefix, self._numbers = model, task, prefix, chosen
        self._arrays: dict[str, Floats] = {}
        self._lengths = np.zeros(len(chosen), np.int64)
        super().__init__([model], examples, chosen, self._add)

    def _add(
        self,
        model: TrainedModel,
        arrays: Mapping[str, Floats],
        numbers: Integers,
        lengths: Integers,
    ) -> None:
        del model
        rows = slice(self.done, self.done + len(numbers))
        self._lengths[rows] = lengths
        for name, values in arrays.items():
            prefix, what = split_array(name)
            if prefix != self._prefix:
                continue
            if what not in self._arrays:
                shape = (len(self._numbers), values.shape[1], len(self._kept))
                self._arrays[what] = np.zeros(shape, np.float32)
            self._arrays[what][rows] = values[..., list(self._kept)]

    def result(self) -> UnitTraces:
        """Once it is over."""
        return UnitTraces(
            self._model,
            self._prefix,
            self._task,
            self._numbers,
            self._lengths,
            self._arrays,
            self._kept,
        )

"""The examples of a set as rows: where each comes from, the truth, predictions and errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.analysis.predictions.errors import (
    PredictedSet,
    example_errors,
    predicted_classes,
    predicted_steps,
)
from studio.analysis.wording import format_figure
from studio.core.arrays import Doubles, Floats
from studio.core.results.metrics import has_target

NATS = "nats"
_MOST_VALUES = 3
_INVISIBLE = {" ": "space", "\n": "line end", "\t": "tab", "\r": "return"}

Json = str | float | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, eq=False)
class ErrorColumn:
    """A column of the table.

    Attributes:
        name: Its heading.
        keys: What it is sorted by, (examples,).
        text: The cell of an example.
        is_number: Whether it is set right.
    """

    name: str
    keys: Doubles
    text: Callable[[int], str]
    is_number: bool = True


@dataclass(frozen=True, eq=False)
class ErrorRows:
    """A row for each example of a set; texts are made when they are asked for.

    Attributes:
        part: The examples.
        seed: Whose runs are shown.
        target: Which of several targets counts, or None for all.
        times: The time stamps of all steps of the series, (time,), or None.
        groups: The group of each example, (examples,), by column.
    """

    part: PredictedSet
    seed: int
    target: int | None = None
    times: NDArray[np.str_] | None = None
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)

    @cached_property
    def predictions(self) -> Mapping[str, Floats]:
        """Of the runs with this seed, by contender."""
        runs = self.part.predictions.items()
        return {name: own[self.seed] for name, own in runs if self.seed in own}

    @cached_property
    def errors(self) -> Mapping[str, Doubles]:
        """By contender, (examples,) each."""
        return {
            name: example_errors(self.part, own, self.target)
            for name, own in self.predictions.items()
        }

    @property
    def unit(self) -> str:
        """Of the errors; "" for values without a common unit."""
        if not self.part.has_numbers:
            return NATS
        preprocessing = self.part.preprocessing
        return (
            preprocessing.unit if self.target is None else preprocessing.target_units[self.target]
        )

    @property
    def explanation(self) -> str:
        """What an error is, a sentence."""
        preprocessing = self.part.preprocessing
        over = ", the mean over the steps with a target" if preprocessing.per_step else ""
        if not self.part.has_numbers:
            return f"Errors are negative log-likelihoods of the truth in nats{over}."
        unit = f" in {self.unit}" if self.unit else ""
        several = ""
        if preprocessing.horizon > 1:
            several = ", the mean over the steps ahead"
        if len(preprocessing.target_names) > 1 and self.target is None:
            several += " and over all targets" if several else ", the mean over all targets"
        return f"Errors are absolute distances from the truth{unit}{several}{over}."

    @cached_property
    def columns(self) -> tuple[ErrorColumn, ...]:
        """Example, time and groups where known, truth, then each contender with its error."""
        numbers = np.arange(len(self.part), dtype=np.float64)
        own = [ErrorColumn("example", numbers, str), *self._places(), self._truth()]
        for name in self.predictions:
            own += [self._prediction(name), self.error_column(name)]
        return tuple(own)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def cells(self, example: int) -> tuple[str, ...]:
        """The texts of a row."""
        return tuple(column.text(example) for column in self.columns)

    def error_column(self, contender: str) -> ErrorColumn:
        errors = self.errors[contender]
        heading = f"{contender} error, {self.unit}" if self.unit else f"{contender} error"
        return ErrorColumn(heading, errors, lambda example: _figure(float(errors[example])))

    def place_of(self, example: int) -> str:
        """The time of an example's first predicted step, or its number, or ""."""
        steps = predicted_steps(self.part)
        if steps is None:
            return ""
        step = int(steps[0][example])
        return str(step) if self.times is None else str(self.times[step])

    def truth_text(self, example: int) -> str:
        """The true class, values, or how many steps are predicted."""
        part, truth = self.part, self.part.test_truth[example]
        if part.has_numbers:
            return self._values(truth)
        if part.preprocessing.per_step:
            return f"{int(has_target(part.test_truth[[example]]).sum())} steps"
        return class_name(part, int(truth))

    def prediction_text(self, contender: str, example: int) -> str:
        """The predicted class with its probability, values, or how many steps are wrong."""
        part, own = self.part, self.predictions[contender][[example]]
        if part.has_numbers:
            return self._values(part.preprocessing.point_predictions(own)[0])
        if part.preprocessing.outcomes is None:
            return ""
        guess = predicted_classes(part, own)[0]
        if part.preprocessing.per_step:
            truth = part.test_truth[example]
            wrong = int(((guess != truth) & (truth >= 0)).sum())
            return f"{wrong} wrong"
        return f"{class_name(part, int(guess))}, {100 * float(own[0, guess]):.0f} %"

    def as_json(self, example: int) -> dict[str, Json]:
        """A row with its numbers in full."""
        part, row = self.part, self.part.test_truth[example]
        found: dict[str, Json] = {"example": example}
        if place := self.place_of(example):
            found["time" if self.times is not None else "step"] = place
        found |= {name: str(of[example]) for name, of in self.groups.items()}
        found["truth"] = _values_json(row) if part.has_numbers else self._classes_json(row)
        for name, own in self.predictions.items():
            error = float(self.errors[name][example])
            found[name] = {"prediction": self._prediction_json(own[[example]]),
                           "error": error if np.isfinite(error) else None}  # fmt: skip
        return found

    def _prediction_json(self, own: Floats) -> Json:
        preprocessing = self.part.preprocessing
        if self.part.has_numbers:
            return _values_json(preprocessing.point_predictions(own)[0])
        if preprocessing.outcomes is None:
            return None
        return self._classes_json(predicted_classes(self.part, own)[0])

    def _classes_json(self, classes: NDArray[np.int64]) -> Json:
        names = self.part.preprocessing.outcomes
        if names is None:
            return None
        listed = [names[int(code)] if code >= 0 else None for code in np.atleast_1d(classes)]
        return listed[0] if not np.ndim(classes) else list(listed)

    def _places(self) -> list[ErrorColumn]:
        columns = []
        steps = predicted_steps(self.part)
        if steps is not None:
            name = "step" if self.times is None else "time"
            columns.append(ErrorColumn(name, steps[0].astype(np.float64), self.place_of))
        for name, groups in self.groups.items():
            rank = np.unique(groups, return_inverse=True)[1].astype(np.float64)
            columns.append(
                ErrorColumn(name, rank, lambda at, of=groups: str(of[at]), is_number=False)  # type: ignore[misc]
            )
        return columns

    def _truth(self) -> ErrorColumn:
        part = self.part
        unit = f"truth, {self.unit}" if part.has_numbers and self.unit else "truth"
        keys = self._keys(part.test_truth)
        return ErrorColumn(unit, keys, self.truth_text, is_number=part.has_numbers)

    def _prediction(self, name: str) -> ErrorColumn:
        part, own = self.part, self.predictions[name]
        if part.has_numbers:
            keys = self._keys(part.preprocessing.point_predictions(own))
        elif part.preprocessing.outcomes is None:
            keys = np.zeros(len(part))
        elif part.preprocessing.per_step:
            wrong = (predicted_classes(part, own) != part.test_truth) & (part.test_truth >= 0)
            keys = wrong.sum(axis=1).astype(np.float64)
        else:
            keys = predicted_classes(part, own).astype(np.float64)
        return ErrorColumn(
            name, keys, lambda at: self.prediction_text(name, at), is_number=part.has_numbers
        )

    def _keys(self, values: NDArray[np.generic]) -> Doubles:
        """Classes by their number, values by their mean, sequences by their length."""
        if not self.part.has_numbers:
            scored = has_target(values) if values.ndim > 1 else values
            return _summed(np.asarray(scored, dtype=np.float64).reshape(len(values), -1))
        chosen = np.asarray(values, dtype=np.float64)[..., self._outputs]
        flat = chosen.reshape(len(chosen), -1)
        known = ~np.isnan(flat)
        counts = np.maximum(known.sum(axis=1), 1)
        return np.asarray(_summed(np.where(known, flat, 0.0)) / counts)

    @property
    def _outputs(self) -> slice:
        if self.target is None:
            return slice(None)
        return slice(self.target, None, len(self.part.preprocessing.target_names))

    @cached_property
    def _like(self) -> float:
        """A usual error: values are written so that it can be seen."""
        together = np.concatenate([np.zeros(0), *self.errors.values()])
        positive = together[np.isfinite(together) & (together > 0)]
        return float(np.median(positive)) if len(positive) else 1.0

    def _values(self, values: Floats) -> str:
        chosen = np.asarray(values, dtype=np.float64)[..., self._outputs]
        known = chosen[~np.isnan(chosen)]
        if not known.size:
            return ""
        if self.part.preprocessing.per_step:
            low, high = (
                format_figure(float(end), self._like) for end in (known.min(), known.max())
            )
            return f"{low} to {high}"
        if known.size > _MOST_VALUES:
            first, last = (format_figure(float(known[at]), self._like) for at in (0, -1))
            return f"{first} … {last}"
        return ", ".join(format_figure(float(value), self._like) for value in known)


def class_name(part: PredictedSet, code: int) -> str:
    """A class as it is read; white space by its name."""
    name = (part.preprocessing.outcomes or ())[code]
    return _INVISIBLE.get(name, name)


def _summed(values: Doubles) -> Doubles:
    return np.asarray(values.sum(axis=1))


def _figure(value: float) -> str:
    return format_figure(value, value / 10) if np.isfinite(value) else ""


def _values_json(values: Floats) -> Json:
    return [
        _values_json(each) if np.ndim(each) else (float(each) if np.isfinite(each) else None)
        for each in values
    ]

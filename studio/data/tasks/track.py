"""Prepares numbers to be given at each step of series: windows or whole sequences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.errors import SpecError
from studio.core.notes import DataNote, ExamplesLeftOut, TrackedSteps
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.scaler import Scaler
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column, ExampleSet
from studio.data.splitting.series_parts import spans_of, splits_in_time
from studio.data.splitting.split_examples import split_notes
from studio.data.tasks.class_windows import cut_spans, refuse_empty_sets, with_sets
from studio.data.tasks.inputs import Inputs, rows_of
from studio.data.tasks.padded_parts import make_examples, make_preprocessing
from studio.data.tasks.usable_examples import divide_examples


def prepare_track(  # noqa: PLR0913, PLR0917 - what parts are made of
    series: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[DataNote, ...],
    fold_id: FoldId = SINGLE_SPLIT,
) -> PreparedTask:
    """Sequences with the numbers to predict at each step.

    Windows lie in one set and read nothing across its borders. They overlap by the washout, so that
    every later step of a set is scored once; with carried state they follow each other. The target
    of a step is read at none before the next.

    Raises:
        SpecError: A set would be empty, or has no step to score.
    """
    examples = series if task.window is None else _windows(series, task, fold_id)
    divided = divide_examples(
        examples, task, features, fold_id, lambda pool: _long_enough(examples, pool, task)
    )
    parts = divided.parts
    inputs = Inputs.fit(divided.chosen, parts[0], task)
    names = [column.name for column in series.channels]
    numbers = series.values[:, [names.index(column.name) for column in targets]]
    steps = _Steps.fit(inputs, numbers, parts[0], task)
    training, validation, test = (steps.examples(part) for part in parts)
    _refuse_unscored({"training": training, "test": test}, task)
    own = {
        "kind": "track",
        "target_scaler": steps.scaler,
        "washout": task.washout,
        "carried": task.carry_state,
        "past_target": tuple(steps.mean.tolist()) if task.past_target else None,
        "window": task.window,
        "is_cut": task.window is not None,
        "keeps_series": task.window is None or not splits_in_time(task),
        "stride": 1 if task.window is None else _stride(task),
    }
    lengths = inputs.lengths[divided.pool]
    read = _with_past_target(inputs, steps, targets) if task.past_target else inputs
    preprocessing = make_preprocessing(series, task, read, targets, lengths=lengths, own=own)
    every_note = (
        *notes,
        *divided.notes,
        *inputs.notes,
        *(split_notes(series, parts, task.group) if task.window is None else ()),
        TrackedSteps(task.washout, task.past_target, task.carry_state),
    )
    return PreparedTask(series.name, preprocessing, training, validation, test, every_note)


def _stride(task: TaskSpec) -> int:
    """Steps between the starts of windows."""
    assert task.window is not None  # noqa: S101 - asked by the callers
    return task.window if task.carry_state else task.window - task.washout


def _windows(series: ExampleSet, task: TaskSpec, fold_id: FoldId) -> ExampleSet:
    assert task.window is not None  # noqa: S101 - asked by the caller
    spans = spans_of(series, task, fold_id)
    cuts = cut_spans(spans, task.window, _stride(task), whole=task.carry_state)
    scored = cuts.lengths > task.washout
    kept = replace(
        cuts,
        starts=cuts.starts[scored],
        lengths=cuts.lengths[scored],
        parts=cuts.parts[scored],
    )
    examples = with_sets(series, kept)
    refuse_empty_sets(examples, series, task)
    return examples


def _long_enough(
    examples: ExampleSet, pool: Integers, task: TaskSpec
) -> tuple[Integers, tuple[DataNote, ...]]:
    """The sequences with steps after the washout, and a note on the others."""
    enough = pool[examples.lengths[pool] > task.washout]
    short = len(pool) - len(enough)
    return enough, (ExamplesLeftOut(short, "washout"),) if short else ()


def _refuse_unscored(parts: Mapping[str, Examples], task: TaskSpec) -> None:
    for name, part in parts.items():
        if name == "test" and task.split is not None and task.split[2:] == (0,):
            continue  # all data is trained on
        if not len(part):
            raise SpecError(
                f"the {name} set would be empty: each of its windows has a missing value",
                where="missing",
                remedy="Choose forward or mask, or a shorter window",
            )
        if np.isnan(part.targets_in_units).any(axis=-1).all():
            raise SpecError(
                f"no step of the {name} set has a target after the washout",
                where="washout" if task.washout else "target",
                remedy="Choose a shorter washout, or another target",
            )


def _with_past_target(inputs: Inputs, steps: "_Steps", targets: tuple[Column, ...]) -> Inputs:
    """The inputs with the names and the scaling of the past targets, which are read last."""
    scaler = Scaler(
        kind=inputs.scaler.kind,
        center=(*inputs.scaler.center, *steps.scaler.center),
        scale=(*inputs.scaler.scale, *steps.scaler.scale),
    )
    return replace(
        inputs,
        names=(*inputs.names, *(f"{column.name} (step before)" for column in targets)),
        units=(*inputs.units, *(column.unit for column in targets)),
        scaler=scaler,
        fill=None if inputs.fill is None else (*inputs.fill, *steps.mean.tolist()),
    )


@dataclass(frozen=True, eq=False)
class _Steps:
    """Inputs, and the numbers to predict at each of their rows.

    Attributes:
        inputs: The inputs, without past targets.
        numbers: Of each row of the series, (rows, targets), NaN where unknown.
        scaler: Of the targets, fitted on the steps that are trained on.
        mean: Of the targets over those steps, (targets,).
        task: The complete task.
    """

    inputs: Inputs
    numbers: Doubles
    scaler: Scaler
    mean: Doubles
    task: TaskSpec

    @classmethod
    def fit(cls, inputs: Inputs, numbers: Doubles, training: Integers, task: TaskSpec) -> "_Steps":
        starts, lengths = inputs.sources[training], inputs.lengths[training]
        if not task.carry_state:
            starts, lengths = starts + task.washout, np.maximum(lengths - task.washout, 0)
        rows = numbers[np.unique(rows_of(starts, lengths))]
        given = rows[~np.isnan(rows).any(axis=1)]
        if not len(given):
            raise SpecError(
                "no step of the training set has a target after the washout",
                where="washout" if task.washout else "target",
                remedy="Choose a shorter washout, or another target",
            )
        return cls(inputs, numbers, Scaler.fit(task.scaling, given), given.mean(axis=0), task)

    def examples(self, part: Integers) -> Examples:
        """The examples of a set."""
        lengths = self.inputs.lengths[part]
        longest = int(lengths.max(initial=0))
        inside = np.asarray(np.arange(longest) < lengths[:, np.newaxis])
        given = np.full((*inside.shape, self.numbers.shape[1]), np.nan)
        given[inside] = self.numbers[rows_of(self.inputs.sources[part], lengths)]
        truth = self._without_washout(given)
        read = self.inputs.padded(part)
        if self.task.past_target:
            read = np.concatenate([read, self._past(given, inside)], axis=2)
        scaled = self.scaler.apply(truth)
        positions = self.inputs.positions[part]
        made = make_examples(positions, read, lengths, scaled, truth, per_step=True)
        return replace(made, carried=self.task.carry_state)

    def _without_washout(self, given: Doubles) -> Doubles:
        truth = given.copy()
        first = slice(0, 1) if self.task.carry_state else slice(None)
        truth[first, : self.task.washout] = np.nan
        return truth

    def _past(self, given: Doubles, inside: NDArray[np.bool_]) -> Floats:
        """The scaled targets of the step before, (examples, time, targets); gaps carried on."""
        past = np.empty_like(given)
        last = np.tile(self.mean, (len(given), 1))
        for step in range(given.shape[1]):
            past[:, step] = last
            last = np.where(np.isnan(given[:, step]), last, given[:, step])
        if self.task.carry_state and len(given):
            ends = np.where(np.isnan(given[:-1, -1]), self.mean, given[:-1, -1])
            past[1:, 0] = ends
        past[~inside] = self.mean
        return self.scaler.apply(past)

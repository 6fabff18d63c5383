"""Prepares classification and regression of sequences: split, filled, scaled, padded."""

from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Integers, Truth
from studio.core.errors import DatasetError
from studio.core.notes import DataNote, UnseenClass
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.scaler import Scaler
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Column, ExampleSet
from studio.data.splitting.split_examples import split_notes
from studio.data.tasks.inputs import Inputs
from studio.data.tasks.padded_parts import make_examples, make_preprocessing
from studio.data.tasks.usable_examples import divide_examples, unlabelled_examples


def prepare_sequences(  # noqa: PLR0913, PLR0917 - what parts are made of
    dataset: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[DataNote, ...],
    fold_id: FoldId = SINGLE_SPLIT,
) -> PreparedTask:
    """Splits and scales examples; a given test set stays the test set.

    Raises:
        SpecError: A set would be empty.
        DatasetError: No example is left, or one has no label.
    """
    if task.missing == "refuse":
        _refuse_unlabelled(dataset)
    divided = divide_examples(dataset, task, features, fold_id)
    parts, pool = divided.parts, divided.pool
    inputs = Inputs.fit(divided.chosen, parts[0], task)
    labels, names, target_scaler = _labels(dataset, task, targets, pool, parts[0])
    goals = _Goals(labels, names, target_scaler)
    own = {
        "kind": "regress" if names is None else "classify",
        "target_scaler": target_scaler,
        "class_names": names,
    }
    lengths = inputs.lengths[pool]
    preprocessing = make_preprocessing(dataset, task, inputs, targets, lengths=lengths, own=own)
    training, validation, test = (_examples(inputs, part, goals) for part in parts)
    every_note = (
        *notes,
        *divided.notes,
        *inputs.notes,
        *split_notes(dataset, parts, task.group),
        *_unseen(labels, names, parts[0]),
    )
    return PreparedTask(dataset.name, preprocessing, training, validation, test, every_note)


@dataclass(frozen=True, eq=False)
class _Goals:
    labels: Truth
    class_names: tuple[str, ...] | None
    scaler: Scaler | None

    def targets(self, part: Integers) -> Truth:
        chosen = self.labels[part]
        return chosen if self.scaler is None else self.scaler.apply(chosen)

    def targets_in_units(self, part: Integers) -> Truth:
        chosen = self.labels[part]
        return chosen if self.scaler is None else chosen.astype(np.float64)


def _refuse_unlabelled(dataset: ExampleSet) -> None:
    count = int(unlabelled_examples(dataset).sum())
    if count:
        raise DatasetError(
            "an example has no label" if count == 1 else f"{count:,} examples have no label",
            where=dataset.source,
            remedy="Choose how to treat missing values, or complete the labels",
        )


def _labels(
    dataset: ExampleSet,
    task: TaskSpec,
    targets: tuple[Column, ...],
    pool: Integers,
    training: Integers,
) -> tuple[Truth, tuple[str, ...] | None, Scaler | None]:
    if dataset.class_names is None:
        names = [column.name for column in dataset.targets]
        values = dataset.labels[:, [names.index(column.name) for column in targets]]
        return values, None, Scaler.fit(task.scaling, values[training])
    present = np.unique(dataset.labels[pool])
    codes = np.searchsorted(present, dataset.labels).astype(np.int64)
    return codes, tuple(dataset.class_names[int(index)] for index in present), None


def _unseen(
    labels: Truth, names: tuple[str, ...] | None, training: Integers
) -> tuple[UnseenClass, ...]:
    seen = set(labels[training].tolist()) if names is not None else set()
    return tuple(UnseenClass(name) for index, name in enumerate(names or ()) if index not in seen)


def _examples(inputs: Inputs, part: Integers, goals: _Goals) -> Examples:
    read, lengths = inputs.padded(part), inputs.lengths[part]
    targets, in_units = goals.targets(part), goals.targets_in_units(part)
    return make_examples(inputs.positions[part], read, lengths, targets, in_units, per_step=False)

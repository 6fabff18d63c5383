"""Sequences with a class or with values: divided, mended, scaled, padded behind their ends."""

from dataclasses import dataclass, replace

import numpy as np

from studio.core.arrays import Integers, Truth
from studio.core.division import WHOLE, Division
from studio.core.errors import DatasetError
from studio.core.examples import Examples, PreparedTask
from studio.core.preparation import Scaler
from studio.core.task import TaskSpec
from studio.data.cutting import cut_training
from studio.data.dataset import Column, ExampleSet, is_coded
from studio.data.dividing import divide, division_notes
from studio.data.duplicates import first_of_each
from studio.data.gaps import rows_with_gaps
from studio.data.inputs import Inputs
from studio.data.sequence_sets import examples_of, preparation_of


def prepare_labelled(  # noqa: PLR0913, PLR0917 - what parts are made of
    dataset: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[str, ...],
    division: Division = WHOLE,
) -> PreparedTask:
    """Divides and scales examples; a given test part stays the test part.

    Raises:
        SpecError: A part would be empty.
        DatasetError: No example is left, or one has no label.
    """
    if task.missing == "refuse":
        _refuse_unlabelled(dataset)
    chosen = choose(dataset, features)
    pool, left_out = pool_of(dataset, chosen, task)
    parts, cut = cut_training(dataset, divide(dataset, pool, task, division), task, division)
    inputs = Inputs.fit(chosen, parts[0], task)
    labels, names, target_scaler = _labels(dataset, task, targets, pool, parts[0])
    goals = _Goals(labels, names, target_scaler)
    own = {
        "kind": "regress" if names is None else "classify",
        "target_scaler": target_scaler,
        "class_names": names,
    }
    lengths = inputs.lengths[pool]
    preparation = preparation_of(dataset, task, inputs, targets, lengths=lengths, own=own)
    training, validation, test = (_examples(inputs, part, goals) for part in parts)
    found = (
        *notes,
        *left_out,
        *cut,
        *inputs.notes,
        *division_notes(dataset, parts, task.group),
        *_unseen(labels, names, parts[0]),
    )
    return PreparedTask(dataset.name, preparation, training, validation, test, found)


@dataclass(frozen=True, eq=False)
class _Goals:
    labels: Truth
    class_names: tuple[str, ...] | None
    scaler: Scaler | None

    def targets(self, part: Integers) -> Truth:
        chosen = self.labels[part]
        return chosen if self.scaler is None else self.scaler.apply(chosen)

    def truth(self, part: Integers) -> Truth:
        chosen = self.labels[part]
        return chosen if self.scaler is None else chosen.astype(np.float32)


def choose(dataset: ExampleSet, features: tuple[Column, ...]) -> ExampleSet:
    """The dataset with the chosen channels, or the chosen steps where columns are steps."""
    if is_coded(dataset):
        return dataset
    names = [column.name for column in dataset.features]
    kept = [names.index(column.name) for column in features]
    if not dataset.row_per_example:
        return replace(dataset, channels=features, values=dataset.values[:, kept])
    steps = dataset.values.reshape(len(dataset), -1)[:, kept]
    lengths = np.full(len(dataset), len(kept), dtype=np.int64)
    return replace(dataset, values=steps.reshape(-1, 1), lengths=lengths)


def pool_of(
    dataset: ExampleSet, chosen: ExampleSet, task: TaskSpec
) -> tuple[Integers, tuple[str, ...]]:
    """The examples that are used, rising, and sentences on those that are not."""
    kept = np.ones(len(dataset), dtype=np.bool_)
    notes = []
    if task.missing != "refuse":
        kept &= ~_unlabelled(dataset)
        notes.append((len(kept) - int(kept.sum()), "have no label"))
    if task.missing == "drop":
        gappy = rows_with_gaps(chosen.values, chosen.lengths) & kept
        kept &= ~gappy
        notes.append((int(gappy.sum()), "have missing values"))
    if task.duplicates == "drop":
        repeats = kept.copy()
        repeats[_firsts(dataset, np.flatnonzero(kept))] = False
        kept &= ~repeats
        notes.append((int(repeats.sum()), "repeat another"))
    if not kept.any():
        raise DatasetError(
            "has no example left",
            where=dataset.source,
            remedy="Choose another treatment of missing values",
        )
    told = tuple(f"{count:,} examples are left out that {why}" for count, why in notes if count)
    return np.flatnonzero(kept).astype(np.int64), told


def _firsts(dataset: ExampleSet, used: Integers) -> Integers:
    """The first of equal examples; one in a given test part counts before those of training."""
    if dataset.in_test is not None:
        used = used[np.argsort(~dataset.in_test[used], kind="stable")]
    return used[first_of_each(dataset.kinds[used])]


def _refuse_unlabelled(dataset: ExampleSet) -> None:
    count = int(_unlabelled(dataset).sum())
    if count:
        raise DatasetError(
            "an example has no label" if count == 1 else f"{count:,} examples have no label",
            where=dataset.source,
            remedy="Choose what becomes of missing values, or complete the labels",
        )


def _unlabelled(dataset: ExampleSet) -> np.ndarray:
    if dataset.class_names is not None:
        return np.asarray(dataset.labels < 0)
    return np.asarray(np.isnan(dataset.labels).any(axis=1))


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
    return codes, tuple(dataset.class_names[int(at)] for at in present), None


def _unseen(labels: Truth, names: tuple[str, ...] | None, training: Integers) -> tuple[str, ...]:
    seen = set(labels[training].tolist()) if names is not None else set()
    return tuple(
        f"the class '{name}' has no example in the training part"
        for at, name in enumerate(names or ())
        if at not in seen
    )


def _examples(inputs: Inputs, part: Integers, goals: _Goals) -> Examples:
    read, lengths = inputs.padded(part), inputs.lengths[part]
    return examples_of(part, read, lengths, goals.targets(part), goals.truth(part), stepwise=False)

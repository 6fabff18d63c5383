"""Sequences with a class or with values, padded behind their ends."""

from dataclasses import replace

import numpy as np

from studio.core.arrays import Floats, Integers, Truth
from studio.core.examples import Examples, PreparedTask
from studio.core.preparation import Preparation, Scaler
from studio.core.spec import TaskSpec
from studio.data.dataset import Column, ExampleSet
from studio.data.forecasts import constant_notes
from studio.data.splits import part_sizes, refuse_empty, stratified_parts


def prepare_labelled(
    dataset: ExampleSet,
    task: TaskSpec,
    features: tuple[Column, ...],
    targets: tuple[Column, ...],
    notes: tuple[str, ...],
) -> PreparedTask:
    """Divides and scales examples; a given test part stays the test part.

    Raises:
        SpecError: A part would be empty.
    """
    assert task.split is not None  # noqa: S101 - the task is complete
    chosen = _choose(dataset, features)
    parts = _divide(dataset, task.split, task.split_seed)
    fitted = np.concatenate([chosen.sequence(int(index)) for index in parts[0]])
    scaler = Scaler.fit(task.scaling, fitted)
    scaled = scaler.apply(chosen.values)
    labels, names, target_scaler = _labels(dataset, task, targets, parts[0])
    scaled_labels = labels if target_scaler is None else target_scaler.apply(labels)
    truth = labels if target_scaler is None else labels.astype(np.float32)
    preparation = Preparation(
        kind="regress" if names is None else "classify",
        input_names=tuple(column.name for column in chosen.channels),
        input_units=tuple(column.unit for column in chosen.channels),
        input_scaler=scaler,
        target_names=tuple(column.name for column in targets),
        target_units=tuple(column.unit for column in targets),
        target_scaler=target_scaler,
        class_names=names,
        min_length=int(chosen.lengths.min()),
        max_length=int(chosen.lengths.max()),
    )
    training, validation, test = (
        _examples(chosen, part, scaled, scaled_labels, truth) for part in parts
    )
    found = (*notes, *constant_notes(chosen.channels, fitted), *_unseen(labels, names, parts[0]))
    return PreparedTask(dataset.name, preparation, training, validation, test, found)


def _choose(dataset: ExampleSet, features: tuple[Column, ...]) -> ExampleSet:
    """The dataset with the chosen channels, or the chosen steps where columns are steps."""
    names = [column.name for column in dataset.features]
    kept = [names.index(column.name) for column in features]
    if not dataset.row_per_example:
        return replace(dataset, channels=features, values=dataset.values[:, kept])
    steps = dataset.values.reshape(len(dataset), -1)[:, kept]
    lengths = np.full(len(dataset), len(kept), dtype=np.int64)
    return replace(dataset, values=steps.reshape(-1, 1), lengths=lengths)


def _divide(dataset: ExampleSet, split: tuple[float, ...], seed: int) -> list[Integers]:
    """Indices of the examples of training, validation and test."""
    strata = np.zeros(len(dataset), dtype=np.int64)
    if dataset.class_names is not None:
        strata = dataset.labels.astype(np.int64)
    given = dataset.in_test
    pool = np.arange(len(dataset)) if given is None else np.flatnonzero(~given)
    sizes = part_sizes(len(pool), split)
    refuse_empty(sizes, split, f"there are {len(pool)} examples to divide")
    parts = [pool[chosen] for chosen in stratified_parts(strata[pool], split, seed)]
    return parts if given is None else [*parts, np.flatnonzero(given)]


def _labels(
    dataset: ExampleSet, task: TaskSpec, targets: tuple[Column, ...], training: Integers
) -> tuple[Truth, tuple[str, ...] | None, Scaler | None]:
    if dataset.class_names is None:
        names = [column.name for column in dataset.targets]
        values = dataset.labels[:, [names.index(column.name) for column in targets]]
        return values, None, Scaler.fit(task.scaling, values[training])
    present, codes = np.unique(dataset.labels, return_inverse=True)
    kept = tuple(dataset.class_names[int(at)] for at in present)
    return codes.astype(np.int64), kept, None


def _unseen(labels: Truth, names: tuple[str, ...] | None, training: Integers) -> tuple[str, ...]:
    seen = set(labels[training].tolist()) if names is not None else set()
    return tuple(
        f"the class '{name}' has no example in the training part"
        for at, name in enumerate(names or ())
        if at not in seen
    )


def _examples(
    dataset: ExampleSet, part: Integers, scaled: Floats, targets: Truth, truth: Truth
) -> Examples:
    lengths = dataset.lengths[part]
    equal = len(np.unique(lengths)) <= 1
    return Examples(
        inputs=_padded(scaled, dataset.starts[part], lengths),
        lengths=None if equal else lengths.copy(),
        targets=targets[part],
        truth=truth[part],
        positions=part.astype(np.int64),
    )


def _padded(scaled: Floats, starts: Integers, lengths: Integers) -> Floats:
    """Sequences behind each other as (examples, time, channels), zeros behind their ends."""
    longest = int(lengths.max(initial=0))
    padded = np.zeros((len(lengths), longest, scaled.shape[1]), dtype=np.float32)
    for row, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        padded[row, :length] = scaled[start : start + length]
    return padded

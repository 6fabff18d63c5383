"""Examples from an array of sequences, with or without labels."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.notes import DataNote, PaddingRemoved, StepsTagged
from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.axes import axes_of_examples
from studio.data.arrays.content import ArrayFile, SetArrays, as_vector
from studio.data.arrays.part_labels import ExampleLabels, PartLabels, StepLabels
from studio.data.arrays.sequences import concatenated
from studio.data.dataset import Column, ExampleSet, Tags
from studio.data.files.arrays import array_columns, numbers_of
from studio.data.transform.labels import Labels
from studio.data.transform.symbols import unlabelled

_MATRIX, _EXAMPLE_AXES = 2, 3


def examples_of_part(
    file: ArrayFile, part: SetArrays, labels: PartLabels | None, spec: FileDataset
) -> ExampleSet:
    """The examples of one set.

    Args:
        file: Where the arrays come from.
        part: The arrays.
        labels: What `labels_of_parts` found, or None for examples without labels.
        spec: The settings.

    Raises:
        DatasetError: The sequences have another shape, or do not fit their lengths or labels.
        SpecError: The setting `axes` does not fit.
    """
    if isinstance(part.x, tuple):
        read = concatenated(part.x, spec.axes, file.place(part.x_key))
        examples = _unlabelled(file, part, read.values, read.lengths, read.decisions)
    elif part.is_concatenated:
        examples = _concatenated(file, part)
    else:
        examples = _padded(file, part, labels, spec)
    if isinstance(labels, StepLabels):
        return _tagged(file, part, examples, labels)
    labelled = _labelled(file, part, examples, labels)
    return _grouped(labelled, part)


def _concatenated(file: ArrayFile, part: SetArrays) -> ExampleSet:
    assert part.lengths is not None  # noqa: S101 - it says that they are concatenated
    assert not isinstance(part.x, tuple)  # noqa: S101 - likewise
    total = int(part.lengths.astype(np.float64).sum())
    if not len(part.lengths) or part.lengths.min() < 1 or total != len(part.x):
        raise DatasetError(
            f"adds up to {total} steps, but there are {len(part.x)}",
            where=file.place(part.lengths_key),
            remedy="Use the number of steps of each sequence, at least 1",
        )
    values = numbers_of(part.x, file.place(part.x_key)).reshape(len(part.x), -1)
    return _unlabelled(file, part, values, part.lengths.astype(np.int64), ())


def _padded(
    file: ArrayFile, part: SetArrays, labels: PartLabels | None, spec: FileDataset
) -> ExampleSet:
    assert not isinstance(part.x, tuple)  # noqa: S101 - lists are not padded
    place = file.place(part.x_key)
    x = _without_last_ones(part.x)
    if x.ndim not in {_MATRIX, _EXAMPLE_AXES} or not x.size:
        raise DatasetError(
            f"has the shape {x.shape}",
            where=place,
            remedy="Use (examples, time) or (examples, time, channels)",
        )
    x = numbers_of(x, place)
    count = len(labels.labels[0]) if isinstance(labels, ExampleLabels) else None
    count = len(labels.codes) if isinstance(labels, StepLabels) else count
    counted = part.y_key
    if count is None and part.lengths is not None:
        count, counted = len(part.lengths), part.lengths_key
    order = axes_of_examples(x, count, spec.axes, counted)
    ordered = np.ascontiguousarray(order.arranged(x))
    padded = ordered.reshape(*ordered.shape[:2], -1)
    if count is not None and len(padded) != count:
        raise DatasetError(
            f"has {len(padded):,} examples along that axis, but {counted} has {count:,}",
            where=place,
            remedy="Set axes so that the examples are where the labels say",
        )
    lengths = _lengths(file, part, padded)
    notes: tuple[DataNote, ...] = ()
    if part.lengths is None:
        lengths = _given_steps(padded)
        shorter = int((lengths < padded.shape[1]).sum())
        notes = (PaddingRemoved(shorter),) if shorter else ()
    values = padded[np.arange(padded.shape[1]) < lengths[:, np.newaxis]]
    decisions = (order.decision,) if x.ndim == _EXAMPLE_AXES or _is_doubted(order.decision) else ()
    return replace(_unlabelled(file, part, values, lengths, decisions), notes=notes)


def _is_doubted(decision: ReadingDecision) -> bool:
    return decision.is_set or bool(decision.alternatives)


def _without_last_ones(x: NDArray[Any]) -> NDArray[Any]:
    """An array without axes of a single entry behind the third, as convolutions need them."""
    while x.ndim > _EXAMPLE_AXES and x.shape[-1] == 1:
        x = x[..., 0]
    return x


def _given_steps(padded: Doubles) -> Integers:
    """Steps of each example up to the last with a value, or all where an example has none."""
    given = np.asarray(~np.isnan(padded).all(axis=2), dtype=np.bool_)
    steps = padded.shape[1]
    last = steps - given[:, ::-1].argmax(axis=1)
    if not given.any(axis=1).all():
        return np.full(len(padded), steps, dtype=np.int64)
    return np.asarray(last, dtype=np.int64)


def _lengths(file: ArrayFile, part: SetArrays, padded: Doubles) -> Integers:
    examples, steps = padded.shape[:2]
    lengths = part.lengths
    if lengths is None:
        return np.full(examples, steps, dtype=np.int64)
    lengths = lengths.reshape(-1)
    is_whole = lengths.dtype.kind in "iu" or bool(np.all(lengths == np.round(lengths)))
    fits = lengths.shape == (examples,) and is_whole
    if not fits or lengths.min() < 1 or lengths.max() > steps:
        raise DatasetError(
            "does not hold one length for each example",
            where=file.place(part.lengths_key),
            remedy=f"Use {examples} integers between 1 and {steps}",
        )
    return lengths.astype(np.int64)


def _unlabelled(
    file: ArrayFile,
    part: SetArrays,
    values: Doubles,
    lengths: Integers,
    decisions: tuple[ReadingDecision, ...],
) -> ExampleSet:
    channels = array_columns(values, file.place(part.x_key))
    labels, names = unlabelled(len(lengths))
    return ExampleSet(
        name=file.path.stem,
        source=file.path.name,
        columns=channels,
        channels=channels,
        values=values,
        lengths=lengths,
        labels=labels,
        class_names=names,
        decisions=decisions,
    )


def _labelled(
    file: ArrayFile, part: SetArrays, examples: ExampleSet, read: ExampleLabels | None
) -> ExampleSet:
    if read is None:
        return examples
    labels, names = read.labels
    if len(labels) != len(examples):
        raise DatasetError(
            f"has {len(labels):,} labels for {len(examples):,} examples",
            where=file.place(part.y_key),
            remedy="Use one label for each example",
        )
    return replace(
        examples,
        columns=(*examples.channels, *_targets(read.labels)),
        labels=labels,
        class_names=names,
        decisions=(*examples.decisions, read.decision),
    )


def _targets(read: Labels) -> tuple[Column, ...]:
    labels, names = read
    if names is not None:
        return (Column("class", "label", "text", missing=int(np.sum(labels < 0))),)
    count = labels.shape[1]
    titles = ["target"] if count == 1 else [f"target {index + 1}" for index in range(count)]
    missing = np.isnan(labels).sum(axis=0)
    return tuple(
        Column(title, "target", missing=int(absent))
        for title, absent in zip(titles, missing, strict=True)
    )


def _tagged(file: ArrayFile, part: SetArrays, examples: ExampleSet, read: StepLabels) -> ExampleSet:
    """Examples with a class for each step; classes of padding are left out."""
    pieces = []
    for number, (codes, length) in enumerate(
        zip(read.codes, examples.lengths.tolist(), strict=True), start=1
    ):
        if len(codes) < length or (isinstance(part.y, tuple) and len(codes) != length):
            raise DatasetError(
                f"has {len(codes)} labels for {length} steps",
                where=f"{file.place(part.y_key)}, sequence {number}",
                remedy="Use a label for each step, or set axes",
            )
        pieces.append(codes[:length])
    codes = np.concatenate(pieces)
    return _grouped(
        replace(
            examples,
            columns=(
                *examples.channels,
                Column("class", "label", "text", missing=int((codes < 0).sum())),
            ),
            tags=Tags(codes, read.names),
            notes=(*examples.notes, StepsTagged(part.y_key)),
            decisions=(*examples.decisions, read.decision),
        ),
        part,
    )


def _grouped(examples: ExampleSet, part: SetArrays) -> ExampleSet:
    """Examples with the groups that have an entry for each."""
    groups = {
        key: np.array([_text(entry) for entry in vector.tolist()], dtype=str)
        for key, content in part.groups.items()
        if (vector := as_vector(content)) is not None and len(vector) == len(examples)
    }
    return examples.with_groups(MappingProxyType(groups)) if groups else examples


def _text(entry: object) -> str:
    if isinstance(entry, bytes):
        return entry.decode("utf-8", "replace").strip()
    return f"{entry:.15g}" if isinstance(entry, float) else str(entry).strip()

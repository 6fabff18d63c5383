"""Cuts series with a class for each step into windows with a class, or into tagged pieces."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError
from studio.core.notes import DataNote, MixedWindows
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.task_spec import Mixed, TaskSpec
from studio.data.dataset import ExampleSet, Tags
from studio.data.splitting.series_parts import Span, spans_of, splits_in_time
from studio.data.splitting.splits import PART_NAMES
from studio.data.transform.labels import MISSING_CLASS

_REMEDY = "Choose a shorter window, or give the set a larger share"
_REMEDY_FOR_SEVERAL = f"{_REMEDY}, or keep whole series in one set (split_series = by-series)"
_TRAINING, _VALIDATION, _TEST = range(3)


def is_cut(dataset: ExampleSet, task: TaskSpec) -> bool:
    """Whether the task cuts the series of a dataset into examples."""
    return task.window is not None and dataset.tags is not None


def cut_series(
    dataset: ExampleSet, task: TaskSpec, fold_id: FoldId
) -> tuple[ExampleSet, tuple[DataNote, ...]]:
    """Windows with a class each, or pieces that follow each other with a class for each step.

    All steps of an example are of one series and of one set, so that examples that overlap are in
    the same set. A window of fewer steps at the end of a set is left out; a piece is kept.

    Args:
        dataset: Series with tags.
        task: The complete task, classify or tag, with a window.
        fold_id: The fold that is tested.

    Returns:
        The examples, with the sets as given ones, and notes on how they were cut.

    Raises:
        SpecError: A set would be empty.
    """
    assert task.window is not None  # noqa: S101 - see is_cut
    tagging = task.kind == "tag"
    spans = spans_of(dataset, task, fold_id)
    cuts = cut_spans(spans, task.window, _stride(task), whole=not tagging)
    pieces = with_sets(dataset, cuts)
    examples, notes = (pieces, ()) if tagging else _classified(pieces, task)
    refuse_empty_sets(examples, dataset, task)
    return examples, notes


def as_cut(prepared: PreparedTask, task: TaskSpec) -> PreparedTask:
    """The prepared examples, with how they were cut from series."""
    update = {
        "is_cut": True,
        "keeps_series": not splits_in_time(task),
        "stride": _stride(task),
    }
    return replace(prepared, preprocessing=prepared.preprocessing.model_copy(update=update))


def _stride(task: TaskSpec) -> int:
    """Steps between the starts of examples; pieces follow each other."""
    return task.window or 1 if task.kind == "tag" else task.stride


@dataclass(frozen=True, eq=False)
class Cuts:
    """First row, steps and set of each example, (examples,) each."""

    starts: Integers
    lengths: Integers
    parts: Integers


def cut_spans(spans: tuple[Span, ...], window: int, stride: int, *, whole: bool) -> Cuts:
    """Windows in each stretch of a series; with `whole` without shorter ones at its end."""
    starts = [
        np.arange(span.start, span.end - window + 1 if whole else span.end, stride, dtype=np.int64)
        for span in spans
    ]
    counts = [len(firsts) for firsts in starts]
    firsts = np.concatenate(starts)
    ends = np.repeat([span.end for span in spans], counts)
    parts = np.repeat([span.part for span in spans], counts)
    return Cuts(firsts, np.minimum(window, ends - firsts), parts)


def refuse_empty_sets(examples: ExampleSet, dataset: ExampleSet, task: TaskSpec) -> None:
    """Raises SpecError where a set with a share has no example."""
    assert examples.in_test is not None  # noqa: S101 - see with_sets
    assert examples.in_validation is not None  # noqa: S101
    counts = {_VALIDATION: examples.in_validation.sum(), _TEST: examples.in_test.sum()}
    counts[_TRAINING] = len(examples) - sum(counts.values())
    single = " of a single class" if task.mixed == "drop" else ""
    for part, share in enumerate(_shares(dataset, task)):
        if share > 0 and not counts[part]:
            raise SpecError(
                f"the {PART_NAMES[part]} set would be empty: it has no {task.window} neighbouring "
                f"steps{single}",
                where="window",
                remedy=_REMEDY if len(dataset) == 1 else _REMEDY_FOR_SEVERAL,
            )


def _shares(dataset: ExampleSet, task: TaskSpec) -> tuple[float, ...]:
    """The share of each set; a given one has some."""
    if task.split is None:
        return (1, 1, 1)
    return task.split if dataset.in_test is None else (*task.split, 1)


def with_sets(dataset: ExampleSet, cuts: Cuts) -> ExampleSet:
    """The cut examples, with the groups of their series."""
    series = np.searchsorted(np.cumsum(dataset.lengths), cuts.starts, side="right")
    return replace(
        dataset,
        lengths=cuts.lengths,
        first_rows=cuts.starts,
        labels=np.zeros((len(series), 0), dtype=np.float64),
        in_test=cuts.parts == _TEST,
        in_validation=cuts.parts == _VALIDATION,
        groups={name: values[series] for name, values in dataset.groups.items()},
    )


def _classified(examples: ExampleSet, task: TaskSpec) -> tuple[ExampleSet, tuple[DataNote, ...]]:
    """The windows with their classes instead of those of their steps."""
    assert task.window is not None  # noqa: S101 - see is_cut
    assert examples.tags is not None  # noqa: S101
    codes, is_mixed = window_classes(examples.tags, examples.starts, task.window, task.mixed)
    labelled = replace(examples, labels=codes, class_names=examples.tags.names, tags=None)
    notes = _mixed_notes(is_mixed, task.mixed)
    return (_without(labelled, is_mixed) if task.mixed == "drop" else labelled), notes


def _mixed_notes(is_mixed: NDArray[np.bool_], how: Mixed) -> tuple[DataNote, ...]:
    count = int(is_mixed.sum())
    return (MixedWindows(count, len(is_mixed), how),) if count else ()


def window_classes(
    tags: Tags, starts: Integers, window: int, how: Mixed
) -> tuple[Integers, NDArray[np.bool_]]:
    """The class of each window, -1 where it has none, and whether its steps have several.

    Of classes that are equally common the one that comes first among the names is taken. Steps
    without a class do not count.

    Args:
        tags: The class of each step.
        starts: The first step of each window, (windows,).
        window: Steps of a window.
        how: Which class a window of several has.

    Returns:
        Classes and whether they are mixed, (windows,) each.
    """
    most = np.zeros(len(starts), dtype=np.int64)
    commonest = np.full(len(starts), MISSING_CLASS, dtype=np.int64)
    kinds = np.zeros(len(starts), dtype=np.int64)
    for code in range(len(tags.names)):
        before = np.concatenate([[0], np.cumsum(tags.codes == code)])
        counts = before[starts + window] - before[starts]
        commonest[counts > most] = code
        most = np.maximum(most, counts)
        kinds += counts > 0
    last = np.asarray(tags.codes[starts + window - 1], dtype=np.int64)
    return last if how == "last" else commonest, np.asarray(kinds > 1, dtype=np.bool_)


def _without(examples: ExampleSet, dropped: NDArray[np.bool_]) -> ExampleSet:
    kept = ~dropped
    assert examples.in_test is not None  # noqa: S101 - see with_sets
    assert examples.in_validation is not None  # noqa: S101
    return replace(
        examples,
        lengths=examples.lengths[kept],
        first_rows=examples.starts[kept],
        labels=examples.labels[kept],
        in_test=examples.in_test[kept],
        in_validation=examples.in_validation[kept],
        groups={name: values[kept] for name, values in examples.groups.items()},
    )

"""What the card Learning curve shows: a row for each size, and what may be trained next."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.summaries.learning_curve import LearningCurve, SizePoint
from studio.analysis.wording import with_brackets
from studio.core.errors import SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.training_sizes import (
    TrainingSize,
    example_counts,
    parse_training_sizes,
    with_training_size,
)
from studio.gui.view.number_format import count_of, format_whole
from studio.gui.view.run_estimate import expected_seconds, expected_text

USUAL = "10%, 30%, 100%"
_SHARE_BETWEEN_LABELS = 0.09


def missing_text(curve: LearningCurve | None) -> str:
    """Why there is no curve yet and what to do about it, or ""."""
    if curve is None:
        return "Available once a run has finished."
    if len(curve.points) > 1:
        return ""
    return (
        f"One size so far: {count_of(curve.points[0].examples, 'training example')}. Train at more "
        "sizes to see whether more data would change the verdict."
    )


def column_headings(curve: LearningCurve, pair: tuple[str, str] | None) -> tuple[str, ...]:
    rule = (f"{curve.rule}\n(baseline)",) if curve.rule else ()
    compared = () if pair is None else (f"{pair[0]} − {pair[1]}", "Verdict")
    return ("Training\nexamples", *curve.contenders, *rule, *compared)


def rows(curve: LearningCurve, pair: tuple[str, str] | None) -> list[tuple[str, ...]]:
    """A row for each size: scores with their intervals, the difference, the verdict."""
    return [
        (
            format_whole(point.examples),
            *(with_brackets(contender.score) for contender in point.contenders),
            *((_rule(point, curve.rule),) if curve.rule else ()),
            *(() if pair is None else _compared(point, pair)),
        )
        for point in curve.points
    ]


def _rule(point: SizePoint, heading: str) -> str:
    """The baseline's score, with its name where the heading does not have it."""
    if point.baseline is None:
        return ""
    name, score = point.baseline
    return with_brackets(score) if name == heading else f"{name} {with_brackets(score)}"


def _compared(point: SizePoint, pair: tuple[str, str]) -> tuple[str, str]:
    row = point.pair(*pair)
    if not row.verdict.seeds:
        return "", "no seed finished by both yet"
    difference = row.verdict.difference
    return with_brackets(difference), row.words if point.is_complete else f"{row.words}, so far"


def findings(curve: LearningCurve, pair: tuple[str, str] | None) -> tuple[str, ...]:
    """Sentences on what more examples changed for two contenders and their difference."""
    names = {*(pair or ()), *(curve.contenders if pair is None else ())}
    return tuple(
        size_effect.sentence
        for size_effect in curve.size_effects
        if set(size_effect.names) <= names
    )


def labelled(sizes: Sequence[int]) -> tuple[int, ...]:
    """The sizes whose numbers have room below a logarithmic axis; the largest always has."""
    span = math.log(sizes[-1] / sizes[0]) or 1.0
    labels = [sizes[-1]]
    for size in reversed(sizes[:-1]):
        if math.log(labels[-1] / size) / span >= _SHARE_BETWEEN_LABELS:
            labels.append(size)
    return tuple(reversed(labels))


@dataclass(frozen=True)
class RequestedSizes:
    """Sizes that were asked for.

    Attributes:
        sizes: Training examples of those that are not there, by rising size.
        words: What training them costs, or why there is nothing to train.
        is_problem: Whether the sizes are invalid.
    """

    sizes: tuple[int, ...]
    words: str
    is_problem: bool = False


def requested_sizes(
    history: ComparisonHistory, curve: LearningCurve | None, text: str
) -> RequestedSizes:
    """The sizes in a text, and what training them costs.

    Shares are of the whole training set, or of the largest known one where all are cut.

    Args:
        history: The comparison that is shown.
        curve: The learning curve that it is part of.
        text: As the user wrote it.
    """
    largest = _largest(history, curve)
    try:
        asked = _sizes(parse_training_sizes(text), largest, is_whole=_is_whole(history, curve))
    except SpecError as error:
        remedy = f". {error.remedy}" if error.remedy else ""
        return RequestedSizes(
            (), f"{error.what[:1].upper()}{error.what[1:]}{remedy}.", is_problem=True
        )
    done = {point.examples for point in curve.points if point.is_complete} if curve else set()
    missing = tuple(size for size in asked if size not in done)
    if not missing:
        return RequestedSizes((), "The session already has all of these sizes.")
    return RequestedSizes(missing, _cost(history, missing, largest))


def _largest(history: ComparisonHistory, curve: LearningCurve | None) -> int:
    shown = history.part_sizes["training"]
    return max((shown, *(point.examples for point in curve.points))) if curve else shown


def _is_whole(history: ComparisonHistory, curve: LearningCurve | None) -> bool:
    is_cut = history.spec.task.training_examples is not None
    return not is_cut or (curve is not None and curve.whole is not None)


def _sizes(portions: Sequence[TrainingSize], largest: int, *, is_whole: bool) -> tuple[int, ...]:
    """Numbers of examples; a number may lie above the largest that is known, if that is a part."""
    if is_whole:
        return example_counts(portions, largest)
    beyond = [
        int(portion.number)
        for portion in portions
        if not portion.is_share and portion.number > largest
    ]
    within = [portion for portion in portions if portion.is_share or portion.number <= largest]
    return tuple(sorted({*example_counts(within, largest), *beyond}))


def _cost(history: ComparisonHistory, sizes: Sequence[int], largest: int) -> str:
    seeds = count_of(history.spec.training.seeds, "seed")
    comparisons = count_of(len(sizes), "comparison")
    what = f"{comparisons} of {seeds}, at {_join_sizes(sizes)} training examples."
    step_seconds = _step_seconds(history)
    times = [
        expected_seconds(with_training_size(history.spec, size, largest), size, step_seconds)
        for size in sizes
    ]
    seconds = [time for time in times if time is not None]
    if len(seconds) < len(times):
        return what
    return f"{what} {expected_text(sum(seconds), from_runs=True)}"


def _step_seconds(history: ComparisonHistory) -> dict[str, float]:
    """Seconds of a step of each contender of which a run has ended, the mean over such runs."""
    step_seconds = {}
    for contender in history.contenders:
        ended = [run for run in contender.runs if run.has_ended and run.epochs]
        runs = [run for run in ended if math.isfinite(run.seconds)]
        if runs:
            steps = sum(run.epochs[-1].step for run in runs)
            step_seconds[contender.name] = sum(run.seconds for run in runs) / steps
    return step_seconds


def _join_sizes(sizes: Sequence[int]) -> str:
    *first, last = map(format_whole, sizes)
    return f"{', '.join(first)} and {last}" if first else last

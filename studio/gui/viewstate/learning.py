"""What the card Learning curve shows: a row for each size, and what may be trained next."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.learning_curve import LearningCurve, SizePoint
from studio.analysis.words import with_brackets
from studio.core.errors import SpecError
from studio.core.history import ComparisonHistory
from studio.core.training_sizes import Portion, at_size, portions_of, sizes_of
from studio.gui.viewstate.figures import counted, whole
from studio.gui.viewstate.outlook import expected, expected_seconds

USUAL = "10%, 30%, 100%"
_SHARE_BETWEEN_LABELS = 0.09


def what_is_missing(curve: LearningCurve | None) -> str:
    """Why there is no curve yet and what to do about it, or ""."""
    if curve is None:
        return "Known once a run has ended."
    if len(curve.points) > 1:
        return ""
    return (
        f"One size so far: {counted(curve.points[0].examples, 'training example')}. Train at more "
        "sizes to see whether more data would change the verdict."
    )


def headings(curve: LearningCurve, pair: tuple[str, str] | None) -> tuple[str, ...]:
    """Of the columns of the table."""
    rule = (f"{curve.rule}\n(baseline)",) if curve.rule else ()
    compared = () if pair is None else (f"{pair[0]} − {pair[1]}", "Verdict")
    return ("Training\nexamples", *curve.contenders, *rule, *compared)


def rows(curve: LearningCurve, pair: tuple[str, str] | None) -> list[tuple[str, ...]]:
    """A row for each size: scores with their intervals, the difference, the verdict."""
    return [
        (
            whole(point.examples),
            *(with_brackets(each.score) for each in point.contenders),
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
        return "", "no seed has ended for both yet"
    difference = row.verdict.difference
    return with_brackets(difference), row.words if point.is_complete else f"{row.words}, so far"


def findings(curve: LearningCurve, pair: tuple[str, str] | None) -> tuple[str, ...]:
    """What more examples changed for two contenders and for their difference, sentences."""
    names = {*(pair or ()), *(curve.contenders if pair is None else ())}
    return tuple(each.sentence for each in curve.changes if set(each.names) <= names)


def labelled(sizes: Sequence[int]) -> tuple[int, ...]:
    """The sizes whose numbers have room below a logarithmic axis; the largest always has."""
    span = math.log(sizes[-1] / sizes[0]) or 1.0
    kept = [sizes[-1]]
    for size in reversed(sizes[:-1]):
        if math.log(kept[-1] / size) / span >= _SHARE_BETWEEN_LABELS:
            kept.append(size)
    return tuple(reversed(kept))


@dataclass(frozen=True)
class Wanted:
    """Sizes that were asked for.

    Attributes:
        sizes: Training examples of those that are not there, by rising size.
        words: What training them takes, or why there is nothing to train.
        is_problem: Whether what was asked for cannot be.
    """

    sizes: tuple[int, ...]
    words: str
    is_problem: bool = False


def wanted(history: ComparisonHistory, curve: LearningCurve | None, text: str) -> Wanted:
    """What training at the sizes of a text takes.

    Shares are of the whole training part, or of the largest that is known where all are cut.

    Args:
        history: The comparison that is shown.
        curve: The learning curve that it is part of.
        text: As the user wrote it.
    """
    largest = _largest(history, curve)
    try:
        asked = _sizes(portions_of(text), largest, is_whole=_is_whole(history, curve))
    except SpecError as error:
        remedy = f". {error.remedy}" if error.remedy else ""
        return Wanted((), f"{error.what[:1].upper()}{error.what[1:]}{remedy}.", is_problem=True)
    done = {point.examples for point in curve.points if point.is_complete} if curve else set()
    missing = tuple(size for size in asked if size not in done)
    if not missing:
        return Wanted((), "The session has all of these sizes.")
    return Wanted(missing, _cost(history, missing, largest))


def _largest(history: ComparisonHistory, curve: LearningCurve | None) -> int:
    shown = history.part_sizes["training"]
    return max((shown, *(point.examples for point in curve.points))) if curve else shown


def _is_whole(history: ComparisonHistory, curve: LearningCurve | None) -> bool:
    is_cut = history.spec.task.training_examples is not None
    return not is_cut or (curve is not None and curve.whole is not None)


def _sizes(portions: Sequence[Portion], largest: int, *, is_whole: bool) -> tuple[int, ...]:
    """Numbers of examples; a number may lie above the largest that is known, if that is a part."""
    if is_whole:
        return sizes_of(portions, largest)
    beyond = [int(each.number) for each in portions if not each.is_share and each.number > largest]
    within = [each for each in portions if each.is_share or each.number <= largest]
    return tuple(sorted({*sizes_of(within, largest), *beyond}))


def _cost(history: ComparisonHistory, sizes: Sequence[int], largest: int) -> str:
    seeds = counted(history.spec.training.seeds, "seed")
    what = f"{counted(len(sizes), 'comparison')} of {seeds}, at {_listed(sizes)} training examples."
    step_seconds = _step_seconds(history)
    times = [
        expected_seconds(at_size(history.spec, size, largest), size, step_seconds) for size in sizes
    ]
    known = [each for each in times if each is not None]
    if len(known) < len(times):
        return what
    return f"{what} {expected(sum(known), from_runs=True)}"


def _step_seconds(history: ComparisonHistory) -> dict[str, float]:
    """Seconds of a step of each contender of which a run has ended, the mean over such runs."""
    found = {}
    for contender in history.contenders:
        runs = [run for run in contender.runs if run.has_ended and run.epochs]
        if runs:
            steps = sum(run.epochs[-1].step for run in runs)
            found[contender.name] = sum(run.seconds for run in runs) / steps
    return found


def _listed(sizes: Sequence[int]) -> str:
    *first, last = map(whole, sizes)
    return f"{', '.join(first)} and {last}" if first else last

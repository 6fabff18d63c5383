"""Which examples the browser over errors shows, and what it can be asked for."""

from dataclasses import dataclass

import numpy as np

from studio.analysis.predictions.error_rows import ErrorRows, class_name
from studio.analysis.predictions.errors import (
    GroupScore,
    Predicted,
    PredictedSet,
    by_worst,
    in_time,
    metric_of_groups,
    of_class_pair,
    predicted_steps,
    scores_by_class,
    scores_by_group,
    worst_first,
)
from studio.analysis.wording import count_of, format_figure, with_brackets
from studio.core.arrays import Integers

MOST_CLASSES = 20
MOST_GROUPS = 20
BY_CLASS, BY_TIME = "true class", "time"
_SPANS = 8
_FEWEST_FOR_SPANS = 40


@dataclass(frozen=True)
class Filter:
    """Which examples are wanted.

    Attributes:
        true: The true class; any if None.
        predicted: The predicted class.
        group: A column with one of its groups; any if None.
        span: The first and the last predicted step; all if None.
    """

    true: int | None = None
    predicted: Predicted = "any"
    group: tuple[str, str] | None = None
    span: tuple[int, int] | None = None


def chosen_examples(rows: ErrorRows, contender: str, wanted: Filter) -> Integers:
    """The wanted examples, those that the contender predicts worst first."""
    part = rows.part
    chosen = np.ones(len(part), dtype=np.bool_)
    if wanted.true is not None or wanted.predicted != "any":
        predictions = rows.predictions[contender]
        chosen &= of_class_pair(part, predictions, wanted.true, wanted.predicted)
    if wanted.group is not None and wanted.group[0] in rows.groups:
        chosen &= rows.groups[wanted.group[0]] == wanted.group[1]
    if wanted.span is not None and predicted_steps(part) is not None:
        chosen &= in_time(part, *wanted.span)
    return worst_first(rows.errors[contender], chosen)


def has_class_pairs(part: PredictedSet) -> bool:
    """Whether predictions are one of several classes or symbols."""
    return part.preprocessing.outcomes is not None and not part.has_numbers


def frequent_classes(part: PredictedSet) -> list[int]:
    """The classes that can be chosen: the most frequent ones of the set, in their own order."""
    names = part.preprocessing.outcomes or ()
    truth = part.test_truth[part.test_truth >= 0].astype(np.int64)
    counts = np.bincount(truth, minlength=len(names))
    return sorted(np.argsort(-counts, kind="stable")[:MOST_CLASSES].tolist())


def time_limits(part: PredictedSet) -> tuple[int, int] | None:
    """The first and the last predicted step of the set; None where it is no series."""
    steps = predicted_steps(part)
    return None if steps is None or not len(part) else (int(steps[0].min()), int(steps[1].max()))


def summary_text(rows: ErrorRows, contender: str, shown: Integers) -> str:
    """Such as "12 of 40 test examples, mean error of GRU 0.31 °C"."""
    counted = f"{len(shown):,} of {count_of(len(rows.part), f'{rows.part.part} example')}"
    errors = rows.errors[contender][shown]
    errors = errors[np.isfinite(errors)]
    if not len(errors):
        return f"{counted}."
    mean = float(errors.mean())
    unit = f" {rows.unit}" if rows.unit else ""
    return f"{counted}, mean error of {contender} {format_figure(mean, mean / 10)}{unit}."


def shared_groups(rows: ErrorRows) -> dict[str, list[str]]:
    """The groups of each column in which some examples share a group, in their order."""
    groups = {name: sorted(set(values.tolist())) for name, values in rows.groups.items()}
    return {name: names for name, names in groups.items() if 1 < len(names) < len(rows.part)}


def groupings(rows: ErrorRows) -> tuple[str, ...]:
    """What scores can be told apart by."""
    part = rows.part
    offered = list(shared_groups(rows))
    if has_class_pairs(part):
        offered.insert(0, BY_CLASS)
    if predicted_steps(part) is not None and len(part) >= _FEWEST_FOR_SPANS:
        offered.append(BY_TIME)
    return tuple(offered)


@dataclass(frozen=True)
class GroupTable:
    """Scores by group.

    Attributes:
        headings: Of the columns.
        rows: A row for each group.
        note: What the scores are, and which groups are left out.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def group_table(rows: ErrorRows, by: str) -> GroupTable:
    """The score of every contender in each group, the worst group first; spans of time in order."""
    part, metric = rows.part, metric_of_groups(rows.part.preprocessing)
    if by == BY_CLASS:
        scores = by_worst(scores_by_class(part, frequent_classes(part)), metric)
    elif by == BY_TIME:
        scores = _scores_by_time(rows)
    else:
        scores = by_worst(scores_by_group(part, rows.groups[by]), metric)
    shown = scores[:MOST_GROUPS]
    contenders = tuple(part.predictions)
    unit = part.preprocessing.unit if metric.in_target_units else ""
    label = "recall" if by == BY_CLASS and metric.name == "accuracy" else metric.label
    words = f"{label}, {unit}" if unit else label
    left = f" The {len(shown)} worst of {len(scores):,} are shown." if shown != scores else ""
    seeds = max((len(runs) for runs in part.predictions.values()), default=0)
    over = "seeds and examples" if seeds > 1 else "examples"
    note = f"{words[:1].upper()}{words[1:]}; brackets: 95 % intervals over {over}.{left}"
    return GroupTable(
        (by, "examples", *contenders), tuple(_row(rows, score, by) for score in shown), note
    )


def _row(rows: ErrorRows, score: GroupScore, by: str) -> tuple[str, ...]:
    name = score.name
    if by == BY_CLASS:
        name = class_name(rows.part, (rows.part.preprocessing.outcomes or ()).index(name))
    cells = [with_brackets(interval) for interval in score.scores.values()]
    return (name, f"{score.examples:,}", *cells)


def _scores_by_time(rows: ErrorRows) -> tuple[GroupScore, ...]:
    """Spans with as many examples each, in the order of time."""
    order = np.argsort(rows.part.test_positions, kind="stable")
    spans = np.array_split(order, _SPANS)
    numbers = np.zeros(len(order), dtype=np.int64)
    for number, span in enumerate(spans):
        numbers[span] = number
    names = [f"{rows.place_of(int(span[0]))} to {rows.place_of(int(span[-1]))}" for span in spans]
    scores = scores_by_group(rows.part, numbers.astype(np.str_))
    return tuple(
        GroupScore(names[int(score.name)], score.examples, score.scores) for score in scores
    )

"""Prints a learning curve as tables or JSON: score and time over the training set size."""

import math
from collections.abc import Mapping

from studio.analysis.intervals import Interval
from studio.analysis.summaries.learning_curve import (
    LearningCurve,
    SizePoint,
    learning_curve,
    pairs_of,
)
from studio.analysis.wording import with_brackets
from studio.cli.output import print_json, print_paragraph, print_result, print_table
from studio.core.results.history import ComparisonHistory


def print_learning_curve(
    histories: Mapping[int, ComparisonHistory], comparison: int, *, as_json: bool
) -> None:
    """Prints the learning curve that a comparison is part of."""
    curve = learning_curve(histories, comparison)
    if as_json:
        print_json({"learning_curve": None if curve is None else _curve_json(curve)})
    elif curve is None:
        print_result("No run of this comparison has finished yet.")
    else:
        _show(histories[comparison].dataset_name, curve)


def _show(dataset: str, curve: LearningCurve) -> None:
    names = curve.contenders
    scores = [
        (
            f"{point.examples:,}",
            *(with_brackets(contender.score) for contender in point.contenders),
            _baseline(point),
        )
        for point in curve.points
    ]
    size = "training\nexamples"
    title = f"{dataset}: {curve.score_label} by training examples"
    print_table(title, (size, *names, "best baseline"), scores)
    times = [
        (
            f"{point.examples:,}",
            *(with_brackets(contender.seconds) for contender in point.contenders),
            *(f"{contender.steps:,}" for contender in point.contenders),
        )
        for point in curve.points
    ]
    headings = (*(f"{name}, s" for name in names), *(f"{name}, steps" for name in names))
    print_table("Training of one run", (size, *headings), times)
    for first, second in pairs_of(curve):
        _show_pair(curve, first, second)
    for sentence in (*(effect.sentence for effect in curve.size_effects), *curve.remarks):
        print_paragraph(sentence, hanging=2)
    print_paragraph(f"{curve.budget}\n")
    if len(curve.points) == 1:
        print_paragraph("There is only one size so far; --sizes 10%,30%,100% trains more.")
    print_paragraph(
        "In brackets: 95 % intervals, of scores over seeds and test examples or folds, of times "
        "over runs."
    )


def _show_pair(curve: LearningCurve, first: str, second: str) -> None:
    rows = []
    for point in curve.points:
        row = point.pair(first, second)
        partial = "" if point.is_complete else ", so far"
        difference = row.difference if row.verdict.seeds else ""
        rows.append((f"{point.examples:,}", difference, f"{row.words}{partial}"))
    headings = ("training\nexamples", f"{first} − {second}", "verdict")
    print_table(f"{first} and {second}", headings, rows)
    print_paragraph(f"{curve.sentence(first, second)}\n")


def _baseline(point: SizePoint) -> str:
    if point.baseline is None:
        return ""
    name, score = point.baseline
    return f"{with_brackets(score)} {name}"


def _curve_json(curve: LearningCurve) -> dict[str, object]:
    return {
        "metric": curve.metric.name,
        "unit": curve.unit or None,
        "budget": curve.budget,
        "remarks": list(curve.remarks),
        "points": [_point_json(point) for point in curve.points],
        "changes": [
            {
                "of": list(effect.names),
                "from": effect.smaller,
                "to": effect.larger,
                **_interval_json(effect.interval, "difference"),
                "trend": effect.trend,
                "text": effect.sentence,
            }
            for effect in curve.size_effects
        ],
    }


def _point_json(point: SizePoint) -> dict[str, object]:
    baseline = None
    if point.baseline is not None:
        baseline = {"name": point.baseline[0], **_interval_json(point.baseline[1], "mean")}
    return {
        "training_examples": point.examples,
        "comparison": point.comparison,
        "complete": point.is_complete,
        "contenders": [
            {
                "name": contender.name,
                "score": _interval_json(contender.score, "mean"),
                "training_s": _interval_json(contender.seconds, "mean"),
                "steps": contender.steps,
            }
            for contender in point.contenders
        ],
        "baseline": baseline,
        "pairs": [
            {
                "between": [row.verdict.first, row.verdict.second],
                **_interval_json(row.verdict.difference, "difference"),
                "outcome": row.outcome,
                "text": row.words,
            }
            for row in point.pairs
        ],
    }


def _interval_json(interval: Interval, center: str) -> dict[str, float | None]:
    ends = (interval.value, interval.low, interval.high)
    plain = (float(end) if math.isfinite(end) else None for end in ends)
    return dict(zip((center, "low", "high"), plain, strict=True))

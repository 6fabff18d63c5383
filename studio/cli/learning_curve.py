"""A learning curve for people and as JSON: score and time over the size of the training part."""

import math
from collections.abc import Mapping

from studio.analysis.intervals import Interval
from studio.analysis.learning_curve import (
    LearningCurve,
    SizePoint,
    learning_curve,
    pairs_of,
)
from studio.analysis.words import with_brackets
from studio.cli.output import answer, answer_json, answer_table, paragraph
from studio.core.history import ComparisonHistory


def answer_curve(
    histories: Mapping[int, ComparisonHistory], comparison: int, *, as_json: bool
) -> None:
    """Answers with the learning curve that a comparison is part of."""
    curve = learning_curve(histories, comparison)
    if as_json:
        answer_json({"learning_curve": None if curve is None else _plain(curve)})
    elif curve is None:
        answer("No run of this comparison has ended yet.")
    else:
        _show(histories[comparison].dataset_name, curve)


def _show(dataset: str, curve: LearningCurve) -> None:
    names = curve.contenders
    scores = [
        (
            f"{point.examples:,}",
            *(with_brackets(each.score) for each in point.contenders),
            _baseline(point),
        )
        for point in curve.points
    ]
    size = "training\nexamples"
    title = f"{dataset}: {curve.score_label} by training examples"
    answer_table(title, (size, *names, "best naive baseline"), scores)
    times = [
        (
            f"{point.examples:,}",
            *(with_brackets(each.seconds) for each in point.contenders),
            *(f"{each.steps:,}" for each in point.contenders),
        )
        for point in curve.points
    ]
    headings = (*(f"{name}, s" for name in names), *(f"{name}, steps" for name in names))
    answer_table("Training of one run", (size, *headings), times)
    for first, second in pairs_of(curve):
        _show_pair(curve, first, second)
    for sentence in (*(each.sentence for each in curve.changes), *curve.remarks):
        paragraph(sentence, hanging=2)
    paragraph(f"{curve.budget}\n")
    if len(curve.points) == 1:
        paragraph("There is one size only; --sizes 10%,30%,100% trains more of them.")
    paragraph(
        "In brackets: 95 % intervals over seeds and test examples or folds; of times over runs."
    )


def _show_pair(curve: LearningCurve, first: str, second: str) -> None:
    rows = []
    for point in curve.points:
        row = point.pair(first, second)
        partial = "" if point.is_complete else ", so far"
        difference = row.difference if row.verdict.seeds else ""
        rows.append((f"{point.examples:,}", difference, f"{row.words}{partial}"))
    headings = ("training\nexamples", f"{first} − {second}", "verdict")
    answer_table(f"{first} and {second}", headings, rows)
    paragraph(f"{curve.sentence(first, second)}\n")


def _baseline(point: SizePoint) -> str:
    if point.baseline is None:
        return ""
    name, score = point.baseline
    return f"{with_brackets(score)} {name}"


def _plain(curve: LearningCurve) -> dict[str, object]:
    return {
        "metric": curve.metric.name,
        "unit": curve.unit or None,
        "budget": curve.budget,
        "remarks": list(curve.remarks),
        "points": [_plain_point(point) for point in curve.points],
        "changes": [
            {
                "of": list(each.names),
                "from": each.smaller,
                "to": each.larger,
                **_interval(each.interval, "difference"),
                "trend": each.trend,
                "text": each.sentence,
            }
            for each in curve.changes
        ],
    }


def _plain_point(point: SizePoint) -> dict[str, object]:
    baseline = None
    if point.baseline is not None:
        baseline = {"name": point.baseline[0], **_interval(point.baseline[1], "mean")}
    return {
        "training_examples": point.examples,
        "comparison": point.comparison,
        "complete": point.is_complete,
        "contenders": [
            {
                "name": each.name,
                "score": _interval(each.score, "mean"),
                "training_s": _interval(each.seconds, "mean"),
                "steps": each.steps,
            }
            for each in point.contenders
        ],
        "baseline": baseline,
        "pairs": [
            {
                "between": [row.verdict.first, row.verdict.second],
                **_interval(row.verdict.difference, "difference"),
                "outcome": row.outcome,
                "text": row.words,
            }
            for row in point.pairs
        ],
    }


def _interval(interval: Interval, center: str) -> dict[str, float | None]:
    ends = (interval.value, interval.low, interval.high)
    plain = (float(end) if math.isfinite(end) else None for end in ends)
    return dict(zip((center, "low", "high"), plain, strict=True))

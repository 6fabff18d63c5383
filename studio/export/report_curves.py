"""Learning curves as inline SVG: the mean over runs, and how far they are apart."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles
from studio.core.events import EpochRecord
from studio.core.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.export.html import Html, joined, tag
from studio.export.report_scale import Scale, scale_for
from studio.export.report_style import DASHES, LINES

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 14, 12, 44
_MOST_POINTS = 300

Loss = Callable[[EpochRecord], float | None]


@dataclass(frozen=True, eq=False)
class Curve:
    """A contender's loss.

    Attributes:
        name: Of the contender.
        classes: Of its line, for the colour.
        dash: Its line style.
        x: Epochs, or seconds, (points,).
        mean: (points,).
        low: The lowest of the runs, (points,).
        high: The highest, (points,).
    """

    name: str
    classes: str
    dash: str
    x: Doubles
    mean: Doubles
    low: Doubles
    high: Doubles


def curves(history: ComparisonHistory) -> Html:
    """A figure for the validation loss where there is one, and one for the training loss."""
    figures = (
        _figure(history, "Validation loss", lambda record: record.validation_loss),
        _figure(history, "Training loss", lambda record: record.train_loss),
    )
    shown = [figure for figure in figures if figure]
    return joined(shown) if shown else tag("p", "No epoch has ended yet.")


def _figure(history: ComparisonHistory, title: str, loss: Loss) -> Html:
    by_time = history.spec.match == "time"
    found = [
        curve
        for place, contender in enumerate(history.contenders)
        if (curve := _curve(contender, place, loss, by_time=by_time)) is not None
    ]
    if not found:
        return Html("")
    along = "training time, s" if by_time else "epoch"
    runs = max(len(contender.runs) for contender in history.contenders)
    range_ = "; the band reaches from the lowest run to the highest" if runs > 1 else ""
    caption = f"{title} over {along}, the mean over the runs{range_}."
    return tag("figure", _svg(found, title, along), _legend(found), tag("figcaption", caption))


def _curve(contender: ContenderHistory, place: int, loss: Loss, *, by_time: bool) -> Curve | None:
    lines = [line for run in contender.runs if (line := _line(run, loss, by_time=by_time))]
    if not lines:
        return None
    ends = max(max(x) for x, _ in lines)
    begins = min(min(x) for x, _ in lines)
    points = np.unique([at for x, _ in lines for at in x])
    if by_time or len(points) > _MOST_POINTS:
        points = np.linspace(begins, ends, _MOST_POINTS)
    rows = np.array([np.interp(points, x, y, left=np.nan, right=np.nan) for x, y in lines])
    known = ~np.isnan(rows).all(axis=0)
    rows = rows[:, known]
    return Curve(
        contender.name,
        LINES.get(contender.spec.cell, ""),
        DASHES[place % len(DASHES)],
        points[known],
        np.nanmean(rows, axis=0),
        np.nanmin(rows, axis=0),
        np.nanmax(rows, axis=0),
    )


def _line(run: RunHistory, loss: Loss, *, by_time: bool) -> tuple[list[float], list[float]] | None:
    known = [(each, value) for each in run.epochs if (value := loss(each)) is not None]
    finite = [(each, value) for each, value in known if math.isfinite(value)]
    if not finite:
        return None
    x = [each.seconds if by_time else float(each.epoch) for each, _ in finite]
    return x, [value for _, value in finite]


def _svg(found: Sequence[Curve], title: str, along: str) -> Html:
    x = scale_for([float(v) for curve in found for v in curve.x], _LEFT, _WIDTH - _RIGHT)
    values = [float(v) for curve in found for v in (*curve.low, *curve.high)]
    y = scale_for(values, _HEIGHT - _BOTTOM, _TOP, may_be_log=True)
    return tag(
        "svg",
        tag("title", f"{title} over {along}"),
        *_axes(x, y),
        *(_band(curve, x, y) for curve in found),
        *(_mean(curve, x, y) for curve in found),
        tag("text", along, x=(_LEFT + _WIDTH) // 2, y=_HEIGHT - 6, text_anchor="middle"),
        tag(
            "text",
            title.lower(),
            x=-(_HEIGHT - _BOTTOM) // 2,
            y=14,
            transform="rotate(-90)",
            text_anchor="middle",
        ),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
    )


def _axes(x: Scale, y: Scale) -> list[Html]:
    drawn = []
    for value, words in y.ticks:
        at = _at(y.place(value))
        drawn.append(tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=at, y2=at, class_="grid"))
        drawn.append(tag("text", words, x=_LEFT - 8, y=_at(y.place(value) + 4), text_anchor="end"))
    for value, words in x.ticks:
        drawn.append(
            tag("text", words, x=_at(x.place(value)), y=_HEIGHT - 26, text_anchor="middle")
        )
    return drawn


def _band(curve: Curve, x: Scale, y: Scale) -> Html:
    upper = _points(curve.x, curve.high, x, y)
    lower = _points(curve.x[::-1], curve.low[::-1], x, y)
    return tag("polygon", points=f"{upper} {lower}", class_=f"{curve.classes} band".strip())


def _mean(curve: Curve, x: Scale, y: Scale) -> Html:
    classes = f"{curve.classes} line".strip()
    if len(curve.x) == 1:
        center = {"cx": _at(x.place(curve.x[0])), "cy": _at(y.place(curve.mean[0]))}
        return tag("circle", **center, r=4, class_=classes)
    points = _points(curve.x, curve.mean, x, y)
    return tag("polyline", points=points, class_=classes, stroke_dasharray=curve.dash)


def _points(xs: Doubles, ys: Doubles, x: Scale, y: Scale) -> str:
    pairs = zip(xs.tolist(), ys.tolist(), strict=True)
    return " ".join(f"{_at(x.place(a))},{_at(y.place(b))}" for a, b in pairs)


def _legend(found: Sequence[Curve]) -> Html:
    """A stroke and a name for each."""
    width = 28
    entries = []
    for curve in found:
        stroke = tag(
            "line",
            x1=0,
            x2=width,
            y1=6,
            y2=6,
            class_=f"{curve.classes} line".strip(),
            stroke_dasharray=curve.dash,
        )
        shown = tag(
            "svg", stroke, viewBox=f"0 0 {width} 12", style="width:28px;display:inline-block"
        )
        entries.append(tag("span", shown, f" {curve.name}", style="margin-right:1.25rem"))
    return tag("p", *entries)


def _at(value: float) -> str:
    return f"{value:.1f}"

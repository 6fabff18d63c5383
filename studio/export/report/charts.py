"""Loss curves for the report's SVG: the mean over runs, and the range between them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles
from studio.core.results.events import EpochRecord
from studio.core.results.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.export.report.axis_scale import Scale, scale_for

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 706, 12, 256
_MOST_POINTS = 300
_COLORS = {"gru": "gru", "lstm": "lstm", "rnn": "rnn", "coupled-lstm": "coupled", "tcn": "tcn"}
"""The CSS class of a cell's lines; others take the text's colour."""
_DASHES = ("", "7 4", "2 3", "10 3 2 3", "4 2")
"""Line styles of the contenders in their order, so that colour is not the only difference."""

Loss = Callable[[EpochRecord], float | None]
Tick = tuple[str, str]


@dataclass(frozen=True)
class ChartCurve:
    """A contender's loss in picture coordinates; `dot` instead of a line for one epoch."""

    name: str
    color: str
    dash: str
    mean: str
    band: str
    dot: tuple[str, str] | None


@dataclass(frozen=True)
class Chart:
    """A loss over epochs or seconds, ready to be drawn."""

    title: str
    along: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    curves: list[ChartCurve]
    has_band: bool
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _RIGHT


@dataclass(frozen=True, eq=False)
class _Losses:
    """Mean, lowest and highest loss of a contender's runs, (points,)."""

    contender: ContenderHistory
    place: int
    x: Doubles
    mean: Doubles
    low: Doubles
    high: Doubles


def charts(history: ComparisonHistory) -> list[Chart]:
    """The validation loss where there is one, and the training loss; empty before any epoch."""
    both = (
        _chart(history, "Validation loss", lambda record: record.validation_loss),
        _chart(history, "Training loss", lambda record: record.train_loss),
    )
    return [chart for chart in both if chart is not None]


def _chart(history: ComparisonHistory, title: str, loss: Loss) -> Chart | None:
    by_time = history.spec.match == "time"
    losses = [
        curve
        for place, contender in enumerate(history.contenders)
        if (curve := _losses(contender, place, loss, by_time=by_time)) is not None
    ]
    if not losses:
        return None
    x = scale_for([float(value) for curve in losses for value in curve.x], _LEFT, _RIGHT)
    values = [float(value) for curve in losses for value in (*curve.low, *curve.high)]
    y = scale_for(values, _BOTTOM, _TOP, may_be_log=True)
    return Chart(
        title,
        "training time, s" if by_time else "epoch",
        [(_at(x.place(value)), words) for value, words in x.ticks],
        [(_at(y.place(value)), words) for value, words in y.ticks],
        [_curve(curve, x, y) for curve in losses],
        max(len(contender.runs) for contender in history.contenders) > 1,
    )


def _losses(
    contender: ContenderHistory, place: int, loss: Loss, *, by_time: bool
) -> _Losses | None:
    lines = [line for run in contender.runs if (line := _line(run, loss, by_time=by_time))]
    if not lines:
        return None
    points = np.unique([point for x, _ in lines for point in x])
    if by_time or len(points) > _MOST_POINTS:
        points = np.linspace(points[0], points[-1], _MOST_POINTS)
    rows = np.array([np.interp(points, x, y, left=np.nan, right=np.nan) for x, y in lines])
    known = ~np.isnan(rows).all(axis=0)
    rows = rows[:, known]
    mean, low, high = (f(rows, axis=0) for f in (np.nanmean, np.nanmin, np.nanmax))
    return _Losses(contender, place, points[known], mean, low, high)


def _line(run: RunHistory, loss: Loss, *, by_time: bool) -> tuple[list[float], list[float]] | None:
    pairs = [(epoch, value) for epoch in run.epochs if (value := loss(epoch)) is not None]
    finite = [(epoch, value) for epoch, value in pairs if math.isfinite(value)]
    if not finite:
        return None
    x = [epoch.seconds if by_time else float(epoch.epoch) for epoch, _ in finite]
    if not all(map(math.isfinite, x)):
        return None  # no times were taken
    return x, [value for _, value in finite]


def _curve(losses: _Losses, x: Scale, y: Scale) -> ChartCurve:
    mean = _points(losses.x, losses.mean, x, y)
    upper = _points(losses.x, losses.high, x, y)
    lower = _points(losses.x[::-1], losses.low[::-1], x, y)
    dot = (_at(x.place(losses.x[0])), _at(y.place(losses.mean[0])))
    return ChartCurve(
        losses.contender.name,
        _COLORS.get(losses.contender.spec.cell, ""),
        _DASHES[losses.place % len(_DASHES)],
        mean,
        f"{upper} {lower}",
        dot if len(losses.x) == 1 else None,
    )


def _points(xs: Doubles, ys: Doubles, x: Scale, y: Scale) -> str:
    pairs = zip(xs.tolist(), ys.tolist(), strict=True)
    return " ".join(f"{_at(x.place(a))},{_at(y.place(b))}" for a, b in pairs)


def _at(value: float) -> str:
    return f"{value:.1f}"

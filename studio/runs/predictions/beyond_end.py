"""Forecasts beyond the last row, further than the horizon by feeding predictions back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.analysis.predictions.conformal import Bands, bands, conformal_radii
from studio.core.arrays import Doubles, Floats, Integers
from studio.core.dates import format_dates
from studio.core.errors import SpecError, UserError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.trained_model import TrainedModel
from studio.data.files.cache import Cache
from studio.data.new_data import NewData
from studio.data.transform.calendar_inputs import calendar_channels
from studio.runs.execution.compute import Compute
from studio.runs.predictions.known_ahead import (
    known_after,
    refuse_unknown_after,
    rows_after,
    steps_read,
)
from studio.runs.predictions.predict import Question, ask_session, read_question
from studio.runs.predictions.prediction_spec import PredictionSpec
from studio.runs.predictions.reference import Reference, parsed_dates
from studio.runs.stored.weights_check import fitting_weights
from studio.sessions import SessionFile

_MOST_ORIGINS = 500
_MOST_STEPS = 100_000
_TO_MINUTES = len("2024-01-01T00:00")


@dataclass(frozen=True, eq=False)
class BeyondEnd:
    """Forecasts past the last row of each series, or from each origin in a span of time.

    Attributes:
        data: The new data.
        contender: The contender's name.
        models: The runs that predicted; values are their mean where there are several.
        series: The name of each series, or of the series of each origin, "" for a single one.
        origins_at: The last row that is read, its time stamp or number, (series,).
        truth: What the data holds at these steps, NaN where it does not, as values; None where no
            span was asked for.
        times: The time stamp of each step, or the number of its row, (series, steps).
        values: In target units, (series, steps, targets).
        bands: Intervals, with arrays (series, steps x targets); None without a level or data.
        level: Their nominal coverage; None without intervals.
        fed_back_from: The first step that is predicted from predictions, counted from 1; None
            within the horizon.
        error_by_step: Root mean squared error of each step on the test set, (steps, targets); None
            where it cannot be had.
        origins: Forecasts of the test set that it is from.
        unavailable: Why there are no intervals and errors; None if there are.
    """

    data: NewData
    contender: str
    models: tuple[TrainedModel, ...]
    series: tuple[str, ...]
    origins_at: NDArray[np.str_]
    truth: Doubles | None
    times: NDArray[np.str_]
    values: Doubles
    bands: Bands | None
    level: float | None
    fed_back_from: int | None
    error_by_step: Doubles | None
    origins: int
    unavailable: UserError | None


def forecast_beyond_end(  # noqa: PLR0913, PLR0917 - what is asked of whom
    session: SessionFile,
    comparison: int,
    path: Path,
    spec: PredictionSpec,
    steps: int,
    compute: Compute,
    *,
    cache: Cache | None = None,
) -> BeyondEnd:
    """Forecasts so many steps past the last row of new data.

    Args:
        session: An open session.
        comparison: The comparison's number.
        path: The new data.
        spec: What to predict with.
        steps: How many.
        compute: Where the networks run.
        cache: Keeps results that are slow to compute.

    Raises:
        SessionError: There is no such contender or run.
        DatasetError: The new data cannot be read, or lacks a column.
        SpecError: The task has no end to go beyond, or what the model reads is unknown there.
    """
    asked = ask_session(session, comparison, spec)
    refuse_steps(asked.models[0].preprocessing, steps)
    question = read_question(asked, path, cache)
    return compute.submit(lambda: continue_forecast(question, spec, steps)).result()


def continue_forecast(question: Question, spec: PredictionSpec, steps: int) -> BeyondEnd:
    """The same for what was read; on the compute thread."""
    refuse_steps(question.models[0].preprocessing, steps)
    calendar = question.history.spec.task.calendar
    reference = question.reference
    assert reference is not None  # noqa: S101 - the task is a forecast
    return _forecast(question.models, question.data, reference, spec, steps, calendar)


def refuse_steps(preprocessing: Preprocessing, steps: int) -> None:
    """Raises SpecError where steps beyond the end cannot be predicted."""
    if preprocessing.kind != "forecast":
        raise SpecError(
            f"steps beyond the end are forecasts, but the task is {preprocessing.kind}",
            where="steps",
            remedy="Leave it out",
        )
    if not 1 <= steps <= _MOST_STEPS:
        raise SpecError(
            f"{steps:,} steps cannot be predicted",
            where="steps",
            remedy=f"Choose from 1 to {_MOST_STEPS:,}",
        )
    given = {*preprocessing.target_names, *preprocessing.known_ahead}
    unknown = [name for name in _features(preprocessing) if name not in given]
    if steps > preprocessing.horizon and unknown:
        names = ", ".join(f"'{name}'" for name in unknown[:6])
        raise SpecError(
            f"beyond its horizon of {preprocessing.horizon} the model needs {names}, whose values "
            "after the last row are not known",
            where="steps",
            remedy=f"Choose at most {preprocessing.horizon}, or train with a longer horizon",
        )


def _features(preprocessing: Preprocessing) -> list[str]:
    """The input columns without masks, calendar channels and values of later steps."""
    added = (" missing", " sine", " cosine")
    plain = preprocessing.input_names[: preprocessing.plain_size]
    return [name for name in plain if not name.endswith(added)]


def _forecast(  # noqa: PLR0913, PLR0917 - what a forecast is made of
    models: Sequence[TrainedModel],
    data: NewData,
    reference: Reference | UserError,
    spec: PredictionSpec,
    steps: int,
    calendar: Sequence[str] | None,
) -> BeyondEnd:
    preprocessing = models[0].preprocessing
    assert data.row_ends is not None  # noqa: S101 - a forecast's data
    last = np.isin(data.positions, data.row_ends) | spec.has_span
    origins = data.positions[last]
    refuse_unknown_after(data, origins, steps)
    if not len(origins):
        raise SpecError(
            "the last rows have missing values that the model cannot read",
            where=data.name,
            remedy="Fill them in, or remove the rows",
        )
    times = _times_after(data, origins, steps)
    series = None if data.series is None else data.series[last]
    known = known_after(data, origins, steps, series)
    plain = preprocessing.plain_size
    if calendar:
        for index, own in enumerate(times):
            names, channels = calendar_channels(own, calendar)  # type: ignore[arg-type]
            known[index, :, plain - len(names) : plain] = channels
    values = _recursive(models, _windows(data, origins, preprocessing, series), known, series)
    calibration = test = None
    if isinstance(reference, Reference):
        calibration = _errors(models, reference, "validation", steps, calendar)
        test = _errors(models, reference, "test", steps, calendar)
    flat = values.reshape(len(values), -1)
    intervals = None
    if spec.level is not None and calibration is not None and len(calibration):
        intervals = bands(flat, conformal_radii(calibration, spec.level))
    has_test = test is not None and len(test) > 0
    return BeyondEnd(
        data=data,
        contender=models[0].contender.name,
        models=tuple(models),
        series=_names(data, last),
        origins_at=data.labels.get("time", data.labels.get("row", np.array([])))[last],
        truth=_truth(data, origins, steps) if spec.has_span else None,
        times=times,
        values=values,
        bands=intervals,
        level=spec.level if intervals is not None else None,
        fed_back_from=preprocessing.horizon + 1 if steps > preprocessing.horizon else None,
        error_by_step=np.sqrt(np.mean(test**2, axis=0)).reshape(steps, -1)
        if has_test and test is not None
        else None,
        origins=len(test) if test is not None else 0,
        unavailable=reference if isinstance(reference, UserError) else None,
    )


def _truth(data: NewData, origins: Integers, steps: int) -> Doubles:
    """The targets after each origin, (origins, steps, targets), NaN beyond the series' end."""
    assert data.targets is not None  # noqa: S101 - a forecast's data
    places = origins[:, np.newaxis] + np.arange(steps)
    truth = data.targets[np.minimum(places, len(data.targets) - 1)]
    truth[np.arange(steps) >= rows_after(data, origins)[:, np.newaxis]] = np.nan
    return np.asarray(truth)


def _names(data: NewData, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    names = data.labels.get("series")
    return ("",) * int(chosen.sum()) if names is None else tuple(names[chosen].tolist())


def _windows(
    data: NewData, origins: Integers, preprocessing: Preprocessing, series: Integers | None
) -> Doubles:
    """The rows before each origin, with masks and calendar, (origins, window, channels)."""
    window = preprocessing.window or 1
    places = origins[:, np.newaxis] - window + np.arange(window)
    return preprocessing.inputs_in_units(data.rows[places], series)


@dataclass(frozen=True, eq=False)
class _Windows:
    """Scaled windows, batch by batch."""

    inputs: Floats

    def __len__(self) -> int:
        return len(self.inputs)

    def batch(self, first: int, last: int) -> tuple[Floats, None]:
        return self.inputs[first:last], None


def _recursive(
    models: Sequence[TrainedModel], windows: Doubles, known: Doubles, series: Integers | None
) -> Doubles:
    """The mean of what each model predicts when it reads its own predictions.

    Args:
        models: The runs.
        windows: In units, (origins, window, channels).
        known: The channels that are known in advance, (origins, steps, channels), else 0.
        series: As in Preprocessing.scaled_inputs.

    Returns:
        (origins, steps, targets).
    """
    every = [_of_model(model, windows, known, series) for model in models]
    return np.asarray(np.mean(every, axis=0))


def _of_model(
    model: TrainedModel, windows: Doubles, known: Doubles, series: Integers | None
) -> Doubles:
    from studio.nn.inference.batch_inference import predict_batches
    from studio.nn.networks.load_network import load_network

    preprocessing = model.preprocessing
    with fitting_weights(model):
        network = load_network(model.contender, preprocessing, model.weights)
    targets = preprocessing.target_names
    names = preprocessing.input_names
    read = [(index, targets.index(name)) for index, name in enumerate(names) if name in targets]
    steps, horizon = known.shape[1], preprocessing.horizon
    predicted: list[Doubles] = []
    for first in range(0, steps, horizon):
        scaled = _Windows(preprocessing.scaled_inputs(windows, series))
        outputs = predict_batches(
            [network], preprocessing, scaled, series=series, longest=windows.shape[1]
        )
        ahead = preprocessing.point_predictions(np.asarray(outputs, dtype=np.float64))
        ahead = ahead.reshape(len(windows), horizon, len(targets))
        predicted.append(ahead)
        following = known[:, first : first + horizon].copy()
        for channel, target in read:
            following[:, :, channel] = ahead[:, : following.shape[1], target]
        windows = np.concatenate([windows, following], axis=1)[:, -windows.shape[1] :]
    return np.concatenate(predicted, axis=1)[:, :steps]


def _errors(
    models: Sequence[TrainedModel],
    reference: Reference,
    name: str,
    steps: int,
    calendar: Sequence[str] | None,
) -> Doubles:
    """Prediction - truth of recursive forecasts within a set, (origins, steps x targets)."""
    part, data = reference.task.parts[name], reference.data
    preprocessing = models[0].preprocessing
    if not len(part) or data.targets is None or data.row_ends is None:
        return np.empty((0, steps))
    positions = part.positions
    owners = np.searchsorted(data.row_ends, positions, side="right")
    ends = np.zeros(len(data.row_ends), dtype=np.int64)
    np.maximum.at(ends, owners, positions + preprocessing.horizon)
    read = steps_read(preprocessing, steps)
    origins = positions[positions + read <= ends[owners]]
    origins = origins[:: max(1, -(-len(origins) // _MOST_ORIGINS))]
    if not len(origins):
        return np.empty((0, steps))
    series = preprocessing.scaled_series(origins)
    ahead = origins[:, np.newaxis] + np.arange(steps)
    known = known_after(data, origins, steps, series)
    if calendar:
        plain = preprocessing.plain_size
        added = slice(plain - 2 * len(dict.fromkeys(calendar)), plain)
        known[:, :, added] = data.rows[ahead][:, :, added]
    windows = _windows(data, origins, preprocessing, series)
    errors = _recursive(models, windows, known, series) - data.targets[ahead]
    is_whole = ~np.isnan(errors).any(axis=(1, 2))
    return np.asarray(errors[is_whole].reshape(int(is_whole.sum()), -1))


def _times_after(data: NewData, origins: Integers, steps: int) -> NDArray[np.str_]:
    """The time stamps after the last target of each series; row numbers where it has no dates.

    Rows that hold what is known in advance have their own.
    """
    numbers = (origins[:, np.newaxis] + np.arange(1, steps + 1)).astype(str)
    dates = None if data.times is None else parsed_dates(data.times)
    if dates is None:
        return numbers
    assert data.times is not None  # noqa: S101 - there are dates
    after = rows_after(data, origins)
    return np.stack(
        [
            data.times[origin : origin + steps]
            if given >= steps
            else _written_like(str(data.times[origin - 1]), _dates_after(dates, origin, steps))
            for origin, given in zip(origins.tolist(), after.tolist(), strict=True)
        ]
    )


def _written_like(stamp: str, dates: NDArray[np.str_]) -> NDArray[np.str_]:
    """Dates with the separator and without the seconds that the data's own stamps lack."""
    texts = [date.replace(" ", "T") if "T" in stamp else date for date in dates.tolist()]
    if len(stamp) == _TO_MINUTES and all(text.endswith(":00") for text in texts):
        texts = [text.removesuffix(":00") for text in texts]
    return np.array(texts)


def _dates_after(dates: NDArray[np.datetime64], origin: int, steps: int) -> NDArray[np.str_]:
    past = dates[max(0, origin - 100) : origin].astype("datetime64[ms]")
    apart = np.diff(past)
    forward = apart[apart > np.timedelta64(0, "ms")]
    if not len(forward):
        return np.array([f"+{step}" for step in range(1, steps + 1)])
    by = np.timedelta64(int(np.median(forward.astype(np.int64))), "ms")
    return format_dates(past[-1] + by * np.arange(1, steps + 1))

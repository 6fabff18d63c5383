"""One example of the browser over errors: its input, and truth and predictions beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.analysis.predictions.error_rows import ErrorRows, class_name
from studio.analysis.predictions.errors import predicted_classes
from studio.core.arrays import Doubles, Floats
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import NATS, has_target
from studio.gui.view.texts import symbols_read, symbols_text

MOST_CLASSES = 6
TRUTH = "truth"


@dataclass(frozen=True, eq=False)
class Lines:
    """What is drawn of an example over time.

    Attributes:
        x_label: Of the horizontal axis.
        y_label: Of the vertical axis.
        lines: The name of each line with its places and values, (points,) both.
    """

    x_label: str
    y_label: str
    lines: Mapping[str, tuple[Doubles, Doubles]]


def example_lines(rows: ErrorRows, example: int, target: int) -> Lines | None:
    """Truth and predictions over the predicted steps; None where a single thing is predicted.

    Args:
        rows: The examples.
        example: Which.
        target: Which target of several.
    """
    part = rows.part
    preprocessing = part.preprocessing
    if preprocessing.kind == "forecast":
        return _forecast_lines(rows, example, target)
    if not preprocessing.per_step:
        return None
    scored = has_target(part.test_truth[[example]])[0]
    first = int(part.test_positions[example]) if preprocessing.is_cut else 0
    x = (np.flatnonzero(scored) + first).astype(np.float64)
    x_label = "time step" if preprocessing.is_cut else "step"
    if part.has_numbers:
        values = {TRUTH: part.test_truth[example][scored, target]}
        for name, own in rows.predictions.items():
            values[name] = preprocessing.point_predictions(own[example])[scored, target]
        return Lines(x_label, target_label(preprocessing, target), _at(x, values))
    if preprocessing.kind == "tag":
        values = {TRUTH: part.test_truth[example][scored]}
        for name, own in rows.predictions.items():
            values[name] = predicted_classes(part, own[[example]])[0][scored]
        return Lines(x_label, "class", _at(x, values))
    nats = {name: own[example][scored, NATS] for name, own in rows.predictions.items()}
    return Lines(x_label, "negative log-likelihood, nats", _at(x, nats))


def _forecast_lines(rows: ErrorRows, example: int, target: int) -> Lines:
    part = rows.part
    preprocessing = part.preprocessing
    targets = len(preprocessing.target_names)
    x = int(part.test_positions[example]) + np.arange(preprocessing.horizon, dtype=np.float64)
    values = {TRUTH: part.test_truth[example, target::targets]}
    for name, own in rows.predictions.items():
        values[name] = preprocessing.point_predictions(own[[example]])[0, target::targets]
    return Lines("time step", target_label(preprocessing, target), _at(x, values))


def with_history(lines: Lines, inputs: Doubles, preprocessing: Preprocessing, target: int) -> Lines:
    """The same with the window before the forecast joined to its truth, where it was an input.

    Args:
        lines: Of a forecast.
        inputs: In their own units, (time, channels).
        preprocessing: What the channels are.
        target: Which target of several.
    """
    name = preprocessing.target_names[target]
    if preprocessing.kind != "forecast" or name not in preprocessing.input_names:
        return lines
    x, truth = lines.lines[TRUTH]
    history = inputs[:, preprocessing.input_names.index(name)]
    before = x[0] + np.arange(-len(history), 0, dtype=np.float64)
    joined = (np.concatenate([before, x]), np.concatenate([history, truth]))
    return Lines(lines.x_label, lines.y_label, {**lines.lines, TRUTH: joined})


def target_label(preprocessing: Preprocessing, target: int) -> str:
    name, unit = preprocessing.target_names[target], preprocessing.target_units[target]
    return f"{name}, {unit}" if unit else name


def input_channels(
    preprocessing: Preprocessing, inputs: Doubles, target: int
) -> dict[str, Doubles]:
    """The channels that are drawn as inputs; that of the forecast stands with the forecast.

    Args:
        preprocessing: What the channels are.
        inputs: In their own units, (time, channels).
        target: Which target is drawn.
    """
    if preprocessing.vocabulary is not None:
        return {}
    drawn = preprocessing.target_names[target] if preprocessing.kind == "forecast" else None
    return {
        _with_unit(name, unit): inputs[:, channel]
        for channel, (name, unit) in enumerate(
            zip(preprocessing.input_names, preprocessing.input_units, strict=True)
        )
        if name != drawn
    }


def read_text(preprocessing: Preprocessing, inputs: Floats) -> str:
    """The text that was read, or "" for numbers."""
    symbols = symbols_read(inputs, preprocessing)
    joined = preprocessing.tokens != "words"
    return symbols_text(range(len(symbols)), symbols, joined=joined)


def prediction_table(
    rows: ErrorRows, example: int
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows: truth, predictions and errors, or the probability of each likely class."""
    part = rows.part
    names = tuple(rows.predictions)
    if part.preprocessing.outcomes is not None and not part.preprocessing.per_step:
        return ("class", *names), _probabilities(rows, example)
    predicted = tuple(rows.prediction_text(name, example) for name in names)
    errors = tuple(rows.error_column(name).text(example) for name in names)
    unit = f"error, {rows.unit}" if rows.unit else "error"
    return ("", TRUTH, *names), (
        ("prediction", rows.truth_text(example), *predicted),
        (unit, "", *errors),
    )


def _probabilities(rows: ErrorRows, example: int) -> tuple[tuple[str, ...], ...]:
    """The true class first, then the likeliest of any contender."""
    part = rows.part
    shares = np.array([own[example] for own in rows.predictions.values()], dtype=np.float64)
    true = int(part.test_truth[example])
    likely = [code for code in np.argsort(-shares.max(axis=0), kind="stable") if code != true]
    return tuple(
        (
            f"{class_name(part, int(code))} (true)"
            if code == true
            else class_name(part, int(code)),
            *(f"{100 * share:.1f} %" for share in shares[:, code]),
        )
        for code in (true, *likely[: MOST_CLASSES - 1])
    )


def _at(x: Doubles, values: Mapping[str, Floats]) -> dict[str, tuple[Doubles, Doubles]]:
    return {name: (x, np.asarray(each, dtype=np.float64)) for name, each in values.items()}


def _with_unit(name: str, unit: str) -> str:
    return f"{name}, {unit}" if unit else name

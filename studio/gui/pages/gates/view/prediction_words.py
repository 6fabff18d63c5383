"""What a network predicts of an example, and what an edit changes, in words."""

import math

import numpy as np

from studio.core.arrays import Floats, Truth
from studio.core.inspection.course import Course
from studio.core.prepared.examples import IGNORE_INDEX, PADDING_KEY
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.view.number_format import format_value

_MOST = 3
_LIKELY = 0.5


def prediction_words(preprocessing: Preprocessing, prediction: Floats, step: int) -> str:
    """Such as "walking (87.3 %)" or "21.4, 21.6, 21.9, … °C".

    Args:
        preprocessing: What the numbers mean.
        prediction: As in a course: of the example, or of each step.
        step: Which step is meant where there is a prediction at every step.
    """
    now = prediction[step] if preprocessing.per_step else prediction
    if preprocessing.kind == "next-step":
        return _keys(preprocessing.target_names, now > _LIKELY)
    if preprocessing.outcomes is None:
        return _values(preprocessing, preprocessing.point_predictions(now))
    best = int(np.argmax(now))
    return f"{_quoted(preprocessing, best)} ({100 * float(now[best]):.1f} %)"


def truth_words(preprocessing: Preprocessing, truth: Truth, step: int) -> str:
    """The same of the truth; "" where a step has none.

    Args:
        preprocessing: What the numbers mean.
        truth: A class, (), values in their units, or the targets of each step.
        step: As in prediction_words.
    """
    now = truth[step] if preprocessing.per_step else truth
    if preprocessing.kind == "next-step":
        return "" if np.any(now == PADDING_KEY) else _keys(preprocessing.target_names, now == 1)
    if preprocessing.outcomes is None:
        return _values(preprocessing, np.atleast_1d(now))
    return "" if int(now) == IGNORE_INDEX else _quoted(preprocessing, int(now))


def predicts(preprocessing: Preprocessing, prediction: Floats, truth: Truth, step: int) -> str:
    """Such as "Predicts walking (87.3 %); the truth is walking."."""
    at = f"At step {step} it predicts" if preprocessing.per_step else "Predicts"
    said = f"{at} {prediction_words(preprocessing, prediction, step)}"
    true = truth_words(preprocessing, truth, step)
    return f"{said}; the truth is {true}." if true else f"{said}."


def changes(preprocessing: Preprocessing, before: Course, after: Course, step: int) -> str:
    """What an edit changes, a sentence: the prediction and the loss of the example."""
    if before.prediction is None or after.prediction is None:
        return "There is no prediction, as the head of the model is not read."
    old = prediction_words(preprocessing, before.prediction, step)
    new = prediction_words(preprocessing, after.prediction, step)
    at = f" at step {step}" if preprocessing.per_step else ""
    said = (
        f"The prediction{at} stays {new}"
        if old == new
        else f"The prediction{at} changes from {old} to {new}"
    )
    if math.isnan(after.loss):
        return f"{said}; there is no loss, as the truth is not known."
    return f"{said}; {_loss_words(before.loss, after.loss)}."


def _loss_words(before: float, after: float) -> str:
    old, new = format_value(before), format_value(after)
    if old == new:
        return f"the loss stays {new}"
    return f"the loss {'rises' if after > before else 'falls'} from {old} to {new}"


def _values(preprocessing: Preprocessing, values: Floats) -> str:
    if np.isnan(values).all():
        return ""
    numbers = ", ".join(format_value(float(value)) for value in values[:_MOST])
    more = ", …" if len(values) > _MOST else ""
    unit = f" {preprocessing.unit}" if preprocessing.unit else ""
    return f"{numbers}{more}{unit}"


def _keys(names: tuple[str, ...], are_on: Truth) -> str:
    on = [name for name, is_on in zip(names, are_on, strict=True) if is_on]
    more = ", …" if len(on) > _MOST else ""
    return f"{', '.join(on[:_MOST])}{more}" if on else "nothing"


def _quoted(preprocessing: Preprocessing, outcome: int) -> str:
    """Its name; symbols of a text in quotation marks."""
    name = (preprocessing.outcomes or ())[outcome]
    return f"“{name}”" if preprocessing.kind == "next-token" else name

"""What an attribution says, in words."""

import math

from studio.core.inspection.attribution import Attribution
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.view.number_format import format_value

COMPLETE = 0.01
"""Attributions add up within this share of the difference."""

_BASELINES = {
    "standard": "an example that stays at the training mean",
    "robust": "an example that stays at the training median",
    "min-max": "an example that stays at the training minimum",
    "none": "an example of zeros",
}


def baseline_words(preprocessing: Preprocessing) -> str:
    """What scaled inputs of zero mean."""
    if preprocessing.vocabulary is not None or preprocessing.tokens is not None:
        return "an example without symbols"
    return _BASELINES[preprocessing.input_scaler.kind]


def explained_words(preprocessing: Preprocessing, output: int) -> str:
    """Such as "the probability of “walking”"."""
    name = preprocessing.output_names[output]
    at = " at the last step" if preprocessing.per_step else ""
    if preprocessing.target_scaler is None:
        return f"the probability of “{name}”{at}"
    return f"the prediction of “{name}”{at}"


def attribution_intro(preprocessing: Preprocessing, output: int) -> str:
    """What the colours tell."""
    return (
        f"How much each input adds to {explained_words(preprocessing, output)}, compared with "
        f"{baseline_words(preprocessing)} (integrated gradients)."
    )


def attribution_words(preprocessing: Preprocessing, found: Attribution) -> str:
    """The two outputs and the three checks of one contender."""
    unit = preprocessing.unit if preprocessing.target_scaler is not None else ""
    with_unit = f" {unit}" if unit else ""
    here, there = (format_value(value) for value in (found.output, found.baseline))
    outputs = f"{here}{with_unit} here, {there}{with_unit} for the baseline"
    error = found.completeness_error
    if math.isnan(error):
        return f"{outputs}: there is no difference to explain."
    return (
        f"{outputs}. The attributions miss the difference by {_percent(error)}. Their correlation "
        f"with occlusion: {_correlation(found.occlusion)}; with shuffled weights: "
        f"{_correlation(found.shuffled)}."
    )


def is_complete(found: Attribution) -> bool:
    """Whether the attributions add up as they should."""
    return not found.completeness_error > COMPLETE


def _percent(share: float) -> str:
    percent = 100 * share
    return "less than 0.01 %" if percent < 0.01 else f"{percent:.2g} %"  # noqa: PLR2004 - digits


def _correlation(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.2f}".replace("-", "−")

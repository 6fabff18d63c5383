"""Predictions in words and rows: notes, scores, coverage, drift."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from studio.analysis.predictions.wording import coverage_sentences, drift_sentences, run_words
from studio.analysis.wording import with_interval
from studio.core.results.metrics import METRICS
from studio.gui.view.number_format import format_value, format_whole
from studio.runs.predictions.prediction_result import PredictionResult
from studio.runs.predictions.prediction_table import Columns, output_names

_MOST_COLUMNS = 40
_SMALLEST_P = 0.001
_TOKENS = ("token", "next", "next_actual")


def headline(results: Mapping[str, PredictionResult]) -> str:
    """What was predicted, and by which runs."""
    first = next(iter(results.values()))
    preprocessing = first.data.preprocessing
    if preprocessing.predicts_next:
        kind = "tokens" if preprocessing.outcomes is not None else "steps"
        count = format_whole(len(first.main.values))
    else:
        kind = "windows" if preprocessing.window is not None else "examples"
        count = format_whole(len(first.data))
    by = "; ".join(
        f"{name}: {run_words(result.models, result.spec.runs == 'mean')}"
        for name, result in results.items()
    )
    return f"{count} {kind} of {first.data.name}. {by}."


def note_sentences(result: PredictionResult) -> list[str]:
    """How the new data differs from the training data."""
    texts = [str(note) for note in result.data.notes]
    return [f"{text[:1].upper()}{text[1:]}." for text in texts]


def score_rows(results: Mapping[str, PredictionResult]) -> list[tuple[str, str, str, str]]:
    """A row for each contender and metric: contender, metric, new data, test set."""
    rows = []
    for name, result in results.items():
        unit = result.data.preprocessing.unit
        for metric, score in result.scores.items():
            own = unit if METRICS[metric].in_target_units else ""
            test = result.test_scores.get(metric)
            tested = "not available" if test is None else with_interval(test, own)
            rows.append((name, METRICS[metric].label, with_interval(score, own), tested))
    return rows


def interval_sentences(results: Mapping[str, PredictionResult]) -> list[str]:
    """The coverage that each contender's intervals or sets reached on the test set."""
    sentences = []
    for name, result in results.items():
        preprocessing, coverage = result.data.preprocessing, result.main.coverage
        if coverage is None:
            continue
        names = preprocessing.class_names or output_names(preprocessing)
        are_classes = preprocessing.class_names is not None
        told = " ".join(coverage_sentences(coverage, names, are_classes=are_classes))
        sentences.append(f"{name}: {told}")
    return sentences


def drift_rows(result: PredictionResult) -> list[tuple[str, str, str, str]]:
    """A row for each column: name, share outside the training range, p, whether it shifted."""
    return [
        (
            drift.column,
            f"{drift.outside:.1%}",
            _p_words(drift.p),
            "shifted" if drift.has_shifted else "no shift shown",
        )
        for drift in (result.drift or ())[:_MOST_COLUMNS]
    ]


def _p_words(p: float) -> str:
    if math.isnan(p):
        return "too few rows"
    return "<0.001" if p < _SMALLEST_P else format_value(p)


def drift_words(result: PredictionResult) -> Sequence[str]:
    """What has shifted, in sentences."""
    if result.drift is None:
        return ()
    return drift_sentences(result.drift, result.class_shares, result.shares_are_true)


def legible(columns: Columns) -> Columns:
    """The columns of a table with tokens in quotation marks, as some are blank."""
    if "p_next" not in columns:
        return columns
    quoted = {
        name: np.array([f"“{token}”" if token else "" for token in columns[name].tolist()])
        for name in _TOKENS
        if name in columns
    }
    return {**columns, **quoted}

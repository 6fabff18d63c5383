"""Prints what is known of predictions, as text and as JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from studio.analysis.intervals import Interval
from studio.analysis.predictions.wording import (
    NO_TEST_SCORE,
    coverage_sentences,
    drift_sentences,
    run_words,
)
from studio.analysis.wording import with_interval
from studio.cli.output import print_message, print_paragraph, print_table
from studio.core.results.metrics import METRICS
from studio.core.results.trained_model import TrainedModel
from studio.runs.predictions.beyond_end import BeyondEnd
from studio.runs.predictions.prediction_result import Coverage, PredictionResult
from studio.runs.predictions.prediction_table import output_names


def tell_prediction(result: PredictionResult, rows: int, out: Path) -> None:
    """Says on standard error what predicted, and what differs from training."""
    print_message(
        f"{rows:,} rows predicted by {result.contender}, "
        f"{run_words(result.models, result.spec.runs == 'mean')}: {out}"
    )
    _show_notes(result.data.notes)


def show_prediction(result: PredictionResult) -> None:
    """Prints scores, coverage and drift."""
    preprocessing = result.data.preprocessing
    if result.scores:
        unit = preprocessing.unit
        headings = ("metric", "new data", "test set")
        rows_of_table = [
            (METRICS[name].label, *(_score(of.get(name), name, unit)
                                    for of in (result.scores, result.test_scores)))
            for name in result.scores
        ]  # fmt: skip
        print_table("Scores", headings, rows_of_table)
    if result.main.coverage is not None:
        for sentence in coverage_sentences(
            result.main.coverage,
            preprocessing.class_names or output_names(preprocessing),
            are_classes=preprocessing.class_names is not None,
        ):
            print_paragraph(sentence)
    if result.temperature is not None:
        print_paragraph(f"Probabilities at temperature {result.temperature:.3g}.")
    if result.reliability is not None:
        error = result.reliability.expected_error
        print_paragraph(f"Expected calibration error on the test set: {error:.3f}.")
    if result.drift is not None:
        for sentence in drift_sentences(result.drift, result.class_shares, result.shares_are_true):
            print_paragraph(sentence)
    if result.models[0].is_final:
        print_paragraph(NO_TEST_SCORE)
    if result.unavailable is not None:
        print_paragraph(
            f"Intervals, test scores and drift need the comparison's own data. {result.unavailable}"
        )


def prediction_json(result: PredictionResult, rows: int, out: Path) -> dict[str, Any]:
    """What `predict --json` prints."""
    coverage = result.main.coverage
    return {
        "file": str(out),
        "rows": rows,
        "examples": len(result.data),
        "contender": result.contender,
        "runs": _runs_json(result.models),
        "notes": [str(note) for note in result.data.notes],
        "scores": _scores_json(result.scores),
        "test_scores": _scores_json(result.test_scores),
        "coverage": None if coverage is None else _coverage_json(coverage),
        "calibration_error": None if result.reliability is None
        else _number(result.reliability.expected_error),
        "temperature": result.temperature,
        "drift": None if result.drift is None else [drift.as_json() for drift in result.drift],
        "classes": [
            {"name": share.name, "training": share.training, "new": share.new}
            for share in result.class_shares
        ],
        "unavailable": None if result.unavailable is None else str(result.unavailable),
    }  # fmt: skip


def tell_beyond_end(result: BeyondEnd, out: Path) -> None:
    """Says on standard error what predicted, and what differs from training."""
    steps = result.values.shape[1]
    print_message(
        f"{steps:,} steps beyond the end predicted by {result.contender}, "
        f"{run_words(result.models, len(result.models) > 1)}: {out}"
    )
    _show_notes(result.data.notes)


def show_beyond_end(result: BeyondEnd) -> None:
    """Prints how the error grows where predictions are fed back, and what is missing."""
    steps = result.values.shape[1]
    if result.fed_back_from is not None:
        print_paragraph(
            f"From step {result.fed_back_from} on the network reads its own predictions."
        )
    if result.error_by_step is not None:
        unit = result.data.preprocessing.unit
        after = f" {unit}" if unit else ""
        errors = result.error_by_step.mean(axis=1)
        print_paragraph(
            f"Root mean squared error on the test set ({result.origins:,} forecasts): "
            f"{errors[0]:.3g}{after} at step 1, {errors[-1]:.3g}{after} at step {steps:,}."
        )
    if result.level is not None and result.bands is not None:
        unbounded = int(np.isinf(result.bands.high).any(axis=0).sum())
        if unbounded:
            print_paragraph(
                f"The validation set is too short for intervals of {unbounded:,} of the steps."
            )
    if result.models[0].is_final:
        print_paragraph(NO_TEST_SCORE)
    if result.unavailable is not None:
        print_paragraph(
            f"Intervals and errors need the comparison's own data. {result.unavailable}"
        )


def beyond_end_json(result: BeyondEnd, rows: int, out: Path) -> dict[str, Any]:
    """What `predict --steps N --json` prints."""
    errors = result.error_by_step
    return {
        "file": str(out),
        "rows": rows,
        "examples": len(result.values),
        "steps": result.values.shape[1],
        "contender": result.contender,
        "runs": _runs_json(result.models),
        "notes": [str(note) for note in result.data.notes],
        "scores": {},
        "drift": None,
        "fed_back_from": result.fed_back_from,
        "rmse_by_step": None if errors is None else errors.mean(axis=1).tolist(),
        "level": result.level,
        "unavailable": None if result.unavailable is None else str(result.unavailable),
    }


def _runs_json(models: Sequence[TrainedModel]) -> list[dict[str, Any]]:
    return [
        {"seed": model.run.seed, "epoch": model.epoch, "trained_on_all_data": model.is_final}
        for model in models
    ]


def _show_notes(notes: tuple[object, ...]) -> None:
    for note in notes:
        text = str(note)
        print_message(f"Note: {text[:1].upper()}{text[1:]}.")


def _score(interval: Interval | None, name: str, unit: str) -> str:
    if interval is None:
        return "not available"
    return with_interval(interval, unit if METRICS[name].in_target_units else "")


def _scores_json(scores: Mapping[str, Interval]) -> dict[str, Any]:
    return {
        name: {"mean": _number(score.value), "low": _number(score.low), "high": _number(score.high)}
        for name, score in scores.items()
    }


def _coverage_json(coverage: Coverage) -> dict[str, Any]:
    return {
        "nominal": coverage.nominal,
        "reached": _number(coverage.reached),
        "by_output": [_number(share) for share in coverage.by_output.tolist()],
        "test_examples": coverage.examples,
        "validation_examples": coverage.calibration,
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

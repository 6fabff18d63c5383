"""The wording of coverage, drift and which runs predicted."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from studio.analysis.predictions.drift import ClassShare, ColumnDrift
from studio.analysis.wording import join_names
from studio.core.arrays import Doubles
from studio.core.results.final_model import FinalModel
from studio.core.results.trained_model import TrainedModel

_MOST_NAMED = 6
_CLEARLY = 0.1


class _Coverage(Protocol):
    @property
    def nominal(self) -> float: ...
    @property
    def reached(self) -> float: ...
    @property
    def by_output(self) -> Doubles: ...
    @property
    def examples(self) -> int: ...
    @property
    def calibration(self) -> int: ...
    @property
    def needed(self) -> int: ...


NO_TEST_SCORE = (
    "This model was trained on all data: nothing is left to score it on or to set intervals from. "
    "The best estimate of its error is the test score of the comparison."
)


def final_words(model: FinalModel) -> str:
    """Such as "GRU, trained on all 5,000 examples: seed 1, 12 epochs, no test score"."""
    epochs = f"{model.epochs} epoch{'' if model.epochs == 1 else 's'}"
    return (
        f"{model.contender}, trained on all {model.examples:,} examples: seed {model.seed}, "
        f"{epochs}, no test score"
    )


def run_words(models: Sequence[TrainedModel], is_mean: bool) -> str:  # noqa: FBT001 - two cases
    """Such as "seed 1, epoch 12", or "mean of 3 runs"."""
    if models[0].is_final:
        return f"trained on all data, seed {models[0].run.seed}, epoch {models[0].epoch}"
    if len(models) == 1:
        return f"seed {models[0].run.seed}, epoch {models[0].epoch}"
    return f"mean of {len(models)} runs" if is_mean else f"each of {len(models)} runs"


def coverage_sentences(
    coverage: _Coverage, names: Sequence[str], *, are_classes: bool
) -> list[str]:
    """The coverage that was reached beside the nominal one, and where it cannot be had.

    Args:
        coverage: On the test set.
        names: Of the outputs or classes.
        are_classes: Whether it is of prediction sets of classes, rather than of intervals.
    """
    what = "Prediction sets" if are_classes else "Intervals"
    sentences = []
    if coverage.calibration < coverage.needed:
        few = f"need {coverage.needed:,} validation examples"
        if not are_classes:
            there = f"{few}; there are {coverage.calibration:,}, so they are unbounded"
            return [f"{what} at {coverage.nominal:.0%} {there}."]
        sentences.append(
            f"{what} at {coverage.nominal:.0%} {few} of each class; a class with fewer is in every "
            "set."
        )
    if np.isnan(coverage.reached):
        return [*sentences, f"{what} at {coverage.nominal:.0%}: no test set to check them on."]
    sentences.append(
        f"{what} at {coverage.nominal:.0%}: on the test set {coverage.reached:.1%} held the truth "
        f"({coverage.examples:,} predictions)."
    )
    shares = coverage.by_output
    if len(shares) > 1 and not np.isnan(shares).all():
        low = int(np.nanargmin(shares))
        if shares[low] < min(coverage.nominal, coverage.reached):
            kind = "the class " if are_classes else ""
            sentences.append(f"Lowest for {kind}{names[low]}: {shares[low]:.1%}.")
    return sentences


def drift_sentences(
    columns: Sequence[ColumnDrift],
    classes: Sequence[ClassShare],
    are_true: bool,  # noqa: FBT001
) -> list[str]:
    """What has shifted since training, or that nothing has."""
    sentences = []
    for drift in columns:
        parts = []
        if drift.outside > 0:
            what = "its example means" if drift.of_examples else "its values"
            parts.append(f"{drift.outside:.1%} of {what} lie outside the training range")
        if drift.has_shifted:
            p = "p < 0.001" if drift.p < 0.001 else f"p = {drift.p:.3f}"  # noqa: PLR2004
            parts.append(f"its distribution has shifted ({p}, Holm-corrected)")
        if parts:
            sentences.append(f"{drift.column}: {' and '.join(parts)}.")
    if columns and not any(drift.has_shifted for drift in columns):
        sentences.append("No column's distribution differs significantly from training.")
    moved = [share for share in classes if abs(share.new - share.training) >= _CLEARLY]
    if moved:
        named = join_names(
            [f"{s.name} {s.training:.0%} to {s.new:.0%}" for s in moved[:_MOST_NAMED]]
        )
        kind = "Share of classes" if are_true else "Share of predicted classes"
        sentences.append(f"{kind}, training to new data: {named}.")
    return sentences

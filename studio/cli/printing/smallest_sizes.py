"""Prints the sizes that a search for the smallest has tried."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from studio.analysis.summaries.smallest_size import (
    BYTES_OF_A_WEIGHT,
    CHOSEN_ON_TEST_SET,
    SizeTrial,
    SmallestSize,
    smallest_headings,
    smallest_rows,
    smallest_sentence,
)
from studio.cli.output import print_json, print_paragraph, print_table
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of


def show_smallest(
    history: ComparisonHistory, sizes: Sequence[SmallestSize], *, as_json: bool
) -> None:
    """Prints the trials and the answer; nothing where the largest sizes are not trained yet."""
    metric = metrics_of(history.preprocessing)[0]
    if as_json:
        print_json({"metric": metric.name, "contenders": [_json(size) for size in sizes]})
        return
    if not sizes:
        return
    unit = history.preprocessing.unit
    heading = f"{metric.label}, {unit}" if unit and metric.in_target_units else metric.label
    print_table("Sizes that were tried", smallest_headings(heading), smallest_rows(sizes))
    print_paragraph(smallest_sentence(sizes))
    print_paragraph(CHOSEN_ON_TEST_SET)


def _json(size: SmallestSize) -> dict[str, Any]:
    smallest = size.smallest
    return {
        "contender": size.contender,
        "smallest": None if smallest is None else smallest.hidden_size,
        "bytes": None if smallest is None else BYTES_OF_A_WEIGHT * smallest.parameters,
        "is_known": size.next_size is None,
        "trials": [_trial(trial) for trial in size.trials],
    }


def _trial(trial: SizeTrial) -> dict[str, Any]:
    return {
        "hidden_size": trial.hidden_size,
        "parameters": trial.parameters,
        "score": trial.score if np.isfinite(trial.score) else None,
        "as_good": trial.enough,
        "suffices": trial.suffices,
    }

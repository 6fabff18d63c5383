"""Baselines, intervals and verdicts, computed from histories.

A module is imported when something of it is first used, as most commands use few of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.analysis.baselines.baselines import score_baselines
    from studio.analysis.costs.time_ratios import (
        TimeRatio,
        compare_memory,
        compare_times,
        epoch_time,
        step_time,
        time_ratio,
        training_time,
    )
    from studio.analysis.intervals import Interval
    from studio.analysis.scores.comparing import best_baseline, compare
    from studio.analysis.scores.score_samples import score_interval
    from studio.analysis.scores.verdicts import (
        BaselineComparison,
        CostVerdict,
        Decision,
        ScoreVerdict,
        Verdict,
    )
    from studio.analysis.summaries.results_table import (
        ResultsTable,
        TableRow,
        curves_csv,
        results_table,
    )
    from studio.analysis.summaries.summary import (
        BaselineSummary,
        ContenderSummary,
        Summary,
        summary,
    )

__all__ = [
    "BaselineComparison",
    "BaselineSummary",
    "ContenderSummary",
    "CostVerdict",
    "Decision",
    "Interval",
    "ResultsTable",
    "ScoreVerdict",
    "Summary",
    "TableRow",
    "TimeRatio",
    "Verdict",
    "best_baseline",
    "compare",
    "compare_memory",
    "compare_times",
    "curves_csv",
    "epoch_time",
    "results_table",
    "score_baselines",
    "score_interval",
    "step_time",
    "summary",
    "time_ratio",
    "training_time",
]

_MODULES = {
    "baselines.baselines": ("score_baselines",),
    "costs.time_ratios": (
        "TimeRatio",
        "compare_memory",
        "compare_times",
        "epoch_time",
        "step_time",
        "time_ratio",
        "training_time",
    ),
    "intervals": ("Interval",),
    "scores.comparing": ("best_baseline", "compare"),
    "scores.score_samples": ("score_interval",),
    "scores.verdicts": ("BaselineComparison", "CostVerdict", "Decision", "ScoreVerdict", "Verdict"),
    "summaries.results_table": ("ResultsTable", "TableRow", "curves_csv", "results_table"),
    "summaries.summary": ("BaselineSummary", "ContenderSummary", "Summary", "summary"),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module has
    if name not in _PLACES:
        raise AttributeError(f"module 'studio.analysis' has no attribute {name!r}")
    return getattr(import_module(f"studio.analysis.{_PLACES[name]}"), name)

"""Baselines, intervals and verdicts, computed from histories."""

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
from studio.analysis.summaries.summary import BaselineSummary, ContenderSummary, Summary, summary

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

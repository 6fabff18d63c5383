"""Baselines, intervals and verdicts: histories in, what may be said of them out."""

from studio.analysis.comparing import best_baseline, compare
from studio.analysis.costs import (
    TimeRatio,
    compare_memory,
    compare_times,
    epoch_time,
    step_time,
    time_ratio,
    training_time,
)
from studio.analysis.evidence import score_interval
from studio.analysis.intervals import Interval
from studio.analysis.naive import baselines
from studio.analysis.summary import BaselineSummary, ContenderSummary, Summary, summary
from studio.analysis.table import ArticleTable, TableRow, article_table, curves_csv
from studio.analysis.verdicts import CostVerdict, Decision, ScoreVerdict, Standing, Verdict

__all__ = [
    "ArticleTable",
    "BaselineSummary",
    "ContenderSummary",
    "CostVerdict",
    "Decision",
    "Interval",
    "ScoreVerdict",
    "Standing",
    "Summary",
    "TableRow",
    "TimeRatio",
    "Verdict",
    "article_table",
    "baselines",
    "best_baseline",
    "compare",
    "compare_memory",
    "compare_times",
    "curves_csv",
    "epoch_time",
    "score_interval",
    "step_time",
    "summary",
    "time_ratio",
    "training_time",
]

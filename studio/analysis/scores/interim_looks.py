"""Interim looks at a verdict while seeds are added, without inflating false positives."""

from studio.analysis.basis import InterimLooks
from studio.core.results.history import ComparisonHistory


def interim_looks(history: ComparisonHistory) -> InterimLooks:
    seeds = history.spec.training.seed_list
    unfinished = {
        run.run.seed
        for contender in history.contenders
        for run in contender.runs
        if not run.has_ended and run.status != "failed"
    }
    done = sum(seed not in unfinished for seed in seeds)
    return InterimLooks(history.spec.looks or (), done, history.spec.looked)

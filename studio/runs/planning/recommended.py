"""Which contender a comparison recommends."""

from studio.analysis.summaries.answer import answer
from studio.core.errors import SessionError
from studio.core.results.history import ComparisonHistory


def recommended(history: ComparisonHistory) -> str:
    """The contender that the comparison's answer names first, else the first that was trained."""
    chosen = answer(history)
    if chosen is not None and chosen.best:
        return chosen.cheapest or chosen.best[0]
    trained = [c for c in history.contenders if any(run.best_epoch for run in c.runs)]
    if not trained:
        raise SessionError("no contender has a finished epoch", remedy="Train the comparison first")
    return trained[0].name

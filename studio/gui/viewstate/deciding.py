"""Whether more seeds can decide a comparison, and what is then done."""

from studio.analysis import ScoreVerdict
from studio.core.history import ComparisonHistory
from studio.gui.viewstate.compare import Results

_MOST = 20


def is_open(results: Results) -> bool:
    """Whether all runs ended, a pair is undecided, and there are fewer than 20 seeds."""
    history = results.history
    verdicts = [
        verdict
        for verdict in results.summary.verdicts
        if isinstance(verdict, ScoreVerdict) and verdict.about == results.metric.name
    ]
    is_undecided = any(verdict.decision.kind == "undecided" for verdict in verdicts)
    return history.is_complete and is_undecided and history.spec.training.seeds < _MOST


def how_it_goes_on(history: ComparisonHistory) -> str:
    """What the button does, in a sentence or two."""
    words = (
        f"Adds seeds to all contenders while a pair is undecided, {_MOST} at most, and looks again "
        "after each few; the looks share the 5 % of a false winner."
    )
    if history.spec.looks is None:
        words += " The look that you see now counts as one more, and the verdict will say so."
    return words

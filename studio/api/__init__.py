"""Gate Studio in Python: sessions and their results, comparisons, predictions."""

from studio.api.compare import compare
from studio.api.comparison import Comparison, Verdicts
from studio.api.contender import Contender, Run
from studio.api.result_table import ResultTable
from studio.api.retrain import retrain
from studio.api.session import Session, open  # noqa: A004 - studio.open, as in studio.open("x.gates")

__all__ = [
    "Comparison",
    "Contender",
    "ResultTable",
    "Run",
    "Session",
    "Verdicts",
    "compare",
    "open",
    "retrain",
]

"""Claims that this version cannot decide, and why."""

from collections.abc import Sequence

from studio.analysis.claims import Finding, nothing_measured
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory


def _open(name: str, title: str, statement: str, reason: str) -> Claim:
    def experiment(_: Laboratory) -> Sequence[Finding]:
        return [nothing_measured(reason)]

    return Claim(name, title, statement, "", experiment)


BIG_DATA = _open(
    "C7",
    "big data",
    "With millions of examples the LSTM matches or exceeds the GRU.",
    "A pass over a generated stream of a million sequences is not built yet.",
)
FIELDS = _open(
    "C15",
    "fields",
    "Language, speech, forecasting, edge devices and biology each suit one of the cells.",
    "There is an experiment for each field, but no rule yet that judges them together.",
)
ATTENTION = _open(
    "C19",
    "attention",
    "With attention on top, or in long text, the LSTM may be the better.",
    "Says only what may be, which no measurement refutes; language tasks are not built yet.",
)

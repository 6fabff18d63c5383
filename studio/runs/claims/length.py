"""C8: recall over the length of the memory that is needed."""

from collections.abc import Sequence

from studio.analysis.claims import (
    Expected,
    Finding,
    Outcome,
    differences_of,
    finding,
    nothing_measured,
    outcome_of,
    told,
)
from studio.analysis.comparing import compare
from studio.analysis.verdicts import ScoreVerdict
from studio.core.metrics import metrics_of
from studio.core.spec import ContenderSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.crossover import crossover
from studio.runs.claims.laboratory import Laboratory, experiment

_DELAYS = (20, 150, 550)
_SHORT = 200
_STEPS = 200
_BIASED = "LSTM, forget bias 1"
_CONTENDERS = (
    ContenderSpec(name="GRU", cell="gru"),
    ContenderSpec(name="LSTM", cell="lstm"),
    ContenderSpec(name=_BIASED, cell="lstm", forget_bias=1.0),
)


def lengths(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells to recall a symbol after longer and longer delays."""
    found = {}
    for delay in _DELAYS:
        if not laboratory.seconds_left:
            break
        spec = experiment(
            "delayed-recall",
            laboratory.machine(),
            parameters={"delay": delay, "examples": 1000},
            contenders=_CONTENDERS,
            training={"epochs": 1000, "steps": _STEPS, "seeds": 3},
        )
        history = laboratory.compare(spec).history
        verdicts = compare(history, metrics_of(history.preparation)[0])
        found[delay] = {v.second: v for v in verdicts if v.first == "GRU" and v.seeds}
    names = ("LSTM", _BIASED)
    judged = [_judged(name, {d: v[name] for d, v in found.items() if name in v}) for name in names]
    return [*judged, crossover(laboratory)]


def _judged(name: str, found: dict[int, ScoreVerdict]) -> Finding:
    if len(found) < len(_DELAYS):
        return nothing_measured(f"GRU against {name}: the time was up before all delays were done.")
    last = found[_DELAYS[-1]]
    short = [verdict for delay, verdict in found.items() if delay <= _SHORT]
    conditions = [f"{delay} steps" for delay in found]
    text = f"{_steps()} {told(conditions, list(found.values()))} {_well(short)}"
    unit = f"accuracy at {_DELAYS[-1]} steps, GRU − {name}"
    each = differences_of(conditions, list(found.values()))
    return finding(_outcome(short, last), last.difference, unit, text, conditions=each)


def _outcome(short: Sequence[ScoreVerdict], last: ScoreVerdict) -> Outcome:
    """The GRU does well where it beats the baseline; at the end the LSTM must be better."""
    at_the_end: Expected | str = outcome_of(last)
    does_well = all(_beats(verdict) for verdict in short)
    if at_the_end == "undecided":
        return "undecided"
    if at_the_end == "second":
        return "supported" if does_well else "partly supported"
    return "partly supported" if does_well else "refuted"


def _beats(verdict: ScoreVerdict) -> bool:
    return any(standing.beats for standing in verdict.standings if standing.contender == "GRU")


def _well(short: Sequence[ScoreVerdict]) -> str:
    count = sum(map(_beats, short))
    return f"Up to {_SHORT} steps the GRU beats the baseline at {count} of {len(short)} lengths."


def _steps() -> str:
    return f"{_STEPS} training steps each."


CLAIM = Claim(
    "C8",
    "length",
    "From 5 to about 200 steps the GRU does well; past about 500 the LSTM holds memory slightly "
    "better.",
    f"Both cells, and an LSTM with the forget bias of Keras, learn to recall a symbol after "
    f"{_DELAYS[0]}, {_DELAYS[1]} and {_DELAYS[2]} steps, three seeds each; then "
    "GRU and LSTM over several lengths and sizes of the training part.",
    lengths,
    share=2.5,
)

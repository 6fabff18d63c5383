"""C8: recall accuracy over the delay."""

from collections.abc import Sequence

from studio.analysis.scores.comparing import compare
from studio.analysis.scores.outcomes import Expected, outcome_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.findings import (
    Finding,
    Outcome,
    describe_conditions,
    differences_of,
    finding,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment
from studio.claims.quality.crossover import crossover
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import ContenderSpec

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
    """Trains both cells to recall a symbol after increasing delays."""
    by_delay = {}
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
        verdicts = compare(history, metrics_of(history.preprocessing)[0])
        by_delay[delay] = {
            verdict.second: verdict
            for verdict in verdicts
            if verdict.first == "GRU" and verdict.seeds
        }
    findings = []
    for name in ("LSTM", _BIASED):
        measured = {delay: named[name] for delay, named in by_delay.items() if name in named}
        findings.append(_judge(name, measured))
    return [*findings, crossover(laboratory)]


def _judge(name: str, by_delay: dict[int, ScoreVerdict]) -> Finding:
    if len(by_delay) < len(_DELAYS):
        return not_measured(f"GRU vs. {name}: time ran out before all delays were measured.")
    verdicts = list(by_delay.values())
    last = by_delay[_DELAYS[-1]]
    short = [verdict for delay, verdict in by_delay.items() if delay <= _SHORT]
    conditions = [f"{delay} steps" for delay in by_delay]
    text = (
        f"{_STEPS} training steps each. {describe_conditions(conditions, verdicts)} Up to {_SHORT} "
        f"steps the GRU beats the baseline at {sum(map(_beats, short))} of {len(short)} delays."
    )
    unit = f"accuracy at {_DELAYS[-1]} steps, GRU − {name}"
    differences = differences_of(conditions, verdicts)
    return finding(_outcome(short, last), last.difference, unit, text, conditions=differences)


def _outcome(short: Sequence[ScoreVerdict], last: ScoreVerdict) -> Outcome:
    """The GRU does well where it beats the baseline; at the last delay the LSTM must be better."""
    at_the_end: Expected | str = outcome_of(last)
    does_well = all(_beats(verdict) for verdict in short)
    if at_the_end == "undecided":
        return "undecided"
    if at_the_end == "second":
        return "supported" if does_well else "partly supported"
    return "partly supported" if does_well else "refuted"


def _beats(verdict: ScoreVerdict) -> bool:
    return any(
        comparison.beats for comparison in verdict.standings if comparison.contender == "GRU"
    )


CLAIM = Claim(
    "C8",
    "length",
    "From 5 to about 200 steps the GRU does well; beyond about 500 the LSTM retains information "
    "slightly better.",
    f"Both cells, and an LSTM with the forget bias of Keras, are trained to recall a symbol after "
    f"{_DELAYS[0]}, {_DELAYS[1]} and {_DELAYS[2]} steps, with three seeds each; then GRU and LSTM "
    "are compared over several delays and training set sizes.",
    lengths,
    share=2.5,
)

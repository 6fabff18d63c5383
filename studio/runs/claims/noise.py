"""C16: scores over noise and share of missing values."""

from studio.analysis.claims import (
    Finding,
    differences_of,
    finding,
    judge_conditions,
    largest,
    nothing_measured,
    outcomes_of,
    told,
)
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment
from studio.runs.claims.parity import main_verdict

_CONDITIONS = (
    ("noise 0.5", {"noise": 0.5}),
    ("noise 1", {"noise": 1.0}),
    ("30 % missing", {"missing": 0.3}),
    ("60 % missing", {"missing": 0.6}),
)


def noise_and_gaps(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on sensors with more noise, and with more gaps."""
    found = {}
    for name, blemish in _CONDITIONS:
        if not laboratory.seconds_left:
            break
        spec = experiment(
            "sensor-faults",
            laboratory.machine(),
            parameters={"length": 60, "examples": 1000, **blemish},
            task={"missing": "mask"},
            training={"epochs": 12, "seeds": 4},
        )
        verdict = main_verdict(laboratory, spec)
        if verdict.seeds:
            found[name] = verdict
    if not found:
        return [nothing_measured("The time was up before a condition was done.")]
    verdicts = list(found.values())
    outcome = judge_conditions(outcomes_of(verdicts), ["first"] * len(verdicts))
    unit = "accuracy, GRU − LSTM, the largest difference"
    text, each = told(list(found), verdicts), differences_of(list(found), verdicts)
    return [finding(outcome, largest(verdicts), unit, text, conditions=each)]


CLAIM = Claim(
    "C16",
    "noise and gaps",
    "The GRU does better on noisy or sparse data.",
    "Both cells learn to find sensor faults under more noise and with more missing values, with "
    "four seeds each.",
    noise_and_gaps,
)

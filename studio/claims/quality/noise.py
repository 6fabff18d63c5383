"""C16: scores with noise and missing values."""

from studio.analysis.scores.outcomes import outcomes_of
from studio.claims.analysis.findings import (
    Finding,
    describe_conditions,
    differences_of,
    finding,
    judge_conditions,
    largest,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment
from studio.claims.quality.parity import main_verdict

_CONDITIONS = (
    ("noise 0.5", {"noise": 0.5}),
    ("noise 1", {"noise": 1.0}),
    ("30 % missing", {"missing": 0.3}),
    ("60 % missing", {"missing": 0.6}),
)


def noise_and_missing_values(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on sensor data with more noise, and with more missing values."""
    by_condition = {}
    for name, disturbance in _CONDITIONS:
        if not laboratory.seconds_left:
            break
        spec = experiment(
            "sensor-faults",
            laboratory.machine(),
            parameters={"length": 60, "examples": 1000, **disturbance},
            task={"missing": "mask"},
            training={"epochs": 12, "seeds": 4},
        )
        verdict = main_verdict(laboratory, spec)
        if verdict.seeds:
            by_condition[name] = verdict
    if not by_condition:
        return [not_measured("Time ran out before the first condition was finished.")]
    verdicts = list(by_condition.values())
    outcome = judge_conditions(outcomes_of(verdicts), ["first"] * len(verdicts))
    unit = "accuracy, GRU − LSTM, largest difference"
    text = describe_conditions(list(by_condition), verdicts)
    differences = differences_of(list(by_condition), verdicts)
    return [finding(outcome, largest(verdicts), unit, text, conditions=differences)]


CLAIM = Claim(
    "C16",
    "noise and missing values",
    "The GRU does better on noisy or sparse data.",
    "Both cells are trained to detect sensor faults under more noise and with more missing values, "
    "with four seeds each.",
    noise_and_missing_values,
)

"""C17: both cells with the same random settings."""

import numpy as np

from studio.analysis.intervals import mean_over_seeds
from studio.analysis.wording import with_interval
from studio.claims.analysis.findings import Finding, finding, judge_difference, not_measured
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.core.arrays import Doubles
from studio.core.results.history import ComparisonHistory

_SETTINGS = 10
_MARGIN = 0.01
_LEAST = 4


def random_settings(laboratory: Laboratory) -> list[Finding]:
    """Draws learning rates and hidden sizes at random and trains both cells with each."""
    rng = np.random.default_rng(17)
    scores = []
    for number in range(_SETTINGS):
        lr = float(10 ** rng.uniform(-4, -1.3))
        hidden = int(rng.integers(8, 49))
        if not laboratory.seconds_left:
            break
        spec = experiment(
            "sensor-faults",
            laboratory.machine(),
            parameters={"length": 60, "examples": 1200},
            contenders=pair(hidden),
            training={"epochs": 10, "seeds": 1, "first_seed": number + 1, "lr": lr},
        )
        scores.append(_validation(laboratory.compare(spec).history))
    complete = np.array([row for row in scores if None not in row], dtype=np.float64)
    if len(complete) < _LEAST:
        return [not_measured("Time ran out before enough settings were tried.")]
    return [_judge(complete)]


def _validation(history: ComparisonHistory) -> tuple[float | None, ...]:
    """The best validation accuracy of each contender; None where its run has not finished."""
    return tuple(
        max(epoch.scores["accuracy"] for epoch in run.epochs) if run.has_ended else None
        for run in (contender.runs[0] for contender in history.contenders)
    )


def _judge(scores: Doubles) -> Finding:
    difference = mean_over_seeds(scores[:, 0] - scores[:, 1])
    gru, lstm = (_quartiles(scores[:, column]) for column in (0, 1))
    text = (
        f"{len(scores)} random learning rates (0.0001 to 0.05) and hidden sizes (8 to 48), best "
        f"validation accuracy. GRU: {gru}. LSTM: {lstm}. GRU − LSTM with the same settings: "
        f"{with_interval(difference)}."
    )
    unit = "validation accuracy, GRU − LSTM, mean over settings"
    return finding(judge_difference(difference, _MARGIN), difference, unit, text)


def _quartiles(scores: Doubles) -> str:
    low, median, high = np.quantile(scores, (0.25, 0.5, 0.75))
    return f"best {scores.max():.3f}, median {median:.3f}, quartiles {low:.3f} and {high:.3f}"


CLAIM = Claim(
    "C17",
    "tuning",
    "The GRU is easier to tune.",
    f"Both cells are trained with the same {_SETTINGS} random learning rates and hidden sizes.",
    random_settings,
)

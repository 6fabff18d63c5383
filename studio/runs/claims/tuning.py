"""C17: the same random settings for each cell."""

import numpy as np

from studio.analysis.claims import Finding, finding, judge_difference, nothing_measured
from studio.analysis.intervals import mean_over_seeds
from studio.analysis.words import with_interval
from studio.core.arrays import Doubles
from studio.core.history import ComparisonHistory
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment, pair

_SETTINGS = 10
_MARGIN = 0.01
_LEAST = 4


def settings_tried(laboratory: Laboratory) -> list[Finding]:
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
    done = np.array([each for each in scores if None not in each], dtype=np.float64)
    if len(done) < _LEAST:
        return [nothing_measured("The time was up before enough settings were tried.")]
    return [_judged(done)]


def _validation(history: ComparisonHistory) -> tuple[float | None, ...]:
    """The best validation accuracy of each contender; None where its run has not ended."""
    return tuple(
        max(epoch.scores["accuracy"] for epoch in run.epochs) if run.has_ended else None
        for run in (contender.runs[0] for contender in history.contenders)
    )


def _judged(scores: Doubles) -> Finding:
    difference = mean_over_seeds(scores[:, 0] - scores[:, 1])
    gru, lstm = (_told(scores[:, side]) for side in (0, 1))
    text = (
        f"{len(scores)} random learning rates (0.0001 to 0.05) and hidden sizes (8 to 48), best "
        f"validation accuracy. GRU: {gru}. LSTM: {lstm}. GRU − LSTM at the same setting "
        f"{with_interval(difference)}."
    )
    unit = "validation accuracy, GRU − LSTM, mean over settings"
    return finding(judge_difference(difference, _MARGIN), difference, unit, text)


def _told(scores: Doubles) -> str:
    low, middle, high = np.quantile(scores, (0.25, 0.5, 0.75))
    return f"best {scores.max():.3f}, median {middle:.3f}, middle half {low:.3f} to {high:.3f}"


CLAIM = Claim(
    "C17",
    "tuning",
    "The GRU is easier to tune.",
    f"{_SETTINGS} random learning rates and hidden sizes are tried with both cells.",
    settings_tried,
)

"""C19: attention pooling on both cells, and long text."""

from collections.abc import Mapping

from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.findings import (
    Finding,
    Outcome,
    describe_conditions,
    differences_of,
    finding,
    judge_conditions,
    largest,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.claims.quality.parity import main_verdict
from studio.core.specs.comparison_spec import ComparisonSpec

_SEEDS = 6
_WINDOW = 200
_LOST = {"lost 10 %": 0.1, "lost 30 %": 0.3}
_EXAMPLES, _EPOCHS = 2000, 12


def attention(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on opinions, with attention and with the last step, and on a long text."""
    with_attention = _opinions(laboratory, "attention")
    with_last = _opinions(laboratory, "last")
    return [judge_attention(with_attention, with_last), judge_long_text(_long_text(laboratory))]


def _opinions(laboratory: Laboratory, pooling: str) -> dict[str, ScoreVerdict]:
    verdicts = {}
    for name, lost in _LOST.items():
        if not laboratory.seconds_left:
            break
        spec = experiment(
            "opinions",
            laboratory.machine(),
            parameters={"examples": _EXAMPLES, "lost": lost},
            contenders=pair(pooling=pooling),
            training={"epochs": _EPOCHS, "seeds": _SEEDS, "lr": 0.005},
        )
        verdict = main_verdict(laboratory, spec)
        if verdict.seeds:
            verdicts[f"{pooling}, {name}"] = verdict
    return verdicts


def _long_text(laboratory: Laboratory) -> ScoreVerdict | None:
    if not laboratory.seconds_left:
        return None
    verdict = main_verdict(laboratory, _text_spec(laboratory))
    return verdict if verdict.seeds else None


def _text_spec(laboratory: Laboratory) -> ComparisonSpec:
    return experiment(
        "grammar-corpus",
        laboratory.machine(),
        contenders=pair(48),
        task={"kind": "next-token", "window": _WINDOW},
        training={"epochs": 6, "seeds": 3, "lr": 0.005, "batch_size": 16},
    )


def judge_attention(
    with_attention: Mapping[str, ScoreVerdict], with_last: Mapping[str, ScoreVerdict]
) -> Finding:
    """Supported where the LSTM is better with attention; the last step is shown for comparison."""
    if not with_attention:
        return not_measured("Time ran out before both cells were trained with attention.")
    verdicts = list(with_attention.values())
    outcome = judge_conditions(outcomes_of(verdicts), ["second"] * len(verdicts))
    both = {**with_attention, **with_last}
    text = (
        f"Opinions with some words missing, {_SEEDS} seeds, attention pooling over all steps: "
        f"{describe_conditions(list(with_attention), verdicts)}"
    )
    if with_last:
        comparison = describe_conditions(list(with_last), list(with_last.values()))
        text += f" For comparison, with the last step only: {comparison}"
    unit = "accuracy with attention, GRU − LSTM, largest difference"
    differences = differences_of(list(both), list(both.values()))
    return finding(outcome, largest(verdicts), unit, text, conditions=differences)


def judge_long_text(verdict: ScoreVerdict | None) -> Finding:
    """Supported where the LSTM predicts the next character of a long text better."""
    if verdict is None:
        return not_measured("Time ran out before both cells were trained on the long text.")
    (outcome,) = outcomes_of([verdict])
    judged: Outcome = judge_conditions([outcome], ["second"])
    text = (
        f"Next character of a text in pieces of {_WINDOW}: "
        f"{describe_conditions(['long text'], [verdict])} Lower is better."
    )
    unit = f"{verdict.label}, GRU − LSTM"
    return finding(judged, verdict.difference, unit, text)


CLAIM = Claim(
    "C19",
    "attention",
    "With attention on top, or on long texts, the LSTM may be better.",
    f"Both cells are trained on opinions, with attention pooling and with the last step, {_SEEDS} "
    f"seeds each, and on the next character of a text in pieces of {_WINDOW} characters.",
    attention,
    share=1.5,
)

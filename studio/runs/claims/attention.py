"""C19: attention as the read-out of both cells, and long text."""

from collections.abc import Mapping

from studio.analysis.claims import (
    Finding,
    Outcome,
    differences_of,
    finding,
    judge_conditions,
    nothing_measured,
    outcomes_of,
    told,
)
from studio.analysis.intervals import Interval
from studio.analysis.verdicts import ScoreVerdict
from studio.core.spec import ComparisonSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.parity import main_verdict

_SEEDS = 6
_WINDOW = 200
_LOST = {"lost 10 %": 0.1, "lost 30 %": 0.3}
_EXAMPLES, _EPOCHS = 2000, 12


def attention(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells on opinions with attention and with the last step, and on a long text."""
    with_attention = _opinions(laboratory, "attention")
    with_last = _opinions(laboratory, "last")
    return [judge_attention(with_attention, with_last), judge_long_text(_long_text(laboratory))]


def _opinions(laboratory: Laboratory, pooling: str) -> dict[str, ScoreVerdict]:
    found = {}
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
            found[f"{pooling}, {name}"] = verdict
    return found


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
    """Supported where the LSTM is the better with attention; what it is without stands beside."""
    if not with_attention:
        return nothing_measured("The time was up before both cells were trained with attention.")
    verdicts = list(with_attention.values())
    outcome = judge_conditions(outcomes_of(verdicts), ["second"] * len(verdicts))
    both = {**with_attention, **with_last}
    text = (
        f"Opinions of which some words are lost, {_SEEDS} seeds, read out by attention over all "
        f"steps: {told(list(with_attention), verdicts)}"
    )
    if with_last:
        beside = told(list(with_last), list(with_last.values()))
        text += f" With the last step, for comparison: {beside}"
    unit = "accuracy with attention, GRU − LSTM, the largest difference"
    widest = max((each.difference for each in verdicts), key=lambda each: abs(each.value))
    return finding(outcome, widest, unit, text, conditions=_all(both))


def judge_long_text(verdict: ScoreVerdict | None) -> Finding:
    """Supported where the LSTM predicts a long text's next letter better."""
    if verdict is None:
        return nothing_measured("The time was up before both cells had read the long text.")
    (outcome,) = outcomes_of([verdict])
    judged: Outcome = judge_conditions([outcome], ["second"])
    text = (
        f"The next letter of a text in pieces of {_WINDOW}: "
        f"{told(['long text'], [verdict])} Lower is better."
    )
    unit = f"{verdict.label}, GRU − LSTM"
    return finding(judged, verdict.difference, unit, text)


def _all(verdicts: Mapping[str, ScoreVerdict]) -> dict[str, Interval]:
    return differences_of(list(verdicts), list(verdicts.values()))


CLAIM = Claim(
    "C19",
    "attention",
    "With attention on top, or in long text, the LSTM may be the better.",
    f"Both cells learn opinions with attention pooling and with the last step, {_SEEDS} seeds "
    f"each, and the next letter of a text in pieces of {_WINDOW} letters.",
    attention,
    share=1.5,
)

"""Claims C8, C15 and C19: what verdicts on both cells say of lengths, picks and attention."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.adviser import advise
from studio.analysis.comparing import compare
from studio.analysis.verdicts import ScoreVerdict
from studio.core.metrics import METRICS
from studio.runs.claims.attention import judge_attention, judge_long_text
from studio.runs.claims.crossover import DELAYS, SIZES, judge_map
from studio.runs.claims.fields import Tried, judge_fields

RNG = np.random.default_rng(4)
NOISE = 1 + 0.05 * RNG.normal(size=(4, 40))
WORSE = NOISE + 1 + 0.01 * NOISE[::-1]


def verdict(better: str) -> ScoreVerdict:
    """Of a GRU and an LSTM by their mean absolute error; "" where both are the same."""
    errors = {cell: WORSE if better and cell != better else NOISE for cell in ("gru", "lstm")}
    return compare(with_errors(errors), METRICS["mae"])[0]


GRU, LSTM, SAME = verdict("gru"), verdict("lstm"), verdict("")
FEW = advise(500, 20)


@pytest.mark.parametrize(
    ("found", "outcome", "words"),
    [
        (GRU, "supported", "won 5, tied 0, lost 0"),
        (SAME, "refuted", "won 0, tied 5, lost 0"),
        (LSTM, "refuted", "won 0, tied 0, lost 5"),
    ],
)
def test_a_pick_wins_ties_or_loses_and_only_a_win_bears_it_out(
    found: ScoreVerdict, outcome: str, words: str
) -> None:
    names = ("language", "speech", "forecasting", "edge", "biology")
    judged = judge_fields({name: Tried(FEW, found) for name in names})
    assert judged.verdict == outcome
    assert words in judged.text
    assert "Speech: the article would pick the GRU (short sequences, few sequences)" in judged.text


def test_gains_of_the_pick_are_above_zero_where_lower_errors_are_better() -> None:
    judged = judge_fields({"speech": Tried(FEW, GRU), "biology": Tried(FEW, LSTM)})
    gains = {each.name: each.value for each in judged.conditions}
    assert gains["speech"] > 0 > gains["biology"]
    assert "agrees with the pick" in judged.text
    assert "contradicts the pick" in judged.text


def test_fields_that_were_not_reached_are_named_and_nothing_is_fully_supported() -> None:
    judged = judge_fields({"speech": Tried(FEW, GRU)})
    assert judged.verdict == "partly supported"
    assert "The time was up before language, forecasting, edge, biology." in judged.text
    assert judge_fields({}).verdict == "undecided"


@pytest.mark.parametrize(
    ("found", "outcome"), [(LSTM, "supported"), (GRU, "refuted"), (SAME, "refuted")]
)
def test_with_attention_the_lstm_must_be_the_better(found: ScoreVerdict, outcome: str) -> None:
    judged = judge_attention({"attention": found}, {"last": GRU})
    assert judged.verdict == outcome
    assert [each.name for each in judged.conditions] == ["attention", "last"]
    assert judge_long_text(found).verdict == outcome


def test_without_a_trained_pair_attention_stays_open() -> None:
    assert judge_attention({}, {}).verdict == "undecided"
    assert judge_long_text(None).verdict == "undecided"


@pytest.mark.parametrize(
    ("by_delay", "outcome"),
    [
        ((GRU, SAME, LSTM), "supported"),
        ((LSTM, SAME, GRU), "refuted"),
        ((GRU, GRU, GRU), "undecided"),
    ],
)
def test_cells_cross_where_one_is_ahead_at_short_and_the_other_at_long_delays(
    by_delay: tuple[ScoreVerdict, ...], outcome: str
) -> None:
    found = {
        (delay, size): each for delay, each in zip(DELAYS, by_delay, strict=True) for size in SIZES
    }
    judged = judge_map(found)
    assert judged.verdict == outcome
    assert judged.conditions[0].name == "10 steps, 100 examples"
    assert len(judged.conditions) == 9


def test_a_map_with_holes_stays_open_and_says_why() -> None:
    judged = judge_map({(10, 100): GRU, (30, 100): LSTM})
    assert judged.verdict == "undecided"
    assert "The time was up before the others" in judged.text
    assert judge_map({}).verdict == "undecided"

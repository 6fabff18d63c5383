"""Claims C6, C8, C15 and C19: what verdicts on both cells say of sizes, lengths and picks."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.adviser import advise
from studio.analysis.comparing import compare
from studio.analysis.maps import Place
from studio.analysis.verdicts import ScoreVerdict
from studio.core.metrics import METRICS
from studio.runs.claims import fields, mapping, small_data
from studio.runs.claims.attention import judge_attention, judge_long_text
from studio.runs.claims.crossover import SCALES, judge_map
from studio.runs.claims.fields import judge_fields
from studio.runs.claims.small_data import judge_small

RNG = np.random.default_rng(4)
NOISE = 1 + 0.05 * RNG.normal(size=(4, 40))
WORSE = NOISE + 1 + 0.01 * NOISE[::-1]


def verdict(better: str) -> ScoreVerdict:
    """Of a GRU and an LSTM by their mean absolute error; "" where both are the same."""
    errors = {cell: WORSE if better and cell != better else NOISE for cell in ("gru", "lstm")}
    return compare(with_errors(errors), METRICS["mae"])[0]


GRU, LSTM, SAME = verdict("gru"), verdict("lstm"), verdict("")
FEW = advise(500, 20)
FASTER = Place(0.8, 0.75, 0.85, "GRU")


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
    judged = judge_fields({name: fields.Tried(FEW, found) for name in names})
    assert judged.verdict == outcome
    assert words in judged.text
    assert "Speech: the article would pick the GRU (short sequences, few sequences)" in judged.text


def test_gains_of_the_pick_are_above_zero_where_lower_errors_are_better() -> None:
    judged = judge_fields({"speech": fields.Tried(FEW, GRU), "biology": fields.Tried(FEW, LSTM)})
    gains = {each.name: each.value for each in judged.conditions}
    assert gains["speech"] > 0 > gains["biology"]
    assert "agrees with the pick" in judged.text
    assert "contradicts the pick" in judged.text


def test_fields_that_were_not_reached_are_named_and_nothing_is_fully_supported() -> None:
    judged = judge_fields({"speech": fields.Tried(FEW, GRU)})
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
        (delay, size): mapping.Tried(each, FASTER)
        for delay, each in zip(SCALES.rows, by_delay, strict=True)
        for size in SCALES.columns
    }
    judged = judge_map(found)
    assert judged.verdict == outcome
    score, seconds = judged.maps
    assert (score.rows[0], score.columns[0]) == ("10 steps", "100 examples")
    assert {each.better for row in seconds.places for each in row} == {"GRU"}
    assert score.sentence in judged.text


def test_a_map_with_holes_stays_open_and_says_why() -> None:
    judged = judge_map({(10, 100): mapping.Tried(GRU, FASTER), (30, 100): mapping.Tried(LSTM)})
    assert judged.verdict == "undecided"
    assert "The time was up before the others" in judged.text
    score, seconds = judged.maps
    assert [row[0].better for row in score.places[:2]] == ["GRU", "LSTM"]
    assert score.places[2] == (None, None, None)
    assert seconds.places[1][0] is None
    assert judge_map({}).verdict == "undecided"


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(GRU, "supported"), (LSTM, "refuted"), (SAME, "refuted")],
)
def test_with_little_data_the_gru_must_be_better_at_every_place(
    found: ScoreVerdict, outcome: str
) -> None:
    whole = {key: mapping.Tried(found, FASTER) for key in small_data.SCALES.keys}
    assert judge_small(whole).verdict == outcome
    assert len(judge_small(whole).maps) == 2


def test_a_part_of_the_places_supports_small_data_in_part_only() -> None:
    keys = small_data.SCALES.keys
    assert judge_small({keys[0]: mapping.Tried(GRU)}).verdict == "partly supported"
    mixed = {key: mapping.Tried(each) for key, each in zip(keys, [GRU] * 8 + [SAME], strict=True)}
    assert judge_small(mixed).verdict == "partly supported"
    assert judge_small({}).verdict == "undecided"

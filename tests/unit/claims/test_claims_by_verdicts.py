"""Claims C6, C8, C15 and C19: findings from verdicts on both cells."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.adviser import advise
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.crossover_map import MapCell
from studio.claims.laboratory import crossover_trials as mapping
from studio.claims.quality import fields, small_data
from studio.claims.quality.attention import judge_attention, judge_long_text
from studio.claims.quality.crossover import SCALES, judge_map
from studio.claims.quality.fields import judge_fields
from studio.claims.quality.small_data import judge_small
from studio.core.results.metrics import METRICS

RNG = np.random.default_rng(4)
NOISE = 1 + 0.05 * RNG.normal(size=(4, 40))
WORSE = NOISE + 1 + 0.01 * NOISE[::-1]


def verdict(better: str) -> ScoreVerdict:
    """A verdict on a GRU and an LSTM by their mean absolute error; "" where both are the same."""
    errors = {cell: WORSE if better and cell != better else NOISE for cell in ("gru", "lstm")}
    return compare(with_errors(errors), METRICS["mae"])[0]


GRU, LSTM, SAME = verdict("gru"), verdict("lstm"), verdict("")
FEW = advise(500, 20)
FASTER = MapCell(0.8, 0.75, 0.85, "GRU")


@pytest.mark.parametrize(
    ("result", "outcome", "words"),
    [
        (GRU, "supported", "won 5, tied 0, lost 0"),
        (SAME, "refuted", "won 0, tied 5, lost 0"),
        (LSTM, "refuted", "won 0, tied 0, lost 5"),
    ],
)
def test_only_a_win_of_the_pick_supports_the_rule_of_thumb(
    result: ScoreVerdict, outcome: str, words: str
) -> None:
    names = ("language", "speech", "forecasting", "edge", "biology")
    finding = judge_fields({name: fields.FieldTrial(FEW, result) for name in names})
    assert finding.verdict == outcome
    assert words in finding.text
    assert "Speech: the article picks the GRU (short sequences, few sequences)" in finding.text


def test_gains_are_positive_where_the_pick_has_the_lower_error() -> None:
    finding = judge_fields(
        {"speech": fields.FieldTrial(FEW, GRU), "biology": fields.FieldTrial(FEW, LSTM)}
    )
    gains = {condition.name: condition.value for condition in finding.conditions}
    assert gains["speech"] > 0 > gains["biology"]
    assert "supports the choice" in finding.text
    assert "contradicts the choice" in finding.text


def test_unmeasured_fields_are_named_and_prevent_full_support() -> None:
    finding = judge_fields({"speech": fields.FieldTrial(FEW, GRU)})
    assert finding.verdict == "partly supported"
    assert "Time ran out before language, forecasting, edge, biology." in finding.text
    assert judge_fields({}).verdict == "undecided"


@pytest.mark.parametrize(
    ("result", "outcome"), [(LSTM, "supported"), (GRU, "refuted"), (SAME, "refuted")]
)
def test_with_attention_the_lstm_must_be_better(result: ScoreVerdict, outcome: str) -> None:
    finding = judge_attention({"attention": result}, {"last": GRU})
    assert finding.verdict == outcome
    assert [condition.name for condition in finding.conditions] == ["attention", "last"]
    assert judge_long_text(result).verdict == outcome


def test_without_a_trained_pair_attention_is_undecided() -> None:
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
def test_cells_cross_where_one_is_better_at_short_and_the_other_at_long_delays(
    by_delay: tuple[ScoreVerdict, ...], outcome: str
) -> None:
    result = {
        (delay, size): mapping.CellTrial(each, FASTER)
        for delay, each in zip(SCALES.rows, by_delay, strict=True)
        for size in SCALES.columns
    }
    finding = judge_map(result)
    assert finding.verdict == outcome
    score, seconds = finding.maps
    assert (score.rows[0], score.columns[0]) == ("10 steps", "100 examples")
    assert {each.better for row in seconds.places for each in row} == {"GRU"}
    assert score.sentence in finding.text


def test_an_incomplete_map_is_undecided_and_says_why() -> None:
    finding = judge_map(
        {(10, 100): mapping.CellTrial(GRU, FASTER), (30, 100): mapping.CellTrial(LSTM)}
    )
    assert finding.verdict == "undecided"
    assert "time ran out before the other grid points" in finding.text
    score, seconds = finding.maps
    assert [row[0].better for row in score.places[:2]] == ["GRU", "LSTM"]
    assert score.places[2] == (None, None, None)
    assert seconds.places[1][0] is None
    assert judge_map({}).verdict == "undecided"


@pytest.mark.parametrize(
    ("result", "outcome"),
    [(GRU, "supported"), (LSTM, "refuted"), (SAME, "refuted")],
)
def test_with_little_data_the_gru_must_be_better_at_every_grid_point(
    result: ScoreVerdict, outcome: str
) -> None:
    whole = {key: mapping.CellTrial(result, FASTER) for key in small_data.SCALES.keys}
    assert judge_small(whole).verdict == outcome
    assert len(judge_small(whole).maps) == 2


def test_some_of_the_grid_points_support_small_data_only_partly() -> None:
    keys = small_data.SCALES.keys
    assert judge_small({keys[0]: mapping.CellTrial(GRU)}).verdict == "partly supported"
    mixed = {
        key: mapping.CellTrial(each) for key, each in zip(keys, [GRU] * 8 + [SAME], strict=True)
    }
    assert judge_small(mixed).verdict == "partly supported"
    assert judge_small({}).verdict == "undecided"

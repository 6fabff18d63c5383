"""Crossover maps say where which cell is better, and nothing where that is unknown."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors, with_timings

from studio.analysis.costs.time_ratios import ratio_of_times, time_ratio
from studio.analysis.intervals import Interval
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.claims.analysis.crossover_map import Key, MapCell, Scales, crossover_map
from studio.claims.analysis.map_cells import difference_cells, score_cells, time_cell
from studio.core.results.metrics import METRICS

SCALES = Scales((10, 1500), (100, 2000), "steps", "examples")
GRU = MapCell(0.12, 0.05, 0.20, "GRU")
OPEN = MapCell(0.02, -0.05, 0.09, "")
SAME = MapCell(0.0, -0.004, 0.004, "same")
RNG = np.random.default_rng(4)
NOISE = 1 + 0.05 * RNG.normal(size=(4, 40))
FOUND = {(10, 100): GRU, (10, 2000): OPEN, (1500, 100): SAME}
SHOWN = crossover_map("Score", "accuracy, GRU − LSTM", SCALES, FOUND)


def verdict(worse_by: float, spread: float = 0.01) -> ScoreVerdict:
    """A verdict on a GRU and an LSTM whose errors are larger by this much."""
    rng = np.random.default_rng(5)
    lstm = NOISE + worse_by + spread * rng.normal(size=NOISE.shape)
    return compare(with_errors({"gru": NOISE, "lstm": lstm}), METRICS["mae"])[0]


def test_a_grid_point_shows_the_better_cell_and_is_empty_where_inconclusive() -> None:
    assert SHOWN.table() == [
        ["", "100 examples", "2,000 examples"],
        ["10 steps", "GRU 0.120 (0.050 to 0.200)", ""],
        ["1,500 steps", "same 0.0000 (−0.0040 to 0.0040)", "not measured"],
    ]


def test_details_of_an_inconclusive_grid_point_include_its_interval() -> None:
    assert SHOWN.details(0, 1) == (
        "10 steps, 2,000 examples: accuracy, GRU − LSTM 0.020 (−0.050 to 0.090), inconclusive"
    )
    assert SHOWN.details(0, 0).endswith("GRU better")
    assert SHOWN.details(1, 0).endswith("practically the same")
    assert SHOWN.details(1, 1) == "1,500 steps, 2,000 examples: not measured"


def test_a_map_counts_grid_points_by_outcome_and_unmeasured_ones() -> None:
    assert SHOWN.sentence == (
        "Score: GRU better at 1, LSTM at 0, practically the same at 1, inconclusive at 1 of 3 grid "
        "points, 1 not measured."
    )


def test_a_grid_point_without_an_interval_shows_its_value_alone() -> None:
    alone = MapCell(0.5, float("nan"), float("nan"), "GRU")
    shown = crossover_map("Score", "accuracy", SCALES, {(10, 100): alone})
    assert shown.table()[1][1] == "GRU 0.50"


def test_scores_of_all_grid_points_are_holm_corrected() -> None:
    alone = {(10, 100): verdict(0.025, 0.04)}
    assert alone[10, 100].p < 0.05
    keys: list[Key] = [(row, column) for row in range(10, 110, 10) for column in (1, 2)]
    many = dict.fromkeys(keys, verdict(0.025, 0.04))
    assert score_cells(alone)[10, 100].better == "GRU"
    assert {each.better for each in score_cells(many).values()} == {""}


def test_a_grid_point_where_a_baseline_wins_says_so_and_names_no_cell() -> None:
    errors = {"gru": 2 * NOISE, "lstm": 2 * NOISE[::-1]}
    history = with_errors(errors, baselines={"persistence": 0.1 * NOISE[0]})
    (lost,) = compare(history, METRICS["mae"])
    assert lost.decision.kind == "baseline"
    result = score_cells({(10, 100): lost})[10, 100]
    assert result.better == ""
    assert result.note == f"{lost.decision.name} is better than both"


def test_a_difference_within_the_margin_is_the_same_and_an_insignificant_one_undecided() -> None:
    differences = {
        (10, 100): Interval(0.10, 0.05, 0.15),
        (10, 2000): Interval(-0.2, -0.3, -0.1),
        (1500, 100): Interval(0.001, -0.004, 0.006),
        (1500, 2000): Interval(0.05, 0.001, 0.099),
    }
    p = dict(zip(differences, (1e-4, 1e-4, 0.7, 0.045), strict=True))
    result = difference_cells(differences, p, 0.01)
    assert [each.better for each in result.values()] == ["GRU", "LSTM", "same", ""]


@pytest.mark.parametrize(
    ("gru", "better"), [(3.0, "GRU"), (5.0, "LSTM"), (4.01, "same"), (3.835, "")]
)
def test_seconds_name_a_cell_only_at_the_level_of_the_whole_map(gru: float, better: str) -> None:
    rng = np.random.default_rng(9)
    times = {
        name: base * np.exp(0.06 * rng.normal(size=(len(NOISE), 30)))
        for name, base in (("GRU", gru), ("LSTM", 4.0))
    }
    if better == "same":
        times["GRU"] = times["LSTM"] * gru / 4.0
    errors = {"gru": NOISE, "lstm": NOISE}
    first, second = with_timings(with_errors(errors), times).contenders
    shown, strict = time_ratio(first, second), time_ratio(first, second, SCALES.strict_level)
    place = time_cell(shown, strict)
    assert (place.low, place.high) == (shown.ratio.low, shown.ratio.high)
    assert strict.ratio.low <= shown.ratio.low <= shown.ratio.high <= strict.ratio.high
    assert place.better == better
    if not better:
        assert shown.ratio.high < 1  # alone it would be told apart


def test_four_grid_points_share_five_per_cent() -> None:
    assert SCALES.strict_level == pytest.approx(0.9875)
    rng = np.random.default_rng(11)
    winners = 0
    for _ in range(300):
        better = ""
        for _ in SCALES.keys:
            first, second = np.exp(0.2 * rng.normal(size=(2, 24)))
            groups = np.repeat(np.arange(3), 8)
            shown = ratio_of_times(first, second, groups)
            strict = ratio_of_times(first, second, groups, SCALES.strict_level)
            better += time_cell(shown, strict).better.replace("same", "")
        winners += bool(better)
    assert winners <= 25

"""A crossover map says where which cell is better, and nothing where that is not known."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors, with_timings

from studio.analysis.comparing import compare
from studio.analysis.costs import ratio_of_times, time_ratio
from studio.analysis.intervals import Interval
from studio.analysis.maps import Key, Place, Scales, crossover_map
from studio.analysis.places import difference_places, score_places, time_place
from studio.analysis.verdicts import ScoreVerdict
from studio.core.metrics import METRICS

SCALES = Scales((10, 1500), (100, 2000), "steps", "examples")
GRU = Place(0.12, 0.05, 0.20, "GRU")
OPEN = Place(0.02, -0.05, 0.09, "")
SAME = Place(0.0, -0.004, 0.004, "same")
RNG = np.random.default_rng(4)
NOISE = 1 + 0.05 * RNG.normal(size=(4, 40))
FOUND = {(10, 100): GRU, (10, 2000): OPEN, (1500, 100): SAME}
SHOWN = crossover_map("Score", "accuracy, GRU − LSTM", SCALES, FOUND)


def verdict(worse_by: float, spread: float = 0.01) -> ScoreVerdict:
    """Of a GRU and an LSTM whose errors are so much larger."""
    rng = np.random.default_rng(5)
    lstm = NOISE + worse_by + spread * rng.normal(size=NOISE.shape)
    return compare(with_errors({"gru": NOISE, "lstm": lstm}), METRICS["mae"])[0]


def test_a_place_shows_the_better_cell_and_is_empty_where_undecided() -> None:
    assert SHOWN.table() == [
        ["", "100 examples", "2,000 examples"],
        ["10 steps", "GRU 0.120 (0.050 to 0.200)", ""],
        ["1,500 steps", "same 0.0000 (−0.0040 to 0.0040)", "not reached"],
    ]


def test_in_full_an_undecided_place_tells_its_interval_too() -> None:
    assert SHOWN.details(0, 1) == (
        "10 steps, 2,000 examples: accuracy, GRU − LSTM 0.020 (−0.050 to 0.090), undecided"
    )
    assert SHOWN.details(0, 0).endswith("GRU better")
    assert SHOWN.details(1, 0).endswith("practically the same")
    assert SHOWN.details(1, 1) == "1,500 steps, 2,000 examples: not reached"


def test_a_map_counts_its_places_and_names_those_that_were_not_reached() -> None:
    assert SHOWN.sentence == (
        "Score: GRU better at 1, LSTM at 0, practically the same at 1, undecided at 1 of 3 places, "
        "1 not reached."
    )


def test_a_place_without_an_interval_shows_its_figure_alone() -> None:
    alone = Place(0.5, float("nan"), float("nan"), "GRU")
    shown = crossover_map("Score", "accuracy", SCALES, {(10, 100): alone})
    assert shown.table()[1][1] == "GRU 0.50"


def test_scores_of_all_places_are_judged_together() -> None:
    alone = {(10, 100): verdict(0.025, 0.04)}
    assert alone[10, 100].p < 0.05
    keys: list[Key] = [(row, column) for row in range(10, 110, 10) for column in (1, 2)]
    many = dict.fromkeys(keys, verdict(0.025, 0.04))
    assert score_places(alone)[10, 100].better == "GRU"
    assert {each.better for each in score_places(many).values()} == {""}


def test_a_place_that_a_baseline_wins_says_so_and_names_no_cell() -> None:
    errors = {"gru": 2 * NOISE, "lstm": 2 * NOISE[::-1]}
    history = with_errors(errors, baselines={"persistence": 0.1 * NOISE[0]})
    (lost,) = compare(history, METRICS["mae"])
    assert lost.decision.kind == "baseline"
    found = score_places({(10, 100): lost})[10, 100]
    assert found.better == ""
    assert found.note == f"{lost.decision.name} is better than both"


def test_a_difference_inside_the_margin_is_the_same_and_one_that_is_not_certain_is_open() -> None:
    differences = {
        (10, 100): Interval(0.10, 0.05, 0.15),
        (10, 2000): Interval(-0.2, -0.3, -0.1),
        (1500, 100): Interval(0.001, -0.004, 0.006),
        (1500, 2000): Interval(0.05, 0.001, 0.099),
    }
    p = dict(zip(differences, (1e-4, 1e-4, 0.7, 0.045), strict=True))
    found = difference_places(differences, p, 0.01)
    assert [each.better for each in found.values()] == ["GRU", "LSTM", "same", ""]


@pytest.mark.parametrize(
    ("gru", "better"), [(3.0, "GRU"), (5.0, "LSTM"), (4.01, "same"), (3.835, "")]
)
def test_seconds_name_a_cell_only_at_the_level_of_the_whole_map(gru: float, better: str) -> None:
    rng = np.random.default_rng(9)
    times = {
        name: list(base * np.exp(0.06 * rng.normal(size=30)))
        for name, base in (("GRU", gru), ("LSTM", 4.0))
    }
    if better == "same":
        times["GRU"] = [each * gru / 4.0 for each in times["LSTM"]]
    errors = {"gru": NOISE, "lstm": NOISE}
    first, second = with_timings(with_errors(errors), times).contenders
    shown, strict = time_ratio(first, second), time_ratio(first, second, SCALES.strict_level)
    place = time_place(shown, strict)
    assert (place.low, place.high) == (shown.ratio.low, shown.ratio.high)
    assert strict.ratio.low <= shown.ratio.low <= shown.ratio.high <= strict.ratio.high
    assert place.better == better
    if not better:
        assert shown.ratio.high < 1  # alone it would be told apart


def test_four_places_share_five_per_cent() -> None:
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
            better += time_place(shown, strict).better.replace("same", "")
        winners += bool(better)
    assert winners <= 25

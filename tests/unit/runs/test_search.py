"""A search draws the same settings whatever runs at a time, ends first, or is interrupted."""

import math
from collections.abc import Iterator, Mapping, Sequence

import pytest

from studio.core.errors import SpecError
from studio.core.results.study import Study, Trial
from studio.core.specs.comparison_spec import ComparisonSpec, GeneratedDataset, MachineSpec
from studio.core.specs.search_spec import (
    Number,
    Sampler,
    SearchedSetting,
    SearchSpec,
    default_settings,
    parse_search,
)
from studio.runs.tuning.makers import GoesOn
from studio.runs.tuning.sampling import draw, groups, limits
from studio.runs.tuning.search_run import Search, tuned_comparison
from studio.runs.tuning.trial_run import TrialOrder

SETTINGS = parse_search(["lr=0.0001..0.1", "hidden_size=4..64", "dropout=0,0.2"], 0.01)


def search(sampler: Sampler = "tpe", trials: int = 20, **more: object) -> SearchSpec:
    return SearchSpec(SETTINGS, trials, sampler, **more)  # type: ignore[arg-type]


def loss_of(settings: Mapping[str, Number]) -> float:
    """Lowest at a learning rate of 0.003 and 32 units."""
    return (
        abs(math.log10(settings["lr"] / 0.003))
        + abs(math.log2(settings["hidden_size"] / 32)) / 4
        + settings["dropout"]
    )


class Made:
    """Makes trials at once, in an order of its own; stops after some."""

    def __init__(self, backwards: bool = False, most: int = 10_000) -> None:  # noqa: FBT001, FBT002
        self._backwards, self._left = backwards, most

    def make(self, orders: Sequence[TrialOrder], goes_on: GoesOn) -> Iterator[Trial]:
        for order in reversed(orders) if self._backwards else orders:
            if not goes_on() or not self._left:
                return
            self._left -= 1
            drawn, value = order.trial, loss_of(order.trial.settings)
            losses = tuple(value + 1 / epoch for epoch in range(1, 5))
            yield Trial(drawn.contender, drawn.number, drawn.settings, "finished", losses)


def study(wanted: SearchSpec, trials: Sequence[Trial] = ()) -> Study:
    spec = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))
    return Study(1, "", spec, wanted, tuple(trials), None)


def run(begun: Study, maker: Made) -> Study:
    return Search(begun, maker, MachineSpec(), lambda _: None, lambda: True).run()


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_settings_depend_neither_on_the_order_of_ends_nor_on_an_interruption(
    sampler: Sampler,
) -> None:
    wanted = search(sampler)
    whole = run(study(wanted), Made())
    backwards = run(study(wanted), Made(backwards=True))
    part = run(study(wanted), Made(most=17))
    resumed = run(study(wanted, part.trials), Made())
    assert len(part.trials) == 17
    for name in ("GRU", "LSTM"):
        assert whole.of(name) == backwards.of(name) == resumed.of(name)
    assert whole.of("GRU")[0].settings != whole.of("LSTM")[0].settings


def test_tpe_finds_better_settings_than_chance() -> None:
    values = {
        sampler: [
            best.value
            for seed in range(5)
            if (best := run(study(search(sampler, 40, seed=seed)), Made()).best("GRU"))
        ]
        for sampler in ("tpe", "random")
    }
    assert sum(values["tpe"]) < sum(values["random"])


def test_drawn_settings_lie_within_their_ranges_and_lists() -> None:
    for trial in run(study(search()), Made()).trials:
        assert 0.0001 <= trial.settings["lr"] <= 0.1
        assert 4 <= trial.settings["hidden_size"] <= 64
        assert isinstance(trial.settings["hidden_size"], int)
        assert trial.settings["dropout"] in {0, 0.2}


def test_a_grid_tries_every_combination_once() -> None:
    settings = parse_search(["lr=0.001,0.01", "hidden_size=4,8,16", "dropout=0"], 0.01)
    wanted = SearchSpec(settings, 100, "grid")
    tried = [trial.settings for trial in run(study(wanted), Made()).of("GRU")]
    assert len(tried) == wanted.count == 6
    assert {(each["lr"], each["hidden_size"]) for each in tried} == {
        (lr, units) for lr in (0.001, 0.01) for units in (4, 8, 16)
    }


def test_the_median_of_earlier_trials_ends_those_that_lag_behind() -> None:
    before = [Trial("GRU", n, {}, "finished", (4.0, 3.0 - n, 9.0, 1.0 - n)) for n in range(5)]
    allowed = limits(search(pruning="median"), 4, before)
    assert allowed == (4.0, 1.0, 1.0, math.inf)
    assert limits(search(pruning="none"), 4, before) == (math.inf,) * 4
    assert limits(search(pruning="median"), 4, before[:3]) == (math.inf,) * 4
    assert limits(search(pruning="halving"), 4, before) == (4.0, 1.0, math.inf, math.inf)


def test_the_comparison_takes_the_best_settings_and_says_how_they_were_found() -> None:
    found = run(study(search()), Made())
    tuned = tuned_comparison(found)
    best = found.best("GRU")
    assert best is not None
    assert tuned.contenders[0].lr == best.settings["lr"]
    assert tuned.contenders[0].hidden_size == best.settings["hidden_size"]
    assert tuned.searched == ("lr", "hidden_size", "dropout")
    assert tuned.search_trials == 20


def test_a_contender_whose_trials_all_failed_is_told() -> None:
    failed = [Trial(n, 0, {"lr": 1.0}, "failed", (), "NaN") for n in ("GRU", "LSTM")]
    with pytest.raises(SpecError, match="no trial of GRU could be validated"):
        tuned_comparison(study(search(trials=1), failed))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("window=1..5", "'window' is not a setting that can be searched"),
        ("lr=0.1..0.01", "'0.1..0.01' is not a range of lr"),
        ("lr=fast", "'fast' is not a number"),
        ("hidden_size=1.5,3", "'1.5' is not a whole number"),
        ("dropout=0..2", "'2' is not a number from 0 to 0.99"),
    ],
)
def test_what_cannot_be_searched_is_named(text: str, words: str) -> None:
    with pytest.raises(SpecError) as refused:
        SearchedSetting.parse(text)
    assert words in str(refused.value)


def test_a_grid_of_a_range_and_a_setting_searched_twice_are_refused() -> None:
    with pytest.raises(SpecError, match="a grid needs a list of values"):
        SearchSpec(default_settings(0.01), 5, "grid")
    with pytest.raises(SpecError, match="lr is searched twice"):
        SearchSpec(parse_search(["lr=0.1,0.2", "lr=1..2"], 0.01), 5)


def test_a_search_is_the_same_after_it_was_stored() -> None:
    wanted = search(pruning="halving", seed=3)
    assert SearchSpec.from_json(wanted.as_json()) == wanted
    assert [list(numbers) for numbers in groups(SearchSpec(SETTINGS, 7))] == [
        [0, 1, 2, 3, 4],
        [5, 6],
    ]
    assert len(draw(wanted, range(5), [], 0)) == 5

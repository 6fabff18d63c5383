"""Learning curves: which comparisons belong to one, and what follows from them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_folds import folded
from unit.analysis.make_histories import classes, epoch, history_of, numbers, with_errors

from studio.analysis.summaries.learning_curve import LearningCurve, learning_curve
from studio.analysis.summaries.suites import suites
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.specs.comparison_spec import ComparisonSpec

SEEDS, TESTED = 4, 200
PAIR = ("GRU", "LSTM")


def noise(size: float, seed: int) -> np.ndarray:
    """Errors of some runs on some test examples, (seeds, examples)."""
    rng = np.random.default_rng(seed)
    signs, of_seeds = rng.choice([-1, 1], (SEEDS, TESTED)), rng.uniform(0.95, 1.05, (SEEDS, 1))
    return size * signs * of_seeds


def at(
    examples: int, gru: float, lstm: float, whole: int = 1000, baseline: float = 3.0
) -> ComparisonHistory:
    """A comparison with so many training examples and about these RMSEs."""
    errors = {"gru": noise(gru, 1), "lstm": noise(lstm, 2)}
    made = with_errors(errors, baselines={"mean": noise(baseline, 3)[0]}, margin=0.02)
    return sized(made, examples, whole)


def sized(history: ComparisonHistory, examples: int, whole: int = 1000) -> ComparisonHistory:
    task = history.spec.task.model_copy(
        update={"training_examples": None if examples == whole else examples}
    )
    spec = history.spec.model_copy(update={"task": task})
    return with_steps(
        replace(history, spec=spec, part_sizes={**history.part_sizes, "training": examples}),
        examples,
    )


def with_steps(history: ComparisonHistory, steps: int) -> ComparisonHistory:
    def change(run: RunHistory) -> RunHistory:
        return replace(run, epochs=(replace(epoch(1), step=steps, seconds=steps / 100),))

    contenders = tuple(
        replace(contender, runs=tuple(map(change, contender.runs)))
        for contender in history.contenders
    )
    return replace(history, contenders=contenders)


def trained(history: ComparisonHistory, **training: object) -> ComparisonHistory:
    changed = history.spec.training.model_copy(update=training)
    return replace(history, spec=history.spec.model_copy(update={"training": changed}))


def curve_of(histories: Mapping[int, ComparisonHistory], shown: int) -> LearningCurve:
    found = learning_curve(histories, shown)
    assert found is not None
    return found


THREE = {1: at(1000, 0.5, 0.5), 2: at(100, 2.0, 1.5), 3: at(300, 1.0, 0.8)}


@pytest.mark.parametrize("shown", [1, 2, 3])
def test_comparisons_that_differ_only_in_size_are_one_curve_by_increasing_size(shown: int) -> None:
    curve = curve_of(THREE, shown)
    assert [(point.examples, point.comparison) for point in curve.points] == [
        (100, 2), (300, 3), (1000, 1)
    ]  # fmt: skip
    scores = [[contender.score.value for contender in point.contenders] for point in curve.points]
    assert scores == [pytest.approx(pair, rel=0.1) for pair in ((2, 1.5), (1, 0.8), (0.5, 0.5))]
    assert all(
        each.score.is_known and each.seconds.is_known
        for point in curve.points
        for each in point.contenders
    )
    assert [point.contenders[0].seconds.value for point in curve.points] == [1, 3, 10]
    assert [point.baseline and point.baseline[0] for point in curve.points] == ["mean"] * 3


@pytest.mark.parametrize(
    "other",
    [
        trained(at(300, 1, 1), batch_size=64),
        trained(at(300, 1, 1), epochs=99),
        replace(at(300, 1, 1), test_positions=np.arange(TESTED) + 1),
        replace(at(300, 1, 1), test_truth=np.ones((TESTED, 1), dtype=np.float32)),
        sized(with_errors({"gru": noise(1, 1), "rnn": noise(1, 2)}), 300),
    ],
)
def test_comparisons_that_differ_in_more_than_size_are_not_on_the_curve(
    other: ComparisonHistory,
) -> None:
    curve = curve_of({1: at(1000, 0.5, 0.5), 2: other}, 1)
    assert [point.comparison for point in curve.points] == [1]
    assert curve.size_effects == ()


def test_names_and_more_seeds_do_not_start_another_curve() -> None:
    small = trained(at(300, 1, 1), seeds=9)
    small = replace(small, spec=small.spec.model_copy(update={"name": "small", "looks": (9, 20)}))
    curve = curve_of({1: at(1000, 0.5, 0.5), 2: small}, 1)
    assert len(curve.points) == 2
    assert "Seeds by size: 9 and 4." in curve.remarks


def test_learning_rates_tuned_for_each_size_do_not_start_another_curve() -> None:
    def tuned(history: ComparisonHistory, lr: float) -> ComparisonHistory:
        contenders = tuple(c.model_copy(update={"lr": lr}) for c in history.spec.contenders)
        update = {"contenders": contenders, "tried": (0.01, 0.1)}
        return replace(history, spec=history.spec.model_copy(update=update))

    pair = {1: tuned(at(1000, 0.5, 0.5), 0.01), 2: tuned(at(300, 1, 1), 0.1)}
    assert len(curve_of(pair, 1).points) == 2
    untuned = {1: tuned(at(1000, 0.5, 0.5), 0.01), 2: at(300, 1, 1)}
    assert len(curve_of(untuned, 1).points) == 1


def test_trials_of_rates_are_in_no_curve() -> None:
    trial = at(300, 1, 1)
    spec = trial.spec.model_copy(update={"asked": trial.spec.model_dump(mode="json")})
    trial = replace(trial, spec=spec)
    assert len(curve_of({1: at(1000, 0.5, 0.5), 2: trial}, 1).points) == 1
    assert learning_curve({1: at(1000, 0.5, 0.5), 2: trial}, 2) is None


def test_of_two_of_one_size_the_one_with_more_finished_runs_counts() -> None:
    def begun(history: ComparisonHistory) -> ComparisonHistory:
        first, second = history.contenders
        runs = tuple(replace(run, status="running", result=None) for run in second.runs)
        return replace(history, contenders=(first, replace(second, runs=runs)))

    whole = at(1000, 0.5, 0.5)
    whole_again = at(1000, 0.4, 0.4)
    assert curve_of({1: whole, 2: begun(whole_again)}, 2).points[0].comparison == 1
    assert curve_of({1: whole, 2: whole_again}, 1).points[0].comparison == 2
    partial = curve_of({2: begun(whole)}, 2)
    assert not partial.points[0].is_complete
    assert np.isnan(partial.points[0].contenders[1].score.value)


def test_no_finished_run_means_no_curve() -> None:
    whole = at(1000, 0.5, 0.5)
    waiting = tuple(
        replace(
            contender, runs=tuple(replace(r, status="waiting", result=None) for r in contender.runs)
        )
        for contender in whole.contenders
    )
    assert learning_curve({1: replace(whole, contenders=waiting)}, 1) is None


def test_verdicts_at_all_sizes_are_reported_and_holm_corrected() -> None:
    curve = curve_of(THREE, 1)
    rows = [point.pair(*PAIR) for point in curve.points]
    assert [row.outcome for row in rows[:2]] == ["second", "second"]
    sentence = curve.sentence(*PAIR)
    assert sentence.startswith("LSTM is better at 100 and 300; ")
    assert sentence.endswith("at 1,000 training examples. Verdicts are Holm-corrected.")


def test_a_barely_significant_winner_at_one_of_many_sizes_is_inconclusive() -> None:
    """A p-value that is small enough for one size is too large for Holm's rule over five."""
    rng = np.random.default_rng(0)
    error, more = (rng.normal(4, 0.5, (SEEDS, TESTED)), rng.normal(0, 1, (SEEDS, TESTED)))
    more -= more.mean()

    def close(examples: int, shift: float) -> ComparisonHistory:
        made = with_errors({"gru": error, "lstm": error + more + shift}, margin=1e-6)
        return sized(made, examples)

    def outcome(histories: Mapping[int, ComparisonHistory]) -> tuple[str, float]:
        row = curve_of(histories, 1).points[0].pair(*PAIR)
        return row.outcome, row.verdict.p

    shifts = np.linspace(0.0, 1.0, 200)
    hair = next(s for s in shifts if 0.02 < outcome({1: close(100, s)})[1] < 0.05)
    others = {number: close(100 * number, 0.0) for number in range(2, 6)}
    assert outcome({1: close(100, hair)})[0] == "first"
    assert outcome({1: close(100, hair), **others})[0] == "undecided"


def test_the_effect_of_more_data_is_paired_and_worded() -> None:
    curve = curve_of(THREE, 1)
    gru, lstm, both = curve.size_effects
    assert (gru.names, lstm.names, both.names) == (("GRU",), ("LSTM",), PAIR)
    assert (gru.smaller, gru.larger) == (300, 1000)
    assert gru.interval.value == pytest.approx(-0.5, abs=0.03)
    assert gru.trend == lstm.trend == "better"
    assert both.trend == "moves"
    assert "From 300 to 1,000 training examples the RMSE of GRU changes by" in gru.sentence
    assert "more data may change the verdict" in both.sentence


def test_changes_within_the_margin_have_levelled_off() -> None:
    flat = curve_of({1: at(1000, 0.5, 0.7), 2: at(500, 0.501, 0.701)}, 1)
    assert [effect.trend for effect in flat.size_effects] == ["level"] * 3
    assert "within the margin of 0.020, so it has levelled off" in flat.size_effects[0].sentence
    worse = curve_of({1: at(1000, 0.9, 0.7), 2: at(500, 0.5, 0.7)}, 1)
    assert [effect.trend for effect in worse.size_effects] == ["worse", "level", "moves"]


def test_one_seed_never_decides_whether_data_helps() -> None:
    def one_seed(history: ComparisonHistory) -> ComparisonHistory:
        contenders = tuple(
            replace(contender, runs=contender.runs[:1]) for contender in history.contenders
        )
        return replace(history, contenders=contenders)

    curve = curve_of({n: one_seed(each) for n, each in THREE.items()}, 1)
    assert {effect.trend for effect in curve.size_effects} == {"undecided"}


def test_accuracy_that_rises_is_better() -> None:
    truth = np.arange(TESTED) % 2
    rng = np.random.default_rng(5)

    def predictions(right: float) -> np.ndarray:
        hits = rng.uniform(size=(SEEDS, TESTED)) < right
        guess = np.where(hits, truth, 1 - truth)
        return np.stack([1 - guess, guess], axis=2) * 0.8 + 0.1

    def of(size: int, right: float) -> ComparisonHistory:
        both = {"gru": predictions(right), "lstm": predictions(right)}
        return sized(history_of(both, truth, classes()), size)

    curve = curve_of({1: of(1000, 0.95), 2: of(100, 0.6)}, 1)
    assert [effect.trend for effect in curve.size_effects[:2]] == ["better", "better"]
    assert curve.score_label == "test accuracy"


def test_folds_are_judged_as_folds() -> None:
    rng = np.random.default_rng(1)

    def of(size: int, error: float) -> ComparisonHistory:
        errors = {c: error * rng.uniform(0.9, 1.1, (2, 5, 40)) for c in ("gru", "lstm")}
        made = folded(errors, folds=5)
        sizes = {**made.part_sizes, "training": size}
        further = tuple(replace(each, part_sizes=sizes) for each in made.further)
        return sized(replace(made, further=further), size, whole=160)

    curve = curve_of({1: of(160, 0.2), 2: of(40, 1.0)}, 1)
    assert [point.examples for point in curve.points] == [40, 160]
    assert curve.points[0].contenders[0].score.covers == "folds"
    assert curve.size_effects[0].interval.covers == "folds"


@pytest.mark.parametrize(
    ("training", "match", "told"),
    [
        (
            {"epochs": 20},
            "hidden",
            "Equal at every size: 20 epochs for each run, so fewer examples mean",
        ),
        ({"epochs": 20, "patience": 3}, "hidden", "Equal at every size: at most 20 epochs"),
        ({"epochs": 20, "steps": 64}, "hidden", "Equal at every size: 64 steps for each run"),
        ({"epochs": 20, "steps": 10**6}, "hidden", "Equal at every size: 20 epochs"),
        ({"seconds": 4.0}, "time", "Equal at every size: 4 s of training for each run."),
    ],
)
def test_the_training_budget_of_every_size_is_reported(
    training: dict[str, object], match: str, told: str
) -> None:
    def with_budget(history: ComparisonHistory) -> ComparisonHistory:
        changed = trained(history, **training)
        spec: ComparisonSpec = changed.spec.model_copy(update={"match": match})
        return replace(changed, spec=spec)

    curve = curve_of({n: with_budget(each) for n, each in THREE.items()}, 1)
    assert curve.budget.startswith(told)
    if "epochs for" in curve.budget:
        assert "100 steps at 100 examples, 1,000 at 1,000" in curve.budget


def test_epochs_do_not_separate_sizes_that_end_after_steps() -> None:
    whole, small = (
        trained(at(size, 1, 1), steps=200, epochs=epochs)
        for size, epochs in ((1000, 20), (100, 50))
    )
    assert len(curve_of({1: whole, 2: small}, 1).points) == 2


def test_vocabularies_of_different_size_are_reported() -> None:
    def told(history: ComparisonHistory, symbols: str) -> ComparisonHistory:
        preprocessing = numbers().model_copy(update={"vocabulary": tuple(symbols)})
        return replace(history, preprocessing=preprocessing)

    curve = curve_of({1: told(at(1000, 1, 1), "abcdef"), 2: told(at(100, 1, 1), "abc")}, 1)
    assert "(3 and 6 symbols, by size)" in curve.remarks[0]


def test_sizes_of_a_curve_are_one_comparison_of_a_suite() -> None:
    other = replace(at(1000, 1, 1), test_positions=np.arange(TESTED) + 7, dataset_name="other")
    assert suites(THREE) == ()
    (suite,) = suites({**THREE, 4: other})
    assert [row.comparison for row in suite.rows] == [1, 4]


def test_a_repeated_comparison_counts_once_in_a_suite() -> None:
    other = replace(at(1000, 1, 1), test_positions=np.arange(TESTED) + 7, dataset_name="other")
    (suite,) = suites({1: at(1000, 1, 1), 2: at(1000, 1, 1), 3: other})
    assert [row.comparison for row in suite.rows] == [2, 3]
    assert "1 earlier comparison on the same data and task left out" in suite.sentence

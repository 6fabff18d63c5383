from dataclasses import replace

import pytest
from running import small_spec, whole_history

from studio.analysis.intervals import no_interval
from studio.analysis.scores.verdicts import UNDECIDED, Decision
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.gui.pages.compare.view.quantities import Quantity, pareto_front, quantities
from studio.gui.pages.compare.view.runs_table import RunNote, as_csv, grouped, runs_table
from studio.gui.pages.export.view.formats import exportable, file_size, run_choices, score_words
from studio.gui.view.results_view import (
    Results,
    analyse,
    best_baseline_score,
    best_cells,
    differences,
    progress_text,
    verdict_cards,
)

PAIR = ("GRU", "LSTM")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> ComparisonHistory:
    path = tmp_path_factory.mktemp("view") / "made.gates"
    return whole_history(path, small_spec(epochs=2, seeds=3))


def without_second_seed(history: ComparisonHistory) -> ComparisonHistory:
    """As it was before the LSTM's second seed ended."""
    gru, lstm = history.contenders
    runs = tuple(
        replace(run, status="running", result=None) if run.run.seed == 2 else run
        for run in lstm.runs
    )
    return replace(history, contenders=(gru, replace(lstm, runs=runs)))


def begun(history: ComparisonHistory) -> ComparisonHistory:
    """As it was before any run ended."""
    contenders = tuple(
        replace(
            contender,
            runs=tuple(
                replace(run, status="waiting", epochs=(), best_epoch=None, timings=(),
                        result=None, memory=None)
                for run in contender.runs
            ),
        )
        for contender in history.contenders
    )  # fmt: skip
    return replace(history, contenders=contenders)


def decided(results: Results, about: str, decision: Decision) -> Results:
    """As if the verdicts on something had come out so."""
    verdicts = tuple(
        replace(verdict, decision=decision) if verdict.about == about else verdict
        for verdict in results.summary.verdicts
    )
    return replace(results, summary=replace(results.summary, verdicts=verdicts))


def test_the_smaller_figure_is_marked_as_best_only_where_the_verdict_says_so(
    history: ComparisonHistory,
) -> None:
    results = decided(analyse(history), "memory_bytes", UNDECIDED)
    assert best_cells(decided(results, "rmse", UNDECIDED)) == frozenset()
    better = decided(results, "rmse", Decision("better", "LSTM"))
    [(name, column)] = best_cells(better)
    assert (name, better.table.headings[column]) == ("LSTM", f"Test {better.table.metric}")
    assert best_cells(decided(results, "rmse", Decision("baseline", "persistence"))) == frozenset()


def test_the_verdict_says_whether_it_supports_the_rule_of_thumb(
    history: ComparisonHistory,
) -> None:
    for name, verb in (("GRU", "supports"), ("LSTM", "contradicts")):
        results = decided(analyse(history), "rmse", Decision("better", name))
        card = verdict_cards(results, PAIR)[0]
        assert "picks the GRU" in card.findings[-1]
        assert f"The measurement {verb} the choice of the GRU" in card.findings[-1]


def test_means_of_a_group_leave_out_runs_that_did_not_end(history: ComparisonHistory) -> None:
    whole = grouped(runs_table(history, {}), "contender")
    table = grouped(runs_table(without_second_seed(history), {}), "contender")
    assert table.columns == whole.columns
    counted, score = table.columns.index("runs"), table.columns.index("test RMSE")
    gru, lstm = table.rows
    assert gru[score] == whole.rows[0][score]
    assert lstm[counted].text == "2 of 3"
    ended = [
        run.result.scores["rmse"]
        for run in history.contender("LSTM").runs
        if run.result is not None and run.run.seed != 2
    ]
    assert lstm[score].key == pytest.approx(sum(ended) / 2)


def test_differences_are_those_of_the_seeds_that_both_ended(history: ComparisonHistory) -> None:
    found = differences(analyse(without_second_seed(history)), PAIR)
    assert found is not None
    assert [seed for seed, _ in found.points] == ["1", "3"]
    gru, lstm = (history.contender(name).run(1).result for name in PAIR)
    assert gru is not None
    assert lstm is not None
    assert found.points[0][1] == gru.scores["rmse"] - lstm.scores["rmse"]


def test_where_less_is_better_the_left_side_belongs_to_the_first(
    history: ComparisonHistory,
) -> None:
    found = differences(analyse(history), PAIR)
    assert found is not None
    assert (found.better_left, found.better_right) == PAIR


def test_progress_counts_seeds_that_every_contender_has_ended(
    history: ComparisonHistory,
) -> None:
    assert progress_text(history) == "3 of 3 seeds complete"
    assert progress_text(without_second_seed(history)) == "2 of 3 seeds complete"


def test_before_any_run_has_ended_nothing_is_claimed(history: ComparisonHistory) -> None:
    results = analyse(begun(history))
    cards = verdict_cards(results, PAIR)
    assert cards[0].headline == "not available yet"
    assert cards[1].headline == "inconclusive"
    assert cards[2].headline == "not available yet"
    assert differences(results, PAIR) is None
    assert not quantities(results)[0].values


def test_the_card_s_headline_is_the_verdict_s_decision(history: ComparisonHistory) -> None:
    results = analyse(history)
    for card, about in zip(
        verdict_cards(results, PAIR), ("rmse", "step_ms", "memory_bytes"), strict=True
    ):
        verdict = next(v for v in results.summary.verdicts if v.about == about)
        if verdict.decision.kind == "better":
            assert card.headline.startswith(verdict.decision.name)
        elif verdict.decision.kind == "baseline":
            assert card.headline == "a baseline wins"


def test_costs_are_given_in_seconds_numbers_and_megabytes(history: ComparisonHistory) -> None:
    results = analyse(history)
    gru = history.contender("GRU")
    found = quantities(results)
    known = {each.key: each.values["GRU"].value for each in found if "GRU" in each.values}
    assert known["training time"] == pytest.approx(sum(run.seconds for run in gru.runs) / 3)
    assert known["parameters"] == gru.parameters
    assert gru.runs[0].memory is not None
    assert known["training memory"] == pytest.approx(gru.runs[0].memory.total / 1e6)


def placed(key: str, *, higher: bool = False, **values: float) -> Quantity:
    return Quantity(key, key, higher, {name: no_interval(value) for name, value in values.items()})


def test_the_pareto_front_holds_contenders_that_no_other_dominates() -> None:
    cost = placed("cost", a=1.0, b=2.0, c=3.0, d=2.0)
    score = placed("score", higher=True, a=0.5, b=0.8, c=0.7, d=0.8)
    assert pareto_front(cost, score) == ("a", "b", "d")


def test_who_lacks_one_of_the_two_is_not_placed() -> None:
    assert pareto_front(placed("cost", a=1.0, b=0.5), placed("score", a=1.0)) == ("a",)


def test_the_best_baseline_is_the_one_with_the_best_score(history: ComparisonHistory) -> None:
    found = best_baseline_score(analyse(history))
    assert found is not None
    assert found[1] == pytest.approx(min(baseline.scores["rmse"] for baseline in history.baselines))


def test_columns_in_which_all_runs_agree_do_not_differ(history: ComparisonHistory) -> None:
    table = runs_table(history, {})
    differing = dict(zip(table.columns, table.differing, strict=True))
    assert not differing["engine"]
    assert differing["test RMSE"]
    assert differing["note"]


def test_remarks_stand_beside_their_run(history: ComparisonHistory) -> None:
    table = runs_table(history, {RunId("LSTM", 2): RunNote("odd", ("look", "again"))})
    row = table.rows[table.runs.index(RunId("LSTM", 2))]
    assert row[table.columns.index("note")].text == "odd"
    assert row[table.columns.index("tags")].text == "look, again"


def test_commas_survive_in_csv() -> None:
    assert as_csv(["a"], [["x, y"]]) == 'a\n"x, y"\n'


def test_the_run_with_the_lowest_validation_loss_is_the_best(history: ComparisonHistory) -> None:
    gru = history.contender("GRU")
    best = next(choice for choice in run_choices(history, gru) if choice.is_best)
    losses = {run.run.seed: min(e.validation_loss or 0 for e in run.epochs) for run in gru.runs}
    assert best.pair.seed == min(losses, key=lambda seed: losses[seed])
    assert "(best by validation)" in best.words


def test_a_run_without_a_test_score_says_so(history: ComparisonHistory) -> None:
    run = without_second_seed(history).contender("LSTM").run(2)
    assert score_words(history, run) == "not scored on the test set yet"


def test_contenders_without_a_finished_epoch_cannot_be_exported(
    history: ComparisonHistory,
) -> None:
    assert exportable(history) == PAIR
    assert exportable(begun(history)) == ()


@pytest.mark.parametrize(
    ("size", "words"), [(448, "448 bytes"), (26_400, "26 kB"), (1_300_000, "1.3 MB")]
)
def test_file_sizes_are_shown_in_fitting_units(size: int, words: str) -> None:
    assert file_size(size) == words

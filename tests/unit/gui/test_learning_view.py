"""What the card Learning curve says, from whole small comparisons."""

from dataclasses import replace

import pytest
from running import run_to_end, small_spec, workspace

from studio.analysis.learning_curve import LearningCurve, learning_curve
from studio.core.history import ComparisonHistory
from studio.core.training_sizes import at_size
from studio.gui.viewstate.learning import (
    findings,
    headings,
    labelled,
    rows,
    wanted,
    what_is_missing,
)
from studio.runs.tuning import rates_around

PAIR = ("GRU", "LSTM")
WHOLE = 84
"""Training examples of the small comparison."""


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> dict[int, ComparisonHistory]:
    """The small comparison on all of its training examples and on 20 of them."""
    path = tmp_path_factory.mktemp("learning") / "made.gates"
    spec = small_spec(epochs=2)
    with workspace(path) as work:
        for each in (spec, at_size(spec, 20, WHOLE)):
            run_to_end(work, each)
        return {number: work.history(number) for number in (1, 2)}


def curve_of(histories: dict[int, ComparisonHistory], shown: int = 1) -> LearningCurve:
    found = learning_curve(histories, shown)
    assert found is not None
    return found


def test_a_row_for_each_size_has_scores_difference_and_verdict(
    histories: dict[int, ComparisonHistory],
) -> None:
    curve = curve_of(histories)
    named = headings(curve, PAIR)
    assert named == ("Training\nexamples", *PAIR, "mean\n(baseline)", "GRU − LSTM", "Verdict")
    shown = rows(curve, PAIR)
    assert [row[0] for row in shown] == ["20", "84"]
    assert all(len(row) == len(named) and all(row) for row in shown)
    assert all("[" in cell for row in shown for cell in row[1:5])
    assert len(headings(curve, None)) == len(rows(curve, None)[0]) == 4


def test_findings_are_of_the_two_that_are_judged(histories: dict[int, ComparisonHistory]) -> None:
    curve = curve_of(histories)
    assert len(findings(curve, PAIR)) == 3
    assert [each.count("of LSTM") for each in findings(curve, ("LSTM", "RNN"))] == [1]


def test_one_size_says_so_and_what_to_do(histories: dict[int, ComparisonHistory]) -> None:
    alone = curve_of({1: histories[1]})
    assert what_is_missing(alone).startswith("One size so far: 84 training examples. Train at more")
    assert what_is_missing(curve_of(histories)) == ""
    assert what_is_missing(None) == "Known once a run has ended."


def test_sizes_that_are_there_are_not_wanted_again(
    histories: dict[int, ComparisonHistory],
) -> None:
    curve = curve_of(histories)
    asked = wanted(histories[1], curve, "20, 50%, 100%")
    assert asked.sizes == (42,)
    assert asked.words.startswith("1 comparison of 2 seeds, at 42 training examples. About ")
    assert asked.words.endswith("of training, by the runs of this session.")
    nothing = wanted(histories[1], curve, "100%")
    assert (nothing.sizes, nothing.is_problem) == ((), False)
    assert nothing.words == "The session has all of these sizes."


def test_the_time_grows_with_the_steps_of_the_sizes(
    histories: dict[int, ComparisonHistory],
) -> None:
    def seconds(text: str) -> float:
        words = wanted(histories[1], curve_of(histories), text).words
        return float(words.partition("About ")[2].partition(" s")[0])

    assert seconds("10") <= seconds("60") <= seconds("60,70,80")


def test_what_cannot_be_is_told_with_what_can(histories: dict[int, ComparisonHistory]) -> None:
    curve = curve_of(histories)
    for text, told in (
        ("few", "'few' is no size of a training part. Give sizes such as"),
        ("", "No size is given."),
        ("85", "The training part has 84 examples, and 85 are asked for. Choose at most 84"),
    ):
        asked = wanted(histories[1], curve, text)
        assert asked.is_problem
        assert asked.sizes == ()
        assert asked.words.startswith(told)


def test_shares_are_of_the_whole_part_whichever_size_is_shown(
    histories: dict[int, ComparisonHistory],
) -> None:
    assert wanted(histories[2], curve_of(histories, 2), "50%").sizes == (42,)


def test_of_a_part_alone_more_than_is_known_may_be_wanted(
    histories: dict[int, ComparisonHistory],
) -> None:
    small = {2: histories[2]}
    assert curve_of(small, 2).whole is None
    assert wanted(histories[2], curve_of(small, 2), "50%, 84").sizes == (10, 84)


def test_time_of_rates_that_are_tried_again_is_known_too(
    histories: dict[int, ComparisonHistory],
) -> None:
    tried = rates_around(0.003)
    contenders = tuple(c.model_copy(update={"lr": 0.01}) for c in histories[1].spec.contenders)
    update = {"tried": tried, "contenders": contenders}
    spec = histories[1].spec.model_copy(update=update)
    named = tuple(
        replace(each, spec=own)
        for each, own in zip(histories[1].contenders, contenders, strict=True)
    )
    history = replace(histories[1], spec=spec, contenders=named)
    assert "by the runs of this session" in wanted(history, curve_of({1: history}), "50%").words


def test_sizes_below_an_axis_are_thinned_where_they_would_touch() -> None:
    assert labelled((100, 1000)) == (100, 1000)
    assert labelled((52, 105, 262, 525, 945, 1050)) == (52, 105, 262, 525, 1050)
    assert labelled((7,)) == (7,)

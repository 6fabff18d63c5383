"""What the card Learning curve says, from whole small comparisons."""

from dataclasses import replace

import pytest
from running import run_to_end, small_spec, workspace

from studio.analysis.summaries.learning_curve import LearningCurve, learning_curve
from studio.core.results.history import ComparisonHistory
from studio.core.specs.training_sizes import with_training_size
from studio.gui.pages.compare.view.learning_rows import (
    column_headings,
    findings,
    labelled,
    missing_text,
    requested_sizes,
    rows,
)
from studio.runs.planning.tuning import rates_around

PAIR = ("GRU", "LSTM")
WHOLE = 84
"""Training examples of the small comparison."""


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> dict[int, ComparisonHistory]:
    """The small comparison on all of its training examples and on 20 of them."""
    path = tmp_path_factory.mktemp("learning") / "made.gates"
    spec = small_spec(epochs=2)
    with workspace(path) as session:
        for each in (spec, with_training_size(spec, 20, WHOLE)):
            run_to_end(session, each)
        return {number: session.history(number) for number in (1, 2)}


def curve_of(histories: dict[int, ComparisonHistory], shown: int = 1) -> LearningCurve:
    found = learning_curve(histories, shown)
    assert found is not None
    return found


def test_a_row_for_each_size_has_scores_difference_and_verdict(
    histories: dict[int, ComparisonHistory],
) -> None:
    curve = curve_of(histories)
    named = column_headings(curve, PAIR)
    assert named == ("Training\nexamples", *PAIR, "mean\n(baseline)", "GRU − LSTM", "Verdict")
    shown = rows(curve, PAIR)
    assert [row[0] for row in shown] == ["20", "84"]
    assert all(len(row) == len(named) and all(row) for row in shown)
    assert all("[" in cell for row in shown for cell in row[1:5])
    assert len(column_headings(curve, None)) == len(rows(curve, None)[0]) == 4


def test_findings_are_of_the_two_that_are_judged(histories: dict[int, ComparisonHistory]) -> None:
    curve = curve_of(histories)
    assert len(findings(curve, PAIR)) == 3
    assert [finding.count("of LSTM") for finding in findings(curve, ("LSTM", "RNN"))] == [1]


def test_one_size_says_so_and_what_to_do(histories: dict[int, ComparisonHistory]) -> None:
    alone = curve_of({1: histories[1]})
    assert missing_text(alone).startswith("One size so far: 84 training examples. Train at more")
    assert missing_text(curve_of(histories)) == ""
    assert missing_text(None) == "Available once a run has finished."


def test_sizes_that_are_there_are_not_wanted_again(
    histories: dict[int, ComparisonHistory],
) -> None:
    curve = curve_of(histories)
    asked = requested_sizes(histories[1], curve, "20, 50%, 100%")
    assert asked.sizes == (42,)
    assert asked.words.startswith("1 comparison of 2 seeds, at 42 training examples. About ")
    assert asked.words.endswith("of training, from the runs of this session.")
    nothing = requested_sizes(histories[1], curve, "100%")
    assert (nothing.sizes, nothing.is_problem) == ((), False)
    assert nothing.words == "The session already has all of these sizes."


def test_the_time_grows_with_the_steps_of_the_sizes(
    histories: dict[int, ComparisonHistory],
) -> None:
    def seconds(text: str) -> float:
        words = requested_sizes(histories[1], curve_of(histories), text).words
        return float(words.partition("About ")[2].partition(" s")[0])

    assert seconds("10") <= seconds("60") <= seconds("60,70,80")


def test_impossible_sizes_are_reported_with_the_possible_ones(
    histories: dict[int, ComparisonHistory],
) -> None:
    curve = curve_of(histories)
    for text, told in (
        ("few", "'few' is not a training-set size. Give sizes such as"),
        ("", "No size is given."),
        ("85", "85 training examples were requested, but the training set has only 84."),
    ):
        asked = requested_sizes(histories[1], curve, text)
        assert asked.is_problem
        assert asked.sizes == ()
        assert asked.words.startswith(told)


def test_shares_refer_to_the_whole_training_set_whichever_size_is_shown(
    histories: dict[int, ComparisonHistory],
) -> None:
    assert requested_sizes(histories[2], curve_of(histories, 2), "50%").sizes == (42,)


def test_a_cut_training_set_may_be_enlarged_beyond_the_known_size(
    histories: dict[int, ComparisonHistory],
) -> None:
    small = {2: histories[2]}
    assert curve_of(small, 2).whole is None
    assert requested_sizes(histories[2], curve_of(small, 2), "50%, 84").sizes == (10, 84)


def test_time_of_rates_that_are_tried_again_is_known_too(
    histories: dict[int, ComparisonHistory],
) -> None:
    tried = rates_around(0.003)
    contenders = tuple(c.model_copy(update={"lr": 0.01}) for c in histories[1].spec.contenders)
    update = {"tried": tried, "contenders": contenders}
    spec = histories[1].spec.model_copy(update=update)
    named = tuple(
        replace(contender, spec=own)
        for contender, own in zip(histories[1].contenders, contenders, strict=True)
    )
    history = replace(histories[1], spec=spec, contenders=named)
    assert (
        "from the runs of this session"
        in requested_sizes(history, curve_of({1: history}), "50%").words
    )


def test_sizes_below_an_axis_are_thinned_where_they_would_touch() -> None:
    assert labelled((100, 1000)) == (100, 1000)
    assert labelled((52, 105, 262, 525, 945, 1050)) == (52, 105, 262, 525, 1050)
    assert labelled((7,)) == (7,)

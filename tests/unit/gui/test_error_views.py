"""The browser over errors without a window: rows, filters, group tables, what is drawn."""

import numpy as np
import pytest
from unit.analysis.make_histories import classes, numbers

from studio.analysis.predictions.error_rows import ErrorRows
from studio.analysis.predictions.errors import PredictedSet
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.pages.compare.view.error_filter import (
    BY_CLASS,
    BY_TIME,
    Filter,
    chosen_examples,
    group_table,
    groupings,
    shared_groups,
    summary_text,
)
from studio.gui.pages.compare.view.example_text import (
    TRUTH,
    example_lines,
    input_channels,
    prediction_table,
    read_text,
    with_history,
)


def changed(task: Preprocessing, **fields: object) -> Preprocessing:
    return task.model_copy(update=fields)


def forecast(examples: int = 80) -> ErrorRows:
    """Two steps ahead of two targets, in time from step 100 on; the GRU errs by 1, then by 3."""
    task = changed(
        numbers(window=3, horizon=2),
        input_names=("temperature", "wind"),
        input_units=("°C", "m/s"),
        target_names=("temperature", "wind"),
        target_units=("°C", "m/s"),
    )
    truth = np.arange(4.0 * examples).reshape(examples, 4)
    off = np.where(np.arange(examples) < examples // 2, 1.0, 3.0)[:, np.newaxis]
    predictions = {"GRU": {1: truth + off}, "LSTM": {1: truth - 2.0}}
    part = PredictedSet("test", task, truth, 100 + np.arange(examples), predictions)
    days = np.datetime_as_string(np.datetime64("2024-01-01") + np.arange(100 + examples + 1))
    return ErrorRows(part, 1, None, days)


def test_a_row_says_when_what_was_true_what_was_predicted_and_how_wrong_that_is() -> None:
    rows = forecast()
    assert rows.headings == (
        "example", "time", "truth", "GRU", "GRU error", "LSTM", "LSTM error"
    )  # fmt: skip
    assert rows.unit == "", "°C and m/s have no common unit"
    assert rows.cells(5)[:2] == ("5", "2024-04-15")
    of_wind = ErrorRows(rows.part, 1, 1, rows.times)
    assert of_wind.headings[4] == "GRU error, m/s"
    assert of_wind.cells(5)[2:5] == ("21.0, 23.0", "22.0, 24.0", "1.00")
    assert "in m/s, the mean over the steps ahead." in of_wind.explanation


def test_filters_hold_together_and_the_summary_counts_what_is_left() -> None:
    rows = forecast()
    shown = chosen_examples(rows, "GRU", Filter(span=(130, 149)))
    assert shown[:10].tolist() == list(range(40, 50)), "the larger errors first"
    assert sorted(shown.tolist()) == list(range(29, 50)), "two steps ahead reach into it"
    assert summary_text(rows, "GRU", shown).startswith("21 of 80 test examples, mean error of GRU")


def test_scores_by_time_are_in_the_order_of_time_and_name_their_dates() -> None:
    rows = forecast()
    assert groupings(rows) == (BY_TIME,)
    table = group_table(rows, BY_TIME)
    assert table.headings == (BY_TIME, "examples", "GRU", "LSTM")
    assert [row[1] for row in table.rows] == ["10"] * 8
    assert table.rows[0][0] == "2024-04-10 to 2024-04-19"
    assert [float(row[2].split()[0]) for row in table.rows] == [1.0] * 4 + [3.0] * 4


def test_the_forecast_is_drawn_after_the_window_that_was_read() -> None:
    rows = forecast()
    lines = example_lines(rows, 7, target=1)
    assert lines is not None
    inputs = np.array([[0.0, 10.0], [0.0, 11.0], [0.0, 12.0]])
    joined = with_history(lines, inputs, rows.part.preprocessing, target=1)
    x, truth = joined.lines[TRUTH]
    assert x.tolist() == [104, 105, 106, 107, 108]
    assert truth.tolist() == [10, 11, 12, 29, 31]
    assert joined.lines["LSTM"][1].tolist() == [27, 29]
    assert joined.y_label == "wind, m/s"
    channels = input_channels(rows.part.preprocessing, inputs, target=1)
    assert list(channels) == ["temperature, °C"], "the wind stands with its forecast"


def classified() -> ErrorRows:
    truth = np.array([0, 1, 2, 1, 0, 2])
    shares = np.array(
        [[8, 1, 1], [2, 6, 2], [5, 3, 2], [7, 2, 1], [9, 1, 0], [1, 2, 7]], dtype=float
    ) / 10  # fmt: skip
    groups = {"who": np.array(list("xxyyxy")), "file": np.array(list("abcdef"))}
    part = PredictedSet("test", classes(3), truth, np.arange(6), {"GRU": {1: shares}})
    return ErrorRows(part, 1, None, None, groups)


def test_groups_are_offered_where_examples_share_them() -> None:
    rows = classified()
    assert shared_groups(rows) == {"who": ["x", "y"]}
    assert groupings(rows) == (BY_CLASS, "who")
    assert rows.headings[:3] == ("example", "who", "file"), "what names an example is shown"
    wanted = Filter(true=None, predicted="wrong", group=("who", "y"))
    assert chosen_examples(rows, "GRU", wanted).tolist() == [2, 3]
    assert chosen_examples(rows, "GRU", Filter(true=1, predicted=0)).tolist() == [3]


def test_recalls_stand_in_a_table_with_the_worst_class_first() -> None:
    table = group_table(classified(), BY_CLASS)
    assert [row[0] for row in table.rows] == ["b", "c", "a"]
    assert [float(row[2].split()[0]) for row in table.rows] == [0.5, 0.5, 1.0]
    assert table.note.startswith("Recall; brackets: 95 % intervals over examples.")


def test_the_probabilities_of_an_example_begin_with_the_true_class() -> None:
    headings, cells = prediction_table(classified(), 3)
    assert headings == ("class", "GRU")
    assert cells == (("b (true)", "20.0 %"), ("a", "70.0 %"), ("c", "10.0 %"))


def test_steps_are_drawn_where_they_have_a_target() -> None:
    task = changed(numbers(), kind="track", is_cut=True, max_length=4)
    truth = np.array([[[np.nan], [1.0], [2.0], [3.0]]])
    part = PredictedSet("test", task, truth, np.array([50]), {"GRU": {1: truth + 0.25}})
    rows = ErrorRows(part, 1)
    lines = example_lines(rows, 0, 0)
    assert lines is not None
    assert lines.lines["GRU"][0].tolist() == [51, 52, 53]
    assert lines.lines["GRU"][1].tolist() == [1.25, 2.25, 3.25]
    assert rows.cells(0) == ("0", "50", "1.00 to 3.00", "1.25 to 3.25", "0.250")


@pytest.mark.parametrize("kind", ["tag", "next-token"])
def test_wrong_steps_are_counted(kind: str) -> None:
    task = changed(classes(2), kind=kind, vocabulary=("a", " "), tokens="characters")
    truth = np.array([[0, 1, 1, -1]])
    given = np.stack([[[0.1, 0.2, 0.9, 0.0]], [[0, 1, 0, 0]]], axis=-1)
    rows = ErrorRows(PredictedSet("test", task, truth, np.arange(1), {"GRU": {1: given}}), 1)
    assert rows.cells(0) == ("0", "3 steps", "1 wrong", "0.400")
    lines = example_lines(rows, 0, 0)
    assert lines is not None
    assert list(lines.lines) == ([TRUTH, "GRU"] if kind == "tag" else ["GRU"])
    assert read_text(task, np.array([[0.0], [1.0]])) == "a "
    table = group_table(rows, BY_CLASS)
    assert {row[0] for row in table.rows} == ({"a", "b"} if kind == "tag" else {"a", "space"})


def test_a_contender_whose_run_has_not_ended_has_no_column() -> None:
    rows = classified()
    predictions = {**rows.part.predictions, "LSTM": {}}
    part = PredictedSet("test", classes(3), rows.part.test_truth, np.arange(6), predictions)
    assert "LSTM" not in ErrorRows(part, 1).headings
    assert group_table(ErrorRows(part, 1), BY_CLASS).rows[0][3] == ""

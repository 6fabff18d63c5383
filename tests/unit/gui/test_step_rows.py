"""What the cell inspector writes, read again as a person with a calculator would."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import classifying, forecasting, fresh_network, playing

from studio.analysis.gates.step_terms import GateTerms, step_terms
from studio.core.cells import CELLS, GRU, RECURRENT_CELLS
from studio.core.inspection.course import Course
from studio.core.inspection.edits import Clamp, Edits, Place
from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.pages.gates.view.adding_up import adding_up, written_sum
from studio.gui.pages.gates.view.prediction_words import changes, predicts, truth_words
from studio.gui.pages.gates.view.step_numbers import digits, sigmoid
from studio.gui.pages.gates.view.step_rows import (
    GateRow,
    TermNames,
    gate_rows,
    input_names,
    update_rows,
)
from studio.nn.inspection.cell_courses import CellStepper

FUNCTIONS = {"σ": sigmoid, "tanh": math.tanh, "relu": lambda value: max(value, 0.0)}
CHANNELS = 12
finite = st.floats(-1e3, 1e3)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def course(cell: str, edits: Edits | None = None, nonlinearity: str | None = None) -> Course:
    spec = ContenderSpec(cell=cell, hidden_size=9, nonlinearity=nonlinearity)
    task = classifying(channels=CHANNELS)
    sequence = np.random.default_rng(1).normal(size=(5, CHANNELS)).astype(np.float32)
    by_hand = CellStepper(fresh_network(spec, task), sequence, np.array(0), task)
    return by_hand.run(edits or Edits())


def rows(cell: str, step: int, unit: int, nonlinearity: str | None = None) -> tuple[GateRow, ...]:
    layer = course(cell, nonlinearity=nonlinearity).layers["l0"]
    names = TermNames([f"x{at}" for at in range(CHANNELS)], nonlinearity)
    return gate_rows(CELLS[cell], step_terms(CELLS[cell], layer, step, unit), names)


def computed(expression: str) -> float:
    """The value of numbers with signs and brackets."""
    plain = expression.replace("−", "-").replace("×", "*")
    assert re.fullmatch(r"[-+*(). \d]+", plain)
    return float(eval(plain))  # noqa: S307 - only digits and signs, as just checked


@given(st.lists(finite, min_size=1, max_size=12), st.integers(2, 6))
def test_shown_terms_add_up_to_the_rounded_sum(values: list[float], decimals: int) -> None:
    whole = adding_up(values, decimals)
    assert sum(whole) == round(math.fsum(value * 10**decimals for value in values))
    for units, value in zip(whole, values, strict=True):
        assert abs(units - value * 10**decimals) <= 1 + 1e-6


def test_of_terms_that_do_not_add_up_the_nearest_to_the_next_number_is_moved() -> None:
    assert written_sum([0.0014, 0.0014, 0.0014], 3) == ["0.002", "0.001", "0.001"]
    assert written_sum([math.inf, 1.0], 3) == ["∞", "1.000"]


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
@pytest.mark.parametrize("step", [0, 3])
def test_each_equation_is_right_in_the_numbers_that_it_shows(cell: str, step: int) -> None:
    for unit in range(9):
        for row in rows(cell, step, unit):
            left, filled, total, value = row.numbers.split(" = ")
            assert left == row.equation.split(" = ")[0]
            name, inside = re.fullmatch(r"(\w+)\((.*)\)", filled).groups()
            shown = number(re.fullmatch(rf"{name}\((.*)\)", total).group(1))
            decimals = len(total.rstrip(")").rpartition(".")[2])
            assert round(computed(inside), decimals) == pytest.approx(shown, abs=1e-12)
            assert digits(FUNCTIONS[name](shown)) == value == row.value


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_the_unfolded_contributions_add_up_to_the_sum_in_the_equation(cell: str) -> None:
    for unit in range(9):
        for row in rows(cell, 3, unit):
            for lines, total in zip((row.inputs, row.hidden), row.sums, strict=True):
                assert sum(number(line.number) for line in lines) == pytest.approx(
                    number(total), abs=1e-9
                )
                assert lines[-1].name == f"{(CHANNELS if total is row.sums[0] else 9) - 5} others"
                sizes = [abs(line.share) for line in lines[:-1]]
                assert sizes == sorted(sizes, reverse=True)


def test_the_candidate_of_a_gru_shows_the_hidden_part_within_the_reset_product() -> None:
    new = rows("gru", 3, 2)[2]
    pattern = r"n = tanh\(−?[\d.]+ [+−] [\d.]+ [+−] [\d.]+ × \(−?[\d.]+ [+−] [\d.]+\)\) = .*"
    assert re.fullmatch(pattern, new.numbers)
    assert new.factor.startswith("r = 0.")


def test_a_relu_network_is_computed_with_relu() -> None:
    (row,) = rows("rnn", 2, 1, "relu")
    assert row.equation.startswith("h' = relu(")
    assert "= relu(" in row.numbers
    assert row.limits == (0.0, math.inf)


def test_a_held_gate_says_what_it_would_be() -> None:
    edits = Edits().with_clamp(Clamp(Place("l0", 1), "update", 1.0, 2))
    layer = course("gru", edits).layers["l0"]
    terms = step_terms(GRU, layer, 2, 1)
    _, update, _ = gate_rows(GRU, terms, TermNames([""] * CHANNELS), ["update"])
    assert update.value == "1.000"
    assert update.numbers.startswith("held at 1.000; otherwise z = σ(")
    ((_, numbers),) = update_rows(GRU, terms)
    assert numbers.startswith("h' = (1 − 1.000) × ")
    assert terms.after["h"] == terms.before["h"]


def test_a_diverged_network_is_shown_as_it_is() -> None:
    infinite = np.array([np.inf])
    gate = GateTerms("h", infinite, np.zeros(1), 0.0, 0.0, None, 1.0)
    terms = type(step_terms(CELLS["rnn"], course("rnn").layers["l0"], 0, 0))((gate,), {}, {})
    (row,) = gate_rows(CELLS["rnn"], terms, TermNames(["x"]))
    assert row.numbers == "h' = 1.000"


def test_terms_are_named_by_channel_embedding_or_unit_of_the_layer_below() -> None:
    assert input_names(["a", "b"], 2, 0, both=False) == ("a", "b")
    assert input_names(["word"], 2, 0, both=False) == ("embedding 0", "embedding 1")
    assert input_names(["a"], 2, 1, both=False) == ("layer 1, unit 0", "layer 1, unit 1")
    assert input_names(["a"], 4, 1, both=True)[3] == "layer 1 backward, unit 1"


def finished(prediction: list[float] | np.ndarray, loss: float) -> Course:
    return Course("gru", None, {}, np.asarray(prediction), loss)


def test_a_change_of_prediction_and_loss_is_told_in_a_sentence() -> None:
    task = classifying(classes=2)
    before, after = finished([0.873, 0.127], 0.1358), finished([0.39, 0.61], 0.942)
    assert changes(task, before, after, 0) == (
        "The prediction changes from class 0 (87.3 %) to class 1 (61.0 %); "
        "the loss rises from 0.136 to 0.942."
    )
    assert changes(task, before, before, 0) == (
        "The prediction stays class 0 (87.3 %); the loss stays 0.136."
    )


def test_predictions_stand_beside_the_truth() -> None:
    task = classifying(classes=2)
    assert predicts(task, np.array([0.2, 0.8]), np.array(0), 5) == (
        "Predicts class 1 (80.0 %); the truth is class 0."
    )
    values = np.array([21.44, 21.6, 21.9, 22.0, 23.0, 24.0])
    assert predicts(forecasting(), values, values - 1, 0) == (
        "Predicts 21.4, 21.6, 21.9, … kW; the truth is 20.4, 20.6, 20.9, … kW."
    )
    keys = np.array([[0.9, 0.1, 0.6, 0.2], [0.1, 0.1, 0.1, 0.1]])
    truth = np.array([[1, 0, 0, 0], [255, 255, 255, 255]], dtype=np.uint8)
    assert predicts(playing(), keys, truth, 0) == (
        "At step 0 it predicts key 0, key 2; the truth is key 0."
    )
    assert predicts(playing(), keys, truth, 1) == "At step 1 it predicts nothing."
    assert truth_words(playing(), truth, 1) == ""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.analysis.gates.gradient_norms import gradient_norm_by_lag
from studio.analysis.gates.half_life import half_lives
from studio.analysis.gates.saturation import saturation
from studio.core.cells import CELLS, GRU, LSTM, RNN
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.gui.pages.gates.view.gates import (
    Cursor,
    Panel,
    filled_equations,
    layer_choices,
    panels_of,
    plain,
    read_out_text,
    unit_order,
)
from studio.gui.pages.gates.view.step_numbers import digits, evaluated, sigmoid, with_numbers
from studio.gui.view.texts import symbols_read

STEPS, UNITS = 6, 3


def layers(cell: str, prefix: str = "l0", *, size: float = 0.5) -> dict[str, np.ndarray]:
    """A trace that obeys the cell's update equations."""
    generator = np.random.default_rng(0)
    shape = (STEPS, UNITS)
    made = {}
    for gate in CELLS[cell].gates:
        low = 0.05 if gate.activation == "sigmoid" else -0.9
        made[gate.name] = generator.uniform(low, 0.95, shape)
    state = np.zeros(UNITS)
    hidden, memory = [], []
    for step in range(STEPS):
        if cell == "gru":
            state = (1 - made["update"][step]) * made["new"][step] + made["update"][step] * state
            hidden.append(state)
        elif cell == "lstm":
            state = made["forget"][step] * state + made["input"][step] * made["cell"][step]
            memory.append(state)
            hidden.append(made["output"][step] * np.tanh(state))
        elif cell == "coupled-lstm":
            keep = made["forget"][step]
            state = keep * state + (1 - keep) * made["cell"][step]
            memory.append(state)
            hidden.append(made["output"][step] * np.tanh(state))
        else:
            hidden.append(generator.uniform(-size, size, UNITS))
    made["h"] = np.array(hidden)
    if memory:
        made["c"] = np.array(memory)
    return {f"{prefix}_{name}": values.astype(np.float32) for name, values in made.items()}


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("gru", ["reset r", "update z", "new n", "hidden h"]),
        ("lstm", ["input i", "forget f", "cell g", "output o", "state c", "hidden h"]),
        ("rnn", ["hidden h"]),
    ],
)
def test_gates_stand_in_pytorch_s_order_and_the_hidden_state_last(
    cell: str, labels: list[str]
) -> None:
    panels = panels_of(CELLS[cell], layers(cell), "l0")
    assert [panel.label for panel in panels] == labels


def test_only_states_that_leave_one_have_a_scale_of_their_own() -> None:
    found = layers("lstm")
    found["l0_c"] = found["l0_c"] * 100
    limits = {panel.name: panel.limit for panel in panels_of(LSTM, found, "l0")}
    assert limits.pop("c") == pytest.approx(np.abs(found["l0_c"]).max())
    assert set(limits.values()) == {1.0}


def test_units_that_keep_longest_come_first() -> None:
    found = layers("gru")
    found["l0_update"][:] = [0.2, 0.9, 0.5]
    panels = panels_of(GRU, found, "l0")
    assert unit_order(GRU, panels, "memory").tolist() == [1, 2, 0]
    assert unit_order(GRU, panels, "index").tolist() == [0, 1, 2]


def test_without_a_memory_gate_units_stay_in_their_order() -> None:
    assert unit_order(RNN, panels_of(RNN, layers("rnn"), "l0"), "memory").tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("cell", "gate", "value", "words"),
    [
        ("gru", "update", 0.91, "step 2, unit 1: update z = 0.91, keeps the old state"),
        ("gru", "update", 0.12, "step 2, unit 1: update z = 0.12, keeps 12 % of the old state"),
        ("lstm", "forget", 0.88, "step 2, unit 1: forget f = 0.88, keeps 88 % of the old state"),
        ("lstm", "output", 0.95, "step 2, unit 1: output o = 0.95, open"),
        ("lstm", "input", 0.05, "step 2, unit 1: input i = 0.05, closed"),
        ("gru", "new", -0.4, "step 2, unit 1: new n = −0.40"),
    ],
)
def test_the_read_out_says_what_a_value_means(
    cell: str, gate: str, value: float, words: str
) -> None:
    found = layers(cell)
    found[f"l0_{gate}"][2, 1] = value
    panels = panels_of(CELLS[cell], found, "l0")
    assert read_out_text(CELLS[cell], panels, Cursor(2, gate, 1)) == words


def test_the_gru_s_equations_hold_with_the_numbers_of_a_step() -> None:
    found = layers("gru")
    found["l0_update"][1, 0], found["l0_new"][1, 0] = 0.25, -0.4
    found["l0_h"][0, 0], found["l0_h"][1, 0] = 0.8, -0.1
    panels = panels_of(GRU, found, "l0")
    pairs = dict(filled_equations(GRU, panels, Cursor(1, "update", 0)))
    assert pairs["h' = (1 - z) * n + z * h"] == (
        "h' = (1 − 0.250) × (−0.400) + 0.250 × 0.800 = −0.100"
    )
    assert pairs["z = σ(W_iz x + b_iz + W_hz h + b_hz)"] == "z = σ(−1.099) = 0.250"


def test_the_lstm_s_new_states_are_distinguished_from_the_old_ones() -> None:
    found = layers("lstm")
    for name, value in {"forget": 0.5, "input": 0.5, "cell": 0.6, "output": 0.5}.items():
        found[f"l0_{name}"][1, 0] = value
    found["l0_c"][0, 0], found["l0_c"][1, 0], found["l0_h"][1, 0] = 0.2, 0.4, 0.5 * np.tanh(0.4)
    panels = panels_of(LSTM, found, "l0")
    pairs = dict(filled_equations(LSTM, panels, Cursor(1, "forget", 0)))
    assert pairs["c' = f * c + i * g"] == "c' = 0.500 × 0.200 + 0.500 × 0.600 = 0.400"
    assert pairs["h' = o * tanh(c')"] == "h' = 0.500 × tanh(0.400) = 0.190"


shares = st.floats(1e-4, 1) | st.just(0.0)
signed = shares | shares.map(lambda value: -value)


@given(shares, signed, signed)
@example(0.9999999999999999, 1.0, 0.0)
def test_printed_equations_add_up_as_they_are_printed(z: float, n: float, h: float) -> None:
    right = "(1 - z) * n + z * h"
    result = (1 - z) * n + z * h
    printed, last = with_numbers(right, {"z": z, "n": n, "h": h}, result).rsplit(" = ", 1)
    again = evaluated(printed.replace("×", "*").replace("−", "-"), {})
    assert digits(again).removeprefix("−") == last.removeprefix("−")
    assert again == pytest.approx(result, abs=2e-3)


@given(st.floats(-14, 14))
def test_a_gate_s_printed_sum_gives_its_printed_value(total: float) -> None:
    value = sigmoid(total)
    printed, last = with_numbers("σ(x)", {"x": total}, value).rsplit(" = ", 1)
    inside = printed.removeprefix("σ(").removesuffix(")").replace("−", "-")
    assert digits(sigmoid(float(inside))) == last == digits(value)


def test_an_rnn_is_explained_with_the_activation_that_it_has() -> None:
    panels = panels_of(RNN, layers("rnn"), "l0")
    (pair,) = filled_equations(RNN, panels, Cursor(1, "h", 0), nonlinearity="relu")
    assert pair[0] == "h' = relu(W_ih x + b_ih + W_hh h + b_hh)"


def test_before_its_first_step_a_state_is_zero() -> None:
    panels = panels_of(GRU, layers("gru"), "l0")
    forwards = filled_equations(GRU, panels, Cursor(0, "update", 0))[-1][1]
    backwards = filled_equations(GRU, panels, Cursor(STEPS - 1, "update", 0), reverse=True)[-1][1]
    assert "× 0 =" in forwards
    assert "× 0 =" in backwards


def test_saturation_counts_time_below_a_tenth_and_above_nine_tenths() -> None:
    values = np.array([[0.05, 0.95], [0.05, 0.5], [0.5, 0.95], [0.95, 0.95]], np.float32)
    low, high = saturation(values)
    assert low.tolist() == [0.5, 0.0]
    assert high.tolist() == [0.25, 0.75]


@given(st.floats(0.01, 0.999))
def test_half_of_the_state_remains_after_its_half_life(gate: float) -> None:
    (life,) = half_lives(np.full((9, 1), gate, np.float32))
    assert float(np.float32(gate)) ** life == pytest.approx(0.5, rel=1e-6)


def test_a_gate_that_never_lets_go_has_a_long_half_life_and_a_closed_one_none() -> None:
    lives = half_lives(np.array([[1.0, 0.0]] * 4, np.float32))
    assert lives.tolist() == [1e6, 0.0]


def test_lag_counts_from_where_reading_ends() -> None:
    norms = np.array([0.1, 0.2, 0.4], np.float32)
    lags, forwards = gradient_norm_by_lag(norms, reverse=False)
    _, backwards = gradient_norm_by_lag(norms, reverse=True)
    assert lags.tolist() == [0, 1, 2]
    assert forwards == pytest.approx([1, 0.5, 0.25])
    assert backwards == pytest.approx([1, 2, 4])


def test_vanished_gradients_leave_gaps_on_a_logarithmic_axis() -> None:
    _, relative = gradient_norm_by_lag(np.array([0.0, 0.5], np.float32), reverse=False)
    assert relative[0] == 1
    assert np.isnan(relative[1])
    assert np.isnan(gradient_norm_by_lag(np.zeros(3, np.float32), reverse=False)[1]).all()


def test_layers_of_the_deepest_contender_can_be_chosen() -> None:
    choices = layer_choices({"GRU": (1, False), "LSTM": (2, True)})
    assert [words for *_, words in choices] == [
        "layer 1, forward",
        "layer 1, backward",
        "layer 2, forward",
        "layer 2, backward",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.50"), (-0.004, "−0.004"), (0.0, "0.00"), (np.inf, "∞")]
)
def test_numbers_are_short_and_have_a_real_minus(value: float, text: str) -> None:
    assert plain(value) == text


def test_the_read_out_of_a_text_names_the_symbol() -> None:
    panel = Panel("update", "z", np.full((3, 2), 0.95, np.float32), is_share=True, limit=1.0)
    words = read_out_text(CELLS["gru"], [panel], Cursor(1, "update", 0), ("a", "film", "is"))
    assert words == "step 1 “film”, unit 0: update z = 0.95, keeps the old state"


@pytest.mark.parametrize("embeds", [True, False])
def test_symbols_are_recovered_from_network_inputs(*, embeds: bool) -> None:
    names = ("text",) if embeds else ("<other>", "a", "b")
    preprocessing = Preprocessing(
        kind="classify",
        input_names=names,
        input_units=("",) * len(names),
        input_scaler=Scaler.identity(len(names)),
        target_names=("class",),
        target_units=("",),
        class_names=("x", "y"),
        min_length=3,
        max_length=3,
        vocabulary=("<other>", "a", "b"),
    )
    codes = np.array([1, 2, 0])
    inputs = codes[:, None].astype(np.float32) if embeds else np.eye(3, dtype=np.float32)[codes]
    assert symbols_read(inputs, preprocessing) == ("a", "b", "<other>")


def test_coupled_gates_fill_what_the_forget_gate_lets_go() -> None:
    found = layers("coupled-lstm")
    for name, value in {"forget": 0.75, "cell": 0.6, "output": 0.5}.items():
        found[f"l0_{name}"][1, 0] = value
    found["l0_c"][0, 0], found["l0_c"][1, 0], found["l0_h"][1, 0] = 0.2, 0.3, 0.15
    cell = CELLS["coupled-lstm"]
    panels = panels_of(cell, found, "l0")
    labels = ["forget f", "cell g", "output o", "state c", "hidden h"]
    assert [panel.label for panel in panels] == labels
    pairs = dict(filled_equations(cell, panels, Cursor(1, "forget", 0)))
    assert pairs["c' = f * c + (1 - f) * g"] == "c' = 0.750 × 0.200 + (1 − 0.750) × 0.600 = 0.300"

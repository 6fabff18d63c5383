import pytest

from studio.core.cells import CELLS, RECURRENT_CELLS


def test_gates_are_in_the_order_of_pytorch_weight_blocks() -> None:
    symbols = {name: "".join(gate.symbol for gate in cell.gates) for name, cell in CELLS.items()}
    assert symbols == {"gru": "rzn", "lstm": "ifgo", "rnn": "", "coupled-lstm": "fgo", "tcn": ""}


def test_cells_have_a_weight_block_per_gate_and_the_plain_rnn_has_one() -> None:
    blocks = {name: CELLS[name].blocks for name in RECURRENT_CELLS}
    assert blocks == {"gru": 3, "lstm": 4, "rnn": 1, "coupled-lstm": 3}


def test_memory_gates_keep_the_old_state_and_exist() -> None:
    gates = {name: CELLS[name].memory_gate for name in RECURRENT_CELLS}
    assert gates == {"gru": "update", "lstm": "forget", "rnn": None, "coupled-lstm": "forget"}
    assert CELLS["gru"].block_of("update") == 1
    assert CELLS["lstm"].block_of("forget") == 1


def test_only_a_convolutional_network_has_no_states() -> None:
    assert [name for name, cell in CELLS.items() if not cell.is_recurrent] == ["tcn"]
    assert CELLS["tcn"].memory_gate is None


def test_a_gate_that_a_cell_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        CELLS["gru"].block_of("forget")


def test_the_equation_of_the_plain_rnn_shows_its_nonlinearity() -> None:
    assert CELLS["rnn"].equations("relu") == ("h' = relu(W_ih x + b_ih + W_hh h + b_hh)",)
    assert CELLS["rnn"].equations() == CELLS["rnn"].equations("tanh") == CELLS["rnn"].update


def test_a_nonlinearity_does_not_change_the_equations_of_a_gated_cell() -> None:
    lstm = CELLS["lstm"]
    assert lstm.equations("relu") == (*(gate.equation for gate in lstm.gates), *lstm.update)


def test_every_gate_has_an_equation_and_a_meaning() -> None:
    for cell in CELLS.values():
        for gate in cell.gates:
            assert gate.equation.startswith(f"{gate.symbol} = ")
            assert gate.meaning.endswith(".")
            assert gate.activation in {"sigmoid", "tanh"}

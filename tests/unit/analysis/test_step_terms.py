"""Each term of a gate's sum, recomputed one product at a time."""

import math

import numpy as np
import pytest
from by_hand import layers_by_hand, sigmoid, weights_of
from networks import classifying, fresh_network

from studio.analysis.gates.step_terms import largest_first, step_terms
from studio.core.cells import CELLS, RECURRENT_CELLS
from studio.core.inspection.edits import Clamp, Edits, Place
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.inspection.cell_courses import CellStepper

SEQUENCE = np.random.default_rng(5).normal(size=(5, 3)).astype(np.float32)


@pytest.mark.parametrize("prefix", ["l0", "l0_reverse", "l1", "l1_reverse"])
@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_every_term_is_a_weight_times_what_it_reads(cell: str, prefix: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=4, num_layers=2, bidirectional=True)
    network = fresh_network(spec, classifying())
    course = CellStepper(network, SEQUENCE, np.array(0), classifying()).run()
    rows = layers_by_hand(network, SEQUENCE)
    w_ih, w_hh, b_ih, b_hh = weights_of(network, prefix)
    for step in range(5):
        earlier = step + 1 if prefix.endswith("reverse") else step - 1
        was = rows[prefix][earlier] if 0 <= earlier < 5 else None
        below = [rows[name][step]["h"] for name in ("l0", "l0_reverse")]
        read = SEQUENCE[step] if prefix[1] == "0" else [*below[0], *below[1]]
        for unit in range(4):
            found = step_terms(CELLS[cell], course.layers[prefix], step, unit)
            for block, terms in enumerate(found.gates):
                row = 4 * block + unit
                for place, value in enumerate(read):
                    assert terms.inputs[place] == pytest.approx(w_ih[row, place] * value)
                for place in range(4):
                    heard = 0.0 if was is None else was["h"][place]
                    assert terms.hidden[place] == pytest.approx(w_hh[row, place] * heard)
                assert (terms.bias_input, terms.bias_hidden) == (b_ih[row], b_hh[row])
                assert terms.value == pytest.approx(rows[prefix][step][terms.gate][unit])
                is_tanh = terms.gate in {"new", "cell", "h"}
                activated = math.tanh(terms.total) if is_tanh else sigmoid(terms.total)
                assert activated == pytest.approx(terms.value, abs=1e-12)
            for state, value in found.after.items():
                assert value == pytest.approx(rows[prefix][step][state][unit])
                before = 0.0 if was is None else was[state][unit]
                assert found.before[state] == pytest.approx(before)


def test_the_bias_of_the_candidate_s_hidden_part_stands_within_the_reset_product() -> None:
    network = fresh_network(ContenderSpec(cell="gru", hidden_size=4), classifying())
    course = CellStepper(network, SEQUENCE, np.array(0), classifying()).run()
    reset, update, new = step_terms(CELLS["gru"], course.layers["l0"], 3, 1).gates
    assert (reset.factor, update.factor, new.factor) == (None, None, reset.value)
    inside = reset.value * (new.hidden.sum() + new.bias_hidden)
    assert new.total == pytest.approx(new.inputs.sum() + new.bias_input + inside)


def test_a_held_gate_keeps_the_sum_that_it_would_have_had() -> None:
    network = fresh_network(ContenderSpec(cell="lstm", hidden_size=4), classifying())
    by_hand = CellStepper(network, SEQUENCE, np.array(0), classifying())
    edits = Edits().with_clamp(Clamp(Place("l0", 1), "forget", 0.0, 2))
    held = step_terms(CELLS["lstm"], by_hand.run(edits).layers["l0"], 2, 1).gates[1]
    free = step_terms(CELLS["lstm"], by_hand.run().layers["l0"], 2, 1).gates[1]
    assert held.value == 0.0
    assert held.total == free.total


def test_contributions_stand_largest_first_whatever_their_sign() -> None:
    assert largest_first(np.array([0.1, -0.9, 0.5])) == [1, 2, 0]

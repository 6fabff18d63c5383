"""Courses by hand against cells that are written out unit by unit in plain Python."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from by_hand import cross_entropy, layers_by_hand, raw_outputs
from networks import classifying, embedding_text, forecasting, fresh_network, playing

from studio.core.cells import CELLS, RECURRENT_CELLS
from studio.core.inspection.edits import Clamp, Edits, Place
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.inference.tracing import trace_network
from studio.nn.inspection.cell_courses import CellStepper
from studio.nn.networks.network import Network

EXACT = 1e-12


def contender(cell: str, *, bidirectional: bool = False, layers: int = 2) -> ContenderSpec:
    return ContenderSpec(
        cell=cell, hidden_size=4, num_layers=layers, bidirectional=bidirectional, pooling="mean"
    )


def example(steps: int = 6, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(steps).normal(size=(steps, channels)).astype(np.float32)


def stepper(network: Network, sequence: np.ndarray, label: int = 2) -> CellStepper:
    return CellStepper(network, sequence, np.array(label), classifying())


@pytest.mark.parametrize("steps", [1, 2, 6])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_every_gate_and_state_is_that_of_the_equations_in_double_precision(
    cell: str, steps: int, *, bidirectional: bool
) -> None:
    network = fresh_network(contender(cell, bidirectional=bidirectional), classifying())
    sequence = example(steps)
    course, expected = stepper(network, sequence).run(), layers_by_hand(network, sequence)
    assert set(course.layers) == set(expected)
    for prefix, rows in expected.items():
        for name in rows[0]:
            values = np.array([row[name] for row in rows])
            assert np.abs(course.values(prefix, name) - values).max() < EXACT


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_prediction_and_loss_are_those_of_the_network(cell: str) -> None:
    network = fresh_network(contender(cell, bidirectional=True), classifying())
    sequence = example()
    course = stepper(network, sequence).run()
    raw = raw_outputs(network, layers_by_hand(network, sequence))
    assert course.loss == pytest.approx(cross_entropy(raw, 2), abs=EXACT)
    with torch.no_grad():
        exact = network.double()(torch.tensor(sequence, dtype=torch.float64)[None])[0].numpy()
    assert np.abs(exact - raw).max() < EXACT
    assert course.prediction == pytest.approx(np.exp(raw) / np.exp(raw).sum(), abs=1e-6)


def test_a_padded_batch_of_several_lengths_gives_the_same_predictions() -> None:
    network = fresh_network(contender("gru", bidirectional=True), classifying())
    lengths = (2, 6, 4)
    batch = np.zeros((3, 6, 3), dtype=np.float32)
    for row, length in enumerate(lengths):
        batch[row, :length] = example(length)
    with torch.no_grad():
        raw = network(torch.tensor(batch), torch.tensor(lengths)).softmax(dim=1).numpy()
    for row, length in enumerate(lengths):
        alone = stepper(network, batch[row, :length]).run().prediction
        assert np.abs(alone - raw[row]).max() < 1e-6


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_the_plain_cell_has_the_activation_that_was_chosen(nonlinearity: str) -> None:
    spec = ContenderSpec(cell="rnn", hidden_size=5, nonlinearity=nonlinearity, pooling="mean")
    network = fresh_network(spec, classifying())
    course = stepper(network, example()).run()
    expected = layers_by_hand(network, example())["l0"]
    assert np.abs(course.values("l0", "h") - [row["h"] for row in expected]).max() < EXACT
    assert course.nonlinearity == nonlinearity


def test_codes_of_a_text_are_read_through_the_embedding() -> None:
    spec = ContenderSpec(cell="lstm", hidden_size=4, embedding_size=3, pooling="mean")
    network = fresh_network(spec, embedding_text())
    codes = np.array([[1], [5], [0]])
    course = CellStepper(network, codes, np.array(1), embedding_text()).run()
    vectors = network.embedding.weight.detach().double().numpy()[codes[:, 0]]
    assert np.array_equal(course.layers["l0"].inputs, vectors)
    trace = trace_network(network, codes).layers
    assert np.abs(course.values("l0", "c") - trace["l0_c"]).max() < 1e-6


def test_values_are_predicted_in_their_units_and_steps_each() -> None:
    task = forecasting()
    network = fresh_network(contender("gru"), task)
    course = CellStepper(network, example(7), np.zeros(6, dtype=np.float32), task).run()
    raw = raw_outputs(network, layers_by_hand(network, example(7)))
    assert course.prediction == pytest.approx(task.predictions_from(raw[None])[0])
    assert course.loss == pytest.approx(float((raw**2).mean()))
    keys = playing()
    network = fresh_network(contender("gru"), keys)
    target = np.zeros((5, 4), dtype=np.uint8)
    assert CellStepper(network, example(5, 4), target, keys).run().prediction.shape == (5, 4)


@dataclass
class Held:
    """Holds a gate of unit 1 at 0.75."""

    prefix: str
    gate: str
    steps: range

    def __call__(self, layer: str, name: str, step: int, unit: int, value: float) -> float:
        is_here = (layer, name, unit) == (self.prefix, self.gate, 1) and step in self.steps
        return 0.75 if is_here else value


HELD = {
    "gru": ("reset", "update", "new"),
    "lstm": ("input", "forget", "cell", "output"),
    "coupled-lstm": ("forget", "cell", "output"),
    "rnn": ("h",),
}


@pytest.mark.parametrize("prefix", ["l0", "l0_reverse", "l1", "l1_reverse"])
@pytest.mark.parametrize(
    ("cell", "gate"), [(cell, gate) for cell, gates in HELD.items() for gate in gates]
)
def test_a_held_gate_changes_what_follows_as_the_equations_say(
    cell: str, gate: str, prefix: str
) -> None:
    network = fresh_network(contender(cell, bidirectional=True), classifying())
    for held in (range(6), range(2, 3)):
        only = None if len(held) > 1 else held[0]
        edits = Edits().with_clamp(Clamp(Place(prefix, 1), gate, 0.75, only))
        course = stepper(network, example()).run(edits)
        expected = layers_by_hand(network, example(), Held(prefix, gate, held))
        for where, rows in expected.items():
            for name in rows[0]:
                values = [row[name] for row in rows]
                assert np.abs(course.values(where, name) - values).max() < EXACT
        raw = raw_outputs(network, expected)
        assert course.loss == pytest.approx(cross_entropy(raw, 2), abs=EXACT)


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_nothing_reads_a_silenced_unit(cell: str) -> None:
    network = fresh_network(contender(cell), classifying())

    def change(layer: str, name: str, at: int, unit: int, value: float) -> float:
        del at
        return 0.0 if (layer, name, unit) == ("l0", "silence", 2) else value

    course = stepper(network, example()).run(Edits().with_silenced(Place("l0", 2), silenced=True))
    expected = layers_by_hand(network, example(), change)
    assert not course.values("l0", "h")[:, 2].any()
    for prefix, rows in expected.items():
        assert np.abs(course.values(prefix, "h") - [row["h"] for row in rows]).max() < EXACT


def test_an_edited_input_is_read_in_place_of_the_channel() -> None:
    network = fresh_network(contender("lstm"), classifying())
    edited = example()
    edited[:, 1] = np.linspace(-1, 1, 6)
    course = stepper(network, example()).run(Edits(inputs={1: np.linspace(-1, 1, 6)}))
    expected = layers_by_hand(network, edited.astype(np.float64))
    for prefix, rows in expected.items():
        assert np.abs(course.values(prefix, "c") - [row["c"] for row in rows]).max() < 1e-7


def test_holding_a_gate_at_its_own_values_changes_nothing() -> None:
    network = fresh_network(contender("gru"), classifying())
    by_hand = stepper(network, example())
    before = by_hand.run()
    edits = Edits()
    for step, unit in itertools.product(range(6), range(4)):
        value = float(before.values("l0", "update")[step, unit])
        edits = edits.with_clamp(Clamp(Place("l0", unit), "update", value, step))
    after = by_hand.run(edits)
    assert np.array_equal(after.values("l1", "h"), before.values("l1", "h"))
    assert after.loss == before.loss


def test_a_gate_held_at_all_steps_takes_the_place_of_single_steps() -> None:
    place = Place("l0", 3)
    edits = Edits().with_clamp(Clamp(place, "update", 0.1, 4))
    edits = edits.with_clamp(Clamp(place, "update", 0.9))
    assert edits.held(place, "update", 4) == 0.9
    edits = edits.with_clamp(Clamp(place, "update", 0.2, 4))
    assert (edits.held(place, "update", 4), edits.held(place, "update", 5)) == (0.2, 0.9)
    assert not edits.without_clamps(place, "update")


def test_the_cells_by_hand_are_all_of_the_program_s_own() -> None:
    assert set(HELD) == set(RECURRENT_CELLS)
    for cell, gates in HELD.items():
        assert gates == (tuple(gate.name for gate in CELLS[cell].gates) or ("h",))

"""Live gates: what stands in the rows goes by what is shown now."""

from collections.abc import Mapping

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.events import GatesTraced, RunId, Trace
from studio.gui.pages.train.gate_strips import GateStrips
from studio.gui.pages.train.view.live_runs import traces_text
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke

STEPS, UNITS = 12, 3
RED, BLUE = Stroke("#ff0000", SOLID, "o"), Stroke("#0000ff", SOLID, "o")


def prepared(*names: str, vocabulary: tuple[str, ...] | None = None) -> Preprocessing:
    return Preprocessing(
        kind="classify",
        input_names=names,
        input_units=("",) * len(names),
        input_scaler=Scaler.identity(len(names)),
        target_names=("class",),
        target_units=("",),
        class_names=("a", "b"),
        min_length=STEPS,
        max_length=STEPS,
        vocabulary=vocabulary,
        tokens=None if vocabulary is None else "characters",
    )


def traced(name: str, cell: str, inputs: np.ndarray, epoch: int = 1, seed: int = 1) -> GatesTraced:
    parts = [*(gate.name for gate in CELLS[cell].gates), *CELLS[cell].states]
    layers = {f"l0_{part}": np.full((STEPS, UNITS), 0.5, np.float32) for part in parts}
    return GatesTraced(RunId(name, seed), epoch, 0, Trace(inputs.astype(np.float32), layers))


@pytest.fixture
def strips(qtbot: QtBot) -> GateStrips:
    made = GateStrips(Appearance())
    qtbot.addWidget(made)
    made.resize(500, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(
    strips: GateStrips,
    preprocessing: Preprocessing,
    cells: Mapping[str, str],
    stroke: Stroke = RED,
    traced_ones: tuple[str, ...] | None = None,
) -> None:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(STEPS, len(preprocessing.input_names)))
    if preprocessing.vocabulary is not None:
        codes = np.arange(STEPS) % len(preprocessing.vocabulary)
        inputs = (
            codes[:, None] if preprocessing.embeds else np.eye(len(preprocessing.vocabulary))[codes]
        )
    names = tuple(cells) if traced_ones is None else traced_ones
    traces = {name: traced(name, cells[name], inputs) for name in names}
    strips.show_traces(traces, cells, dict.fromkeys(cells, stroke), preprocessing)


def test_the_input_is_called_by_the_channel_of_the_data_that_is_shown(strips: GateStrips) -> None:
    show(strips, prepared("Temp"), {"GRU": "gru"})
    assert strips.rows[0] == "Temp"
    show(strips, prepared("amplitude"), {"GRU": "gru"})
    assert strips.rows[0] == "amplitude"


def test_rows_are_those_of_the_cell_that_a_name_has_now(strips: GateStrips) -> None:
    show(strips, prepared("x"), {"mine": "gru"})
    assert strips.rows == ["x", "mine reset", "mine update", "mine h"]
    show(strips, prepared("x"), {"mine": "lstm"})
    assert strips.rows == ["x", "mine input", "mine forget", "mine output", "mine h"]


def test_names_take_the_colour_that_the_contender_has_now(strips: GateStrips) -> None:
    def colours() -> tuple[int, int]:
        """Red and blue points among the names."""
        strips.canvas.grab()  # the axis makes room for its names
        QApplication.processEvents()
        image = strips.canvas.grab().toImage()
        names = int(strips.canvas.getPlotItem().getViewBox().sceneBoundingRect().left())
        left = [image.pixelColor(x, y) for x in range(names) for y in range(image.height())]
        red = sum(each.red() > each.blue() + 60 for each in left)
        return red, sum(each.blue() > each.red() + 60 for each in left)

    show(strips, prepared("x"), {"mine": "gru"}, RED)
    red, blue = colours()
    assert red > blue == 0
    show(strips, prepared("x"), {"mine": "gru"}, BLUE)
    red, blue = colours()
    assert blue > red == 0


def test_a_contender_that_is_not_traced_yet_has_its_rows_already(strips: GateStrips) -> None:
    cells = {"GRU": "gru", "RNN": "rnn"}
    show(strips, prepared("x"), cells, traced_ones=("GRU",))
    assert strips.rows == ["x", "GRU reset", "GRU update", "GRU h", "RNN h"]


@pytest.mark.parametrize(
    ("names", "label"),
    [
        (("value", "marker"), "value, marker"),
        (("acceleration x", "acceleration y"), "2 channels"),
        (tuple(f"band {n}" for n in range(20)), "20 channels"),
    ],
)
def test_several_channels_are_all_drawn_and_counted(
    strips: GateStrips, names: tuple[str, ...], label: str
) -> None:
    show(strips, prepared(*names), {"GRU": "gru"})
    assert strips.rows[0] == label


@pytest.mark.parametrize("names", [("text",), ("<other>", "a", "b", " ")])
def test_a_text_is_shown_by_its_symbols_in_readable_form(
    strips: GateStrips, names: tuple[str, ...]
) -> None:
    show(strips, prepared(*names, vocabulary=("<other>", "a", "b", " ")), {"GRU": "gru"})
    assert strips.rows[0] == "4 symbols"
    assert strips.text.text() == "Input: “<other>ab <other>ab <other>ab”"
    show(strips, prepared("x"), {"GRU": "gru"})
    assert not strips.text.isVisible()


def test_colours_of_an_unbounded_state_span_its_largest_value(
    strips: GateStrips,
) -> None:
    trace = traced("relu", "rnn", np.zeros((STEPS, 1)))
    trace.trace.layers["l0_h"][3, 1] = 8.0
    cells = {"relu": "rnn"}
    strips.show_traces({"relu": trace}, cells, {"relu": RED}, prepared("x"))
    assert tuple(strips._images["relu", "h"].levels) == (-8.0, 8.0)


def test_seed_and_epoch_of_gates_are_shown_once_where_all_are_equal() -> None:
    inputs = np.zeros((STEPS, 1))

    def told(*runs: tuple[int, int]) -> str:
        found = {
            f"c{n}": traced(f"c{n}", "rnn", inputs, epoch, seed)
            for n, (seed, epoch) in enumerate(runs)
        }
        return traces_text(found)

    assert told((3, 20), (3, 20)) == "seed 3, epoch 20"
    assert told((1, 12), (1, 11)) == "seed 1, epoch 12 (c0), 11 (c1)"
    assert told((2, 1), (1, 20)) == "c0: seed 2, epoch 1; c1: seed 1, epoch 20"

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks import classifying, contenders, continuing, forecasting, fresh_network
from torch.utils.flop_counter import FlopCounterMode

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.model_size import LayerRow, layer_rows, size_of
from studio.core.specs.comparison_spec import ContenderSpec

PREPROCESSINGS = st.one_of(
    st.builds(classifying, channels=st.integers(1, 5), classes=st.integers(2, 6)),
    st.builds(continuing, symbols=st.integers(2, 8)),
    st.builds(forecasting, targets=st.integers(1, 3), horizon=st.integers(1, 4)),
)


@given(spec=contenders(), preprocessing=PREPROCESSINGS)
def test_parameters_equal_those_of_the_built_network(
    spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    network = fresh_network(spec, preprocessing)
    built = sum(parameter.numel() for parameter in network.parameters())
    rows = layer_rows(spec, preprocessing)
    assert size_of(spec, preprocessing).parameters == built
    assert sum(row.parameters for row in rows) == built
    layers = sum(parameter.numel() for parameter in network.layers.parameters())
    assert sum(row.parameters for row in layers_of(rows)) == layers


def layers_of(rows: tuple[LayerRow, ...]) -> list[LayerRow]:
    return [
        row for row in rows if row.name.startswith(("GRU", "LSTM", "RNN", "Coupled LSTM", "TCN"))
    ]


@given(spec=contenders(), preprocessing=PREPROCESSINGS)
def test_a_gru_does_three_quarters_of_the_recurrent_work_of_an_lstm(
    spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    shape = spec.model_dump(exclude={"cell", "nonlinearity", "kernel_size"})
    gru, lstm = (
        layers_of(layer_rows(ContenderSpec(cell=cell, **shape), preprocessing))
        for cell in ("gru", "lstm")
    )
    for three, four in zip(gru, lstm, strict=True):
        assert 4 * three.macs == 3 * four.macs
        assert 4 * three.parameters == 3 * four.parameters


@given(spec=contenders(), preprocessing=PREPROCESSINGS)
def test_an_lstm_with_coupled_gates_is_as_large_as_a_gru(
    spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    shape = spec.model_dump(exclude={"cell", "nonlinearity", "kernel_size"})
    gru, coupled = (
        size_of(ContenderSpec(cell=cell, **shape), preprocessing)
        for cell in ("gru", "coupled-lstm")
    )
    assert coupled == gru


def test_rows_match_a_count_by_hand() -> None:
    spec = ContenderSpec(cell="gru", hidden_size=4, bidirectional=True, pooling="attention")
    rows = layer_rows(spec, classifying(channels=3, classes=5, steps=7))
    assert rows == (
        LayerRow("input", "7 × 3", 0, 0),
        LayerRow("GRU", "7 × 8", 2 * 12 * (3 + 4 + 2), 7 * 2 * 12 * (3 + 4)),
        LayerRow("attention", "8", 9, 2 * 7 * 8),
        LayerRow("linear", "5", 45, 40),
    )


def test_rows_of_convolutions_match_a_count_by_hand() -> None:
    spec = ContenderSpec(cell="tcn", hidden_size=4, num_layers=2, kernel_size=2)
    first, second = layers_of(layer_rows(spec, classifying(channels=3, classes=5, steps=7)))
    weights = 2 * 3 * 4 + 2 * 4 * 4 + 3 * 4  # two convolutions, and one of a single step
    assert first == LayerRow("TCN 1", "7 × 4", weights + 3 * 4, 7 * weights)
    assert second == LayerRow("TCN 2", "7 × 4", 4 * 4 * 4 + 2 * 4, 7 * 4 * 4 * 4)


@given(spec=contenders(["tcn"]), channels=st.integers(1, 5))
def test_multiply_accumulates_of_convolutions_are_those_that_torch_counts(
    spec: ContenderSpec, channels: int
) -> None:
    preprocessing = classifying(channels=channels, steps=7)
    network = fresh_network(spec, preprocessing)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.layers(torch.zeros(1, 7, channels))
    counted = sum(row.macs for row in layers_of(layer_rows(spec, preprocessing)))
    assert counter.get_total_flops() == 2 * counted


@pytest.mark.parametrize(("layers", "names"), [(1, ["LSTM"]), (2, ["LSTM 1", "LSTM 2"])])
def test_layers_are_numbered_if_there_are_several(layers: int, names: list[str]) -> None:
    rows = layer_rows(ContenderSpec(cell="lstm", num_layers=layers), classifying())
    assert [row.name for row in layers_of(rows)] == names

import numpy as np
import pytest
import torch
from networks import (
    classifying,
    continuing,
    embedding_text,
    forecasting,
    forecasting_series,
    fresh_network,
)

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.inference.attribution import Explained, attribute, integrated_gradients
from studio.nn.networks.network import Network

STEPS = 7


def sequence(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(STEPS, channels)).astype(np.float32)


def strong_network(spec: ContenderSpec, preprocessing: Preprocessing) -> Network:
    """With weights that saturate its gates, as after a long training."""
    network = fresh_network(spec, preprocessing)
    with torch.no_grad():
        for weights in network.parameters():
            weights.mul_(3)
    return network


@pytest.mark.parametrize(
    ("cell", "pooling"),
    [("gru", "last"), ("gru", "max"), ("lstm", "mean"), ("lstm", "attention"), ("tcn", "last")],
)
def test_attributions_add_up_to_the_difference_from_the_baseline_within_one_per_cent(
    cell: str, pooling: str
) -> None:
    recurrent = cell != "tcn"
    spec = ContenderSpec(
        cell=cell,
        hidden_size=6,
        num_layers=2,
        bidirectional=recurrent,
        pooling=pooling,
        kernel_size=None if recurrent else 3,
    )
    for preprocessing in (classifying(), forecasting()):
        network = strong_network(spec, preprocessing)
        found = attribute(network, sequence(), preprocessing, Explained(1))
        assert found.values.shape == (STEPS, 3)
        assert abs(found.output - found.baseline) > 1e-5
        assert found.completeness_error < 0.01
        assert -1 <= found.occlusion <= 1
        assert 0 <= found.shuffled <= 1


def test_of_a_linear_network_each_attribution_is_weight_times_input() -> None:
    generator = np.random.default_rng(2)
    weights, inputs = generator.normal(size=(2, STEPS, 3))
    weight = torch.from_numpy(weights)
    values, at_input, at_zero, points = integrated_gradients(
        lambda vectors: (vectors * weight).sum(dim=(1, 2)) + 5.0, torch.from_numpy(inputs), 10
    )
    assert np.allclose(values, weights * inputs, atol=1e-12)
    assert (at_input, at_zero) == (pytest.approx(5 + (weights * inputs).sum()), 5.0)
    assert points == 32


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_gradients_along_the_path_equal_finite_differences(cell: str) -> None:
    preprocessing = forecasting()
    network = strong_network(ContenderSpec(cell=cell, hidden_size=4), preprocessing)
    inputs, output = sequence(), 2
    found = attribute(network, inputs, preprocessing, Explained(output))
    double = network.double()
    _, scales = preprocessing.target_scales() or (None, None)
    assert scales is not None

    def value(scaled: np.ndarray) -> float:
        with torch.no_grad():
            raw = double(torch.from_numpy(scaled)[None])[0, output]
        return float(raw) * float(scales[output])

    nodes, shares = np.polynomial.legendre.leggauss(40)  # more than it takes
    for place in ((0, 0), (3, 1), (6, 2)):
        nudge = np.zeros(inputs.shape)
        nudge[place] = 1e-5
        slopes = [
            (value(at * inputs + nudge) - value(at * inputs - nudge)) / 2e-5
            for at in (nodes + 1) / 2
        ]
        expected = float(inputs[place]) * float(np.dot(shares / 2, slopes))
        assert found.values[place] == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_occlusion_agrees_where_inputs_do_not_interact_and_shuffled_weights_do_not() -> None:
    """A network whose gates stand still and whose candidate is small is nearly linear."""
    preprocessing = forecasting()
    network = fresh_network(ContenderSpec(cell="gru", hidden_size=8), preprocessing)
    with torch.no_grad():
        for weights in network.recurrent.stock.parameters():
            weights.mul_(0.05)
    found = attribute(network, sequence(), preprocessing, Explained(0))
    assert found.occlusion > 0.999
    assert found.shuffled < 0.9


def test_an_embedded_text_has_one_attribution_for_each_symbol() -> None:
    preprocessing = embedding_text()
    network = strong_network(ContenderSpec(cell="lstm", hidden_size=5), preprocessing)
    codes = np.arange(STEPS, dtype=np.int32)[:, None]
    found = attribute(network, codes, preprocessing, Explained(2))
    assert found.values.shape == (STEPS, 1)
    assert found.completeness_error < 0.01


def test_nothing_after_the_explained_step_contributes() -> None:
    preprocessing = continuing()
    network = strong_network(ContenderSpec(cell="gru", hidden_size=5), preprocessing)
    symbols = np.eye(5, dtype=np.float32)[np.arange(STEPS) % 5]
    found = attribute(network, symbols, preprocessing, Explained(1, step=3))
    assert np.all(found.values[4:] == 0)
    assert np.any(found.values[3] != 0)


def test_a_series_with_a_scaler_of_its_own_is_explained_in_its_own_unit() -> None:
    preprocessing = forecasting_series()
    network = strong_network(ContenderSpec(cell="gru", hidden_size=5), preprocessing)
    small, large = (
        attribute(network, sequence(), preprocessing, Explained(0, series=np.array([series])))
        for series in (0, 1)
    )
    assert np.allclose(large.values, 1e3 * small.values)


def test_the_network_stays_as_it_was() -> None:
    network = fresh_network(ContenderSpec(cell="gru", hidden_size=5), classifying())
    before = [weights.clone() for weights in network.parameters()]
    attribute(network, sequence(), classifying(), Explained(0))
    assert all(map(torch.equal, before, network.parameters()))

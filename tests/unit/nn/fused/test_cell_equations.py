"""The fused engine computes what torch.nn computes in double precision."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from support import shared_file
from unit.nn.fused.make_layers import (
    CELLS,
    Case,
    cases,
    fused_layers,
    fused_result,
    reference_result,
    worst,
)

from studio.nn.engines.engine_selection import RecurrentConfig, TorchEngine
from studio.nn.engines.fused_layers import FusedLayers
from studio.nn.engines.recurrent_layers import run_layer

OUTPUT_TOLERANCE, GRADIENT_TOLERANCE = 1e-5, 1e-4


def compare(case: Case) -> None:
    layers = fused_layers(case.config)
    actual, expected = fused_result(layers, case), reference_result(layers, case)
    assert worst(actual.outputs, expected.outputs) < OUTPUT_TOLERANCE
    for state, true in zip(actual.states, expected.states, strict=True):
        assert worst(state, true) < OUTPUT_TOLERANCE
    for gradient, true in zip(actual.gradients, expected.gradients, strict=True):
        assert worst(gradient, true) < GRADIENT_TOLERANCE


@settings(max_examples=60)
@given(case=cases())
@example(Case(RecurrentConfig("gru", 1, 1), 1, 1, None, 2))
@example(Case(RecurrentConfig("lstm", 65, 130, 1, bidirectional=True), 70, 3, None, 2))
@example(Case(RecurrentConfig("gru", 3, 24), 150, 5, None, 1))
def test_outputs_states_and_gradients_equal_torchs_for_any_sizes(case: Case) -> None:
    compare(case)


@pytest.mark.parametrize("cell", CELLS)
def test_a_thousand_units_and_inputs_work(cell: str) -> None:
    compare(Case(RecurrentConfig(cell, 1024, 1024), 2, 2, None, 2))


@pytest.mark.parametrize("cell", CELLS)
def test_ten_thousand_steps_work(cell: str) -> None:
    compare(Case(RecurrentConfig(cell, 1, 4), 2, 10_000, None, 2))


@pytest.mark.parametrize("cell", CELLS)
def test_inputs_need_not_be_contiguous(cell: str) -> None:
    layers = fused_layers(RecurrentConfig(cell, 3, 5))
    whole = torch.randn(7, 9, 6, generator=torch.Generator().manual_seed(0))
    for view in (
        whole[:, :, ::2],
        whole[:, :, 1:4],
        whole[:, ::2, :3],
        whole[:1].expand(4, 9, 6)[:, :, :3],
    ):
        assert torch.equal(layers(view), layers(view.contiguous()))
    turned = torch.randn(9, 7, 3).transpose(0, 1)
    assert torch.equal(layers(turned), layers(turned.contiguous()))


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_need_not_be_contiguous(cell: str) -> None:
    layers = fused_layers(RecurrentConfig(cell, 3, 5))
    inputs = torch.randn(7, 9, 3)
    weights = list(layers.parameters())
    for pool in (
        lambda out: out.sum(),
        lambda out: out.mean(dim=1).sum(),
        lambda out: out[:, 2].sum(),
    ):
        strange = torch.autograd.grad(pool(layers(inputs)), weights)
        outputs = layers(inputs)
        dense = torch.autograd.grad(pool(outputs), outputs)[0].contiguous()
        plain = torch.autograd.grad(layers(inputs), weights, dense)
        assert all(torch.equal(a, b) for a, b in zip(strange, plain, strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_cells_match_the_golden_file(cell: str) -> None:
    with np.load(shared_file("golden/cells_float64.npz")) as arrays:
        golden = {name: torch.from_numpy(values) for name, values in arrays.items()}
    layers = FusedLayers(RecurrentConfig(cell, 4, 5))
    kinds = {
        "weight_ih_l0": "w_ih",
        "weight_hh_l0": "w_hh",
        "bias_ih_l0": "b_ih",
        "bias_hh_l0": "b_hh",
    }
    layers.stock.load_state_dict(
        {name: golden[f"{cell}_{kind}"].float() for name, kind in kinds.items()}
    )
    outputs = layers(golden["x"].float())
    assert worst(outputs.detach(), golden[f"{cell}_h"]) < 1e-6
    hidden, recorded = layers.record(golden["x"][0].float(), 0, reverse=False)
    assert worst(hidden, golden[f"{cell}_h"][0]) < 1e-6
    gates = {"gru": "gru_gates_rzn", "lstm": "lstm_gates_ifgo"}
    if cell in gates:
        names = [name for name in recorded if name not in {"h", "c"}]
        for number, name in enumerate(names):
            assert worst(recorded[name], golden[gates[cell]][0, :, number]) < 1e-6
    if cell == "lstm":
        assert worst(recorded["c"], golden["lstm_c"][0]) < 1e-6


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reverse", [False, True])
def test_recorded_gates_equal_those_of_torch(cell: str, *, reverse: bool) -> None:
    config = RecurrentConfig(cell, 3, 13, 1, bidirectional=True)
    fused, stock = fused_layers(config), TorchEngine().build(config)
    stock.stock.load_state_dict(fused.stock.state_dict())
    sequence = torch.randn(11, 3)
    with torch.no_grad():
        hidden, recorded = fused.record(sequence, 0, reverse=reverse)
        true_hidden, expected = stock.record(sequence, 0, reverse=reverse)
    assert recorded.keys() == expected.keys()
    assert worst(hidden, true_hidden.double()) < 1e-6
    assert all(worst(recorded[name], expected[name].double()) < 1e-6 for name in expected)
    assert torch.equal(hidden, recorded["h"])


@pytest.mark.parametrize("cell", CELLS)
def test_a_gradient_is_the_slope_of_the_loss(cell: str) -> None:
    """Along the gradient itself the loss rises by its squared norm: float32 can tell that."""
    layers = fused_layers(RecurrentConfig(cell, 3, 12, 2, bidirectional=True))
    inputs, weights = torch.randn(5, 8, 3), list(layers.parameters())

    def loss() -> torch.Tensor:
        return (layers(inputs).double() ** 2).sum()

    gradients = torch.autograd.grad(loss(), weights)
    square = sum(float((gradient.double() ** 2).sum()) for gradient in gradients)
    step = 1e-2 / square**0.5
    ends = []
    for sign in (step, -2 * step):
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight.add_(gradient, alpha=sign)
            ends.append(float(loss()))
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(square, rel=2e-3)


@pytest.mark.parametrize("cell", CELLS)
def test_states_carry_a_sequence_that_is_cut_in_two(cell: str) -> None:
    layers = fused_layers(RecurrentConfig(cell, 3, 9, 2))
    inputs = torch.randn(4, 10, 3)
    whole, last = layers.run(inputs)
    first, middle = layers.run(inputs[:, :6])
    second, end = layers.run(inputs[:, 6:], before=middle)
    assert torch.equal(torch.cat([first, second], dim=1), whole)
    assert torch.equal(end.h, last.h)
    assert end.c is None or torch.equal(end.c, last.c)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_last_outputs_and_their_gradients_equal_those_of_pooling_all_outputs(
    cell: str, *, bidirectional: bool
) -> None:
    layers = fused_layers(RecurrentConfig(cell, 3, 9, 2, bidirectional))
    inputs, lengths = torch.randn(4, 10, 3), torch.tensor([10, 1, 4, 7])
    for known in (None, lengths):
        short = layers.last(inputs, known)
        long = super(FusedLayers, layers).last(inputs, known)
        assert torch.equal(short, long)
        weights = list(layers.parameters())
        pairs = (torch.autograd.grad((outputs**2).sum(), weights) for outputs in (short, long))
        assert all(torch.equal(a, b) for a, b in zip(*pairs, strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_of_every_state_counts_all_later_steps(cell: str) -> None:
    layers = fused_layers(RecurrentConfig(cell, 3, 9))
    inputs = torch.randn(2, 7, 3)
    nudge = torch.zeros(2, 7, 9, requires_grad=True)
    outputs, _ = layers.run(inputs, nudges=[nudge])
    (gradient,) = torch.autograd.grad((outputs[:, -1] ** 2).sum(), [nudge])
    for step in (0, 3, 6):
        states = layers.run(inputs[:, : step + 1])[1]
        h = states.h.detach().requires_grad_()
        c = None if states.c is None else states.c.detach()
        end = (
            h[0]
            if step == 6
            else layers.run(inputs[:, step + 1 :], before=type(states)(h, c))[0][:, -1]
        )
        (expected,) = torch.autograd.grad((end**2).sum(), [h])
        assert worst(gradient[:, step], expected[0].double()) < 1e-6


def test_padding_is_finite_and_has_no_effect() -> None:
    for cell in CELLS:
        layers = fused_layers(RecurrentConfig(cell, 3, 9, 2, bidirectional=True))
        lengths = torch.tensor([5, 2, 1])
        inputs = torch.randn(3, 5, 3)
        other = inputs.clone()
        other[torch.arange(5) >= lengths[:, None]] = 1e3
        ours, theirs = layers(inputs, lengths), layers(other, lengths)
        assert bool(torch.isfinite(theirs).all())
        for row, length in enumerate(lengths):
            assert torch.equal(ours[row, :length], theirs[row, :length])


def test_a_weight_that_is_not_finite_shows_in_the_outputs() -> None:
    for cell in CELLS:
        layers = fused_layers(RecurrentConfig(cell, 3, 9))
        with torch.no_grad():
            layers.stock.weight_ih_l0.fill_(float("nan"))
        assert bool(torch.isnan(layers(torch.randn(2, 4, 3))).all())


def test_double_precision_and_second_derivatives_are_refused() -> None:
    layers = fused_layers(RecurrentConfig("gru", 3, 9))
    inputs = torch.randn(2, 4, 3)
    with pytest.raises(TypeError, match=r"build the layers with torch\.nn"):
        layers(inputs.double())
    (first,) = torch.autograd.grad(
        (layers(inputs) ** 2).sum(), [layers.stock.weight_hh_l0], create_graph=True
    )
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_torch_layers_of_the_same_seed_have_the_same_weights() -> None:
    config = RecurrentConfig("lstm", 3, 9, 2, bidirectional=True)
    torch.manual_seed(5)
    stock = TorchEngine().build(config)
    fused = fused_layers(config, seed=5)
    ours, theirs = fused.state_dict(), stock.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    hidden = run_layer(fused, torch.randn(1, 4, 3), 0, reverse=True)
    assert hidden.shape == (1, 4, 9)

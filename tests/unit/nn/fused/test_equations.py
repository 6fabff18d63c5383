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
    fused_answer,
    fused_layers,
    true_answer,
    worst,
)

from studio.nn.engine import LayersRequest, TorchEngine
from studio.nn.fused.engine import FusedLayers
from studio.nn.layers import run_layer

OUTPUT_TOLERANCE, GRADIENT_TOLERANCE = 1e-5, 1e-4


def compare(case: Case) -> None:
    layers = fused_layers(case.request)
    found, expected = fused_answer(layers, case), true_answer(layers, case)
    assert worst(found.outputs, expected.outputs) < OUTPUT_TOLERANCE
    for state, true in zip(found.states, expected.states, strict=True):
        assert worst(state, true) < OUTPUT_TOLERANCE
    for gradient, true in zip(found.gradients, expected.gradients, strict=True):
        assert worst(gradient, true) < GRADIENT_TOLERANCE


@settings(max_examples=60)
@given(case=cases())
@example(Case(LayersRequest("gru", 1, 1), 1, 1, None, 2))
@example(Case(LayersRequest("lstm", 65, 130, 1, bidirectional=True), 70, 3, None, 2))
@example(Case(LayersRequest("gru", 3, 24), 150, 5, None, 1))
def test_outputs_states_and_gradients_are_those_of_torch_for_any_sizes(case: Case) -> None:
    compare(case)


@pytest.mark.parametrize("cell", CELLS)
def test_a_thousand_units_and_inputs_are_served(cell: str) -> None:
    compare(Case(LayersRequest(cell, 1024, 1024), 2, 2, None, 2))


@pytest.mark.parametrize("cell", CELLS)
def test_ten_thousand_steps_are_served(cell: str) -> None:
    compare(Case(LayersRequest(cell, 1, 4), 2, 10_000, None, 2))


@pytest.mark.parametrize("cell", CELLS)
def test_inputs_need_not_lie_together_in_memory(cell: str) -> None:
    layers = fused_layers(LayersRequest(cell, 3, 5))
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
def test_gradients_need_not_lie_together_in_memory(cell: str) -> None:
    layers = fused_layers(LayersRequest(cell, 3, 5))
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
def test_cells_are_those_of_the_golden_file(cell: str) -> None:
    with np.load(shared_file("golden/cells_float64.npz")) as arrays:
        golden = {name: torch.from_numpy(values) for name, values in arrays.items()}
    layers = FusedLayers(LayersRequest(cell, 4, 5))
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
    hidden, found = layers.record(golden["x"][0].float(), 0, reverse=False)
    assert worst(hidden, golden[f"{cell}_h"][0]) < 1e-6
    gates = {"gru": "gru_gates_rzn", "lstm": "lstm_gates_ifgo"}
    if cell in gates:
        names = [name for name in found if name not in {"h", "c"}]
        for number, name in enumerate(names):
            assert worst(found[name], golden[gates[cell]][0, :, number]) < 1e-6
    if cell == "lstm":
        assert worst(found["c"], golden["lstm_c"][0]) < 1e-6


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reverse", [False, True])
def test_gates_that_are_recorded_are_those_that_torch_would_compute(
    cell: str, *, reverse: bool
) -> None:
    request = LayersRequest(cell, 3, 13, 1, bidirectional=True)
    fused, stock = fused_layers(request), TorchEngine().build(request)
    stock.stock.load_state_dict(fused.stock.state_dict())
    sequence = torch.randn(11, 3)
    with torch.no_grad():
        hidden, found = fused.record(sequence, 0, reverse=reverse)
        true_hidden, expected = stock.record(sequence, 0, reverse=reverse)
    assert found.keys() == expected.keys()
    assert worst(hidden, true_hidden.double()) < 1e-6
    assert all(worst(found[name], expected[name].double()) < 1e-6 for name in expected)
    assert torch.equal(hidden, found["h"])


@pytest.mark.parametrize("cell", CELLS)
def test_a_gradient_is_the_slope_of_the_loss(cell: str) -> None:
    """Along the gradient itself the loss rises by its squared norm: float32 can tell that."""
    layers = fused_layers(LayersRequest(cell, 3, 12, 2, bidirectional=True))
    inputs, weights = torch.randn(5, 8, 3), list(layers.parameters())

    def loss() -> torch.Tensor:
        return (layers(inputs).double() ** 2).sum()

    gradients = torch.autograd.grad(loss(), weights)
    square = sum(float((each.double() ** 2).sum()) for each in gradients)
    step = 1e-2 / square**0.5
    ends = []
    for sign in (step, -2 * step):
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight.add_(gradient, alpha=sign)
            ends.append(float(loss()))
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(square, rel=2e-3)


@pytest.mark.parametrize("cell", CELLS)
def test_sequences_cut_in_two_are_carried_on_by_their_states(cell: str) -> None:
    layers = fused_layers(LayersRequest(cell, 3, 9, 2))
    inputs = torch.randn(4, 10, 3)
    whole, last = layers.run(inputs)
    first, middle = layers.run(inputs[:, :6])
    second, end = layers.run(inputs[:, 6:], before=middle)
    assert torch.equal(torch.cat([first, second], dim=1), whole)
    assert torch.equal(end.h, last.h)
    assert end.c is None or torch.equal(end.c, last.c)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_last_outputs_and_their_gradients_are_those_of_pooling_all_outputs(
    cell: str, *, bidirectional: bool
) -> None:
    layers = fused_layers(LayersRequest(cell, 3, 9, 2, bidirectional))
    inputs, lengths = torch.randn(4, 10, 3), torch.tensor([10, 1, 4, 7])
    for known in (None, lengths):
        short = layers.last(inputs, known)
        long = super(FusedLayers, layers).last(inputs, known)
        assert torch.equal(short, long)
        weights = list(layers.parameters())
        pairs = (torch.autograd.grad((each**2).sum(), weights) for each in (short, long))
        assert all(torch.equal(a, b) for a, b in zip(*pairs, strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_of_every_state_counts_all_later_steps(cell: str) -> None:
    layers = fused_layers(LayersRequest(cell, 3, 9))
    inputs = torch.randn(2, 7, 3)
    nudge = torch.zeros(2, 7, 9, requires_grad=True)
    outputs, _ = layers.run(inputs, nudges=[nudge])
    (found,) = torch.autograd.grad((outputs[:, -1] ** 2).sum(), [nudge])
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
        assert worst(found[:, step], expected[0].double()) < 1e-6


def test_what_stands_behind_a_length_is_finite_and_changes_nothing() -> None:
    for cell in CELLS:
        layers = fused_layers(LayersRequest(cell, 3, 9, 2, bidirectional=True))
        lengths = torch.tensor([5, 2, 1])
        inputs = torch.randn(3, 5, 3)
        other = inputs.clone()
        other[torch.arange(5) >= lengths[:, None]] = 1e3
        ours, theirs = layers(inputs, lengths), layers(other, lengths)
        assert bool(torch.isfinite(theirs).all())
        for row, length in enumerate(lengths):
            assert torch.equal(ours[row, :length], theirs[row, :length])


def test_a_weight_that_is_no_number_is_noticed() -> None:
    for cell in CELLS:
        layers = fused_layers(LayersRequest(cell, 3, 9))
        with torch.no_grad():
            layers.stock.weight_ih_l0.fill_(float("nan"))
        assert bool(torch.isnan(layers(torch.randn(2, 4, 3))).all())


def test_double_precision_and_second_derivatives_are_refused() -> None:
    layers = fused_layers(LayersRequest("gru", 3, 9))
    inputs = torch.randn(2, 4, 3)
    with pytest.raises(TypeError, match=r"build the layers with torch\.nn"):
        layers(inputs.double())
    (first,) = torch.autograd.grad(
        (layers(inputs) ** 2).sum(), [layers.stock.weight_hh_l0], create_graph=True
    )
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_torch_layers_of_the_same_seed_have_the_same_weights() -> None:
    request = LayersRequest("lstm", 3, 9, 2, bidirectional=True)
    torch.manual_seed(5)
    stock = TorchEngine().build(request)
    fused = fused_layers(request, seed=5)
    ours, theirs = fused.state_dict(), stock.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    found = run_layer(fused, torch.randn(1, 4, 3), 0, reverse=True)
    assert found.shape == (1, 4, 9)

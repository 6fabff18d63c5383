"""How much of the gradient of one example's loss reaches each step of time."""

import torch
from torch import Tensor

from studio.core.arrays import Floats, Truth
from studio.core.preparation import Preparation
from studio.nn.layers import LayersRequest, RecurrentLayers, layer_weights
from studio.nn.network import Network
from studio.nn.optimization import LOSSES


def gradient_norms(
    network: Network, sequence: Floats, target: Truth, preparation: Preparation
) -> dict[str, Floats]:
    """Norms of the loss's gradient with respect to each hidden state, over all later steps.

    The state h after a step is taken as free, so a norm counts every way from that step to the
    loss: through later states and through the pooling.

    Args:
        network: Any network on the CPU; dropout is off, whatever its mode.
        sequence: Scaled input without padding, (time, channels).
        target: A class, (), or scaled values, (outputs,).
        preparation: Says which loss the network was trained with.

    Returns:
        By layer and direction as in a trace ("l0", "l0_reverse"): (time,) in the order of time.
    """
    was_training = network.training
    network.eval()
    nudges: dict[str, Tensor] = {}
    outputs = network.embedded(torch.as_tensor(sequence)).detach()
    with torch.enable_grad():
        for layer in range(network.recurrent.request.num_layers):
            outputs = _unrolled_layer(network.recurrent, outputs, layer, nudges)
        raw = network.head(network.pool(outputs[None], None))
        loss = LOSSES[preparation.loss](raw, torch.as_tensor(target)[None])
        found = torch.autograd.grad(loss, list(nudges.values()))
    network.train(was_training)
    return {
        name: each.norm(dim=1).float().numpy() for name, each in zip(nudges, found, strict=True)
    }


def _unrolled_layer(
    layers: RecurrentLayers, inputs: Tensor, layer: int, nudges: dict[str, Tensor]
) -> Tensor:
    outputs = []
    for reverse in (False, True) if layers.request.bidirectional else (False,):
        seen = inputs.flip(0) if reverse else inputs
        nudge = seen.new_zeros(len(seen), layers.request.hidden_size, requires_grad=True)
        weights = [each.detach() for each in layer_weights(layers, layer, reverse=reverse)]
        hidden = _unroll(layers.request, seen, nudge.flip(0) if reverse else nudge, weights)
        nudges[f"l{layer}_reverse" if reverse else f"l{layer}"] = nudge
        outputs.append(hidden.flip(0) if reverse else hidden)
    return torch.cat(outputs, dim=1)


def _unroll(request: LayersRequest, inputs: Tensor, nudge: Tensor, weights: list[Tensor]) -> Tensor:
    """Hidden states (time, hidden_size), to each of which its nudge was added."""
    state = nudge.new_zeros(1, request.hidden_size)
    memory = state
    states = []
    for step, more in zip(inputs[:, None], nudge[:, None], strict=True):
        if request.cell == "lstm":
            state, memory = torch.lstm_cell(step, (state, memory), *weights)
        elif request.cell == "gru":
            state = torch.gru_cell(step, state, *weights)
        else:
            relu = request.nonlinearity == "relu"
            cell = torch.rnn_relu_cell if relu else torch.rnn_tanh_cell
            state = cell(step, state, *weights)
        state = state + more
        states.append(state)
    return torch.cat(states)

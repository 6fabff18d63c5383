"""How much of the gradient of one example's loss reaches each step of time."""

from collections.abc import Iterator

import torch
from torch import Tensor

from studio.core.arrays import Floats, Truth
from studio.core.preparation import Preparation
from studio.nn.layers import LayersRequest
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
        target: A class, (), scaled values, (outputs,), or what each step is to answer.
        preparation: Says which loss the network was trained with.

    Returns:
        By layer and direction as in a trace ("l0", "l0_reverse"): (time,) in the order of time.
    """
    was_training = network.training
    network.eval()
    request = network.recurrent.request
    inputs = network.embedded(torch.as_tensor(sequence)).detach()
    nudges = [
        inputs.new_zeros(len(inputs), request.output_size, requires_grad=True)
        for _ in range(request.num_layers)
    ]
    with torch.enable_grad():
        outputs = network.recurrent.nudged(inputs, nudges)
        raw = network.read_out(outputs[None], None)
        loss = LOSSES[preparation.loss](raw, torch.as_tensor(target)[None])
        found = torch.autograd.grad(loss, nudges)
    network.train(was_training)
    return {name: each.norm(dim=1).float().numpy() for name, each in _named(request, found)}


def _named(request: LayersRequest, found: tuple[Tensor, ...]) -> Iterator[tuple[str, Tensor]]:
    """The gradients of each layer and direction."""
    for layer, gradient in enumerate(found):
        ahead, *back = gradient.split(request.hidden_size, dim=1)
        yield f"l{layer}", ahead
        for each in back:
            yield f"l{layer}_reverse", each

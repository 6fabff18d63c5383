"""The gradient norm of one example's loss at each time step."""

from collections.abc import Iterator

import torch
from torch import Tensor

from studio.core.arrays import Floats, Truth
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.engines.recurrent_layers import RecurrentConfig
from studio.nn.losses import scored_loss
from studio.nn.networks.network import Network


def gradient_norms(
    network: Network, sequence: Floats, target: Truth, preprocessing: Preprocessing
) -> dict[str, Floats]:
    """Norms of the loss's gradient with respect to each hidden state.

    The state h after a step is treated as a free variable, so a norm includes every path from that
    step to the loss: through later states and through the pooling.

    Args:
        network: Any network on the CPU; dropout is off, whatever its mode.
        sequence: Scaled input without padding, (time, channels).
        target: A class, (), scaled values, (outputs,), or the targets of each step.
        preprocessing: Determines the loss.

    Returns:
        By layer and direction as in a trace ("l0", "l0_reverse"): (time,) in time order.

    Raises:
        TypeError: The network is convolutional.
    """
    layers = network.recurrent_layers
    was_training = network.training
    network.eval()
    config = layers.config
    inputs = network.embedded(torch.as_tensor(sequence)).detach()
    nudges = [
        inputs.new_zeros(len(inputs), config.output_size, requires_grad=True)
        for _ in range(config.num_layers)
    ]
    with torch.enable_grad():
        outputs = layers.nudged(inputs, nudges)
        raw = network.read_out(outputs[None], None)
        loss = scored_loss(preprocessing, raw.device)(raw, torch.as_tensor(target)[None])
        gradients = torch.autograd.grad(loss, nudges)
    network.train(was_training)
    return {
        name: gradient.norm(dim=1).float().numpy()
        for name, gradient in _by_direction(config, gradients)
    }


def _by_direction(
    config: RecurrentConfig, gradients: tuple[Tensor, ...]
) -> Iterator[tuple[str, Tensor]]:
    for layer, gradient in enumerate(gradients):
        forward, *backward = gradient.split(config.hidden_size, dim=1)
        yield f"l{layer}", forward
        for part in backward:
            yield f"l{layer}_reverse", part

"""Attribution of a prediction to inputs: integrated gradients, with occlusion as a check.

Integrated gradients: Sundararajan, Taly and Yan, ICML 2017. Networks with shuffled weights as a
check: Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.inspection.attribution import Attribution, correlation
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.networks.network import Network

_POINTS_OF_A_PIECE = 8
_FEWEST_POINTS, _MOST_POINTS = 32, 4096
_ACCURATE = 0.005
_ACTIVATIONS_AT_ONCE = 2_000_000
_MOST_PATCHES = 512
_SHUFFLES = 5

Output = Callable[[Tensor], Tensor]
"""From the vectors that the layers read, (batch, time, features), to one output, (batch,)."""


@dataclass(frozen=True)
class Explained:
    """Which number is explained.

    Attributes:
        output: Its place among the network's outputs: a class gives its probability, anything else
            the value in the target's unit.
        step: The step whose prediction it is, where there is one at every step.
        series: The index of the example's series where each has its own scaler, (1,), else None.
    """

    output: int
    step: int = -1
    series: Integers | None = None


def attribute(
    network: Network, sequence: Floats, preprocessing: Preprocessing, explained: Explained
) -> Attribution:
    """Integrated gradients from zeros of the scaled inputs, with both checks.

    All is computed in double precision. The number of points is doubled until the attributions add
    up to the difference of the outputs within half a per cent.

    Args:
        network: A network of torch.nn on the CPU; it stays as it is.
        sequence: Scaled input without padding, (time, channels), or codes (time, 1), whose
            baseline is a vector of zeros.
        preprocessing: Of the model.
        explained: What is explained.
    """
    double = copy.deepcopy(network).double().eval().requires_grad_(requires_grad=False)
    found, inputs = _integrated(double, sequence, preprocessing, explained)
    output = _output_of(double, preprocessing, explained)
    patches = _patches(*found.values.shape)
    lost = _occluded(output, inputs, patches, _at_once(double, len(inputs)), found.output)
    sums = np.asarray(np.bincount(patches.ravel(), found.values.ravel()), dtype=np.float64)
    others = (
        _integrated(_shuffled(double, seed), sequence, preprocessing, explained, _FEWEST_POINTS)
        for seed in range(_SHUFFLES)
    )
    alike = [abs(correlation(found.values, other.values)) for other, _ in others]
    return replace(found, occlusion=correlation(sums, lost), shuffled=float(np.mean(alike)))


def _integrated(
    network: Network,
    sequence: Floats,
    preprocessing: Preprocessing,
    explained: Explained,
    most_points: int = _MOST_POINTS,
) -> tuple[Attribution, Tensor]:
    """The attribution without its checks, and what the layers read, (time, features)."""
    with torch.no_grad():
        read = torch.as_tensor(np.asarray(sequence), dtype=torch.float64)
        inputs = network.embedded(read)
    output, at_once = _output_of(network, preprocessing, explained), _at_once(network, len(inputs))
    values, at_input, at_zero, points = integrated_gradients(output, inputs, at_once, most_points)
    if network.embedding is not None:
        values = values.sum(axis=1, keepdims=True)
    return Attribution(values, at_input, at_zero, points), inputs


def integrated_gradients(
    output: Output, inputs: Tensor, at_once: int, most_points: int = _MOST_POINTS
) -> tuple[Doubles, float, float, int]:
    """Integrated gradients along the line from zeros, by Gauss and Legendre's rule in pieces.

    Args:
        output: What is explained.
        inputs: (time, features), in double precision.
        at_once: Points of the path in one batch.
        most_points: Where to stop doubling their number.

    Returns:
        The attributions (time, features), the output, that at zeros, and the number of points.
    """
    with torch.no_grad():
        at_input, at_zero = output(torch.stack([inputs, torch.zeros_like(inputs)])).tolist()
    points, difference = _FEWEST_POINTS, at_input - at_zero
    while True:
        mean = _mean_gradient(output, inputs, points, at_once)
        values: Doubles = (inputs * mean).numpy()
        off = abs(float(values.sum()) - difference)
        if off <= _ACCURATE * abs(difference) or points >= most_points:
            return values, at_input, at_zero, points
        points *= 2


def _mean_gradient(output: Output, inputs: Tensor, points: int, at_once: int) -> Tensor:
    places, shares = _rule(points)
    total = torch.zeros_like(inputs)
    for first in range(0, points, at_once):
        some = slice(first, first + at_once)
        path = (places[some, None, None] * inputs).requires_grad_()
        with torch.enable_grad():
            weighted = (shares[some] * output(path)).sum()
            (gradient,) = torch.autograd.grad(weighted, path)
        total += gradient.sum(dim=0)
    return total


def _rule(points: int) -> tuple[Tensor, Tensor]:
    """Places from 0 to 1 and their shares, each (points,): equal pieces with eight points each.

    Pieces converge where the gradient jumps, as with the maximum over time.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS_OF_A_PIECE)
    pieces = points // _POINTS_OF_A_PIECE
    places = (np.arange(pieces)[:, np.newaxis] + (nodes + 1) / 2) / pieces
    return torch.from_numpy(places.ravel()), torch.from_numpy(np.tile(weights / 2 / pieces, pieces))


def _output_of(network: Network, preprocessing: Preprocessing, explained: Explained) -> Output:
    scales = preprocessing.target_scales(explained.series)
    center, scale = 0.0, 1.0
    if scales is not None:
        center, scale = (float(np.ravel(part)[explained.output]) for part in scales)

    def output(vectors: Tensor) -> Tensor:
        raw = network.read_out(network.layers(vectors, None), None)
        raw = raw[:, explained.step] if preprocessing.per_step else raw
        if preprocessing.kind == "next-step":
            return raw[:, explained.output].sigmoid()
        if scales is None:
            return raw.softmax(dim=-1)[:, explained.output]
        return raw[:, explained.output] * scale + center

    return output


def _at_once(network: Network, steps: int) -> int:
    """As many sequences as keep what a backward pass holds below some hundred megabytes."""
    width = network.layers.config.output_size * network.layers.config.num_layers
    return max(1, _ACTIVATIONS_AT_ONCE // (steps * width))


def _patches(steps: int, channels: int) -> Integers:
    """The patch that each input belongs to, (time, channels): stretches of one channel."""
    stretch = -(-steps * channels // _MOST_PATCHES)
    blocks = -(-steps // min(stretch, steps))
    of_steps = np.arange(steps) // min(stretch, steps)
    return (of_steps[:, np.newaxis] + blocks * np.arange(channels)).astype(np.int64)


@torch.no_grad()
def _occluded(
    output: Output, inputs: Tensor, patches: Integers, at_once: int, full: float
) -> Doubles:
    """What the output loses by each patch, (patches,)."""
    of_inputs = torch.from_numpy(patches)
    lost = []
    count = int(patches.max()) + 1
    for first in range(0, count, at_once):
        some = torch.arange(first, min(first + at_once, count))
        kept = of_inputs != some[:, None, None]
        lost.append(full - output(inputs * kept).numpy())
    return np.concatenate(lost)


@torch.no_grad()
def _shuffled(network: Network, seed: int) -> Network:
    """The same network with the numbers of each weight array in another order."""
    other = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    for weights in other.parameters():
        order = torch.randperm(weights.numel(), generator=generator)
        weights.copy_(weights.flatten()[order].view_as(weights))
    return other

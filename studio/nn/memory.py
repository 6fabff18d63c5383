"""Bytes that a training step needs, measured on one full batch."""

import copy
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from studio.core.events import TrainingMemory
from studio.core.spec import TrainingSpec
from studio.nn.batches import Batch
from studio.nn.network import Network
from studio.nn.optimization import LossFunction, build_optimizer


def measure_memory(
    network: Network,
    batch: Batch,
    loss: LossFunction,
    training: TrainingSpec,
    autocast: AbstractContextManager[object] | None = None,
) -> TrainingMemory:
    """Runs one step on a copy of the network and counts what it holds.

    Activations are the unique storages of the tensors saved for the backward pass, weights left
    out: summing the saved tensors instead would count views of one storage twice. On CUDA the peak
    is counted from what was held before, so that no contender carries another's weights, and in a
    second step: in their first ever, the libraries take workspaces that they keep for all.
    """

    def measure() -> TrainingMemory:
        return _measure(network, batch, loss, training, autocast or nullcontext())

    if batch.inputs.device.type == "cuda":
        measure()
    return measure()


def _measure(
    network: Network,
    batch: Batch,
    loss: LossFunction,
    training: TrainingSpec,
    autocast: AbstractContextManager[object],
) -> TrainingMemory:
    device = batch.inputs.device
    held = 0
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        held = torch.cuda.memory_allocated(device)
    # .to() lays the copied weights out in one block again, as cuDNN wants them
    probe = copy.deepcopy(network).to(device).train()
    optimizer = build_optimizer(probe, training)
    own = {parameter.untyped_storage().data_ptr() for parameter in probe.parameters()}
    saved: dict[int, int] = {}

    def remember(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            saved[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(remember, lambda tensor: tensor), autocast:
        value = loss(probe(batch.inputs, batch.lengths), batch.targets)
    value.backward()
    gradients = sum(_bytes(p.grad) for p in probe.parameters() if p.grad is not None)
    optimizer.step()
    state = sum(
        _bytes(value)
        for values in optimizer.state.values()
        for value in values.values()
        if isinstance(value, Tensor)
    )
    weights = sum(_bytes(parameter) for parameter in probe.parameters())
    peak = torch.cuda.max_memory_allocated(device) - held if device.type == "cuda" else None
    return TrainingMemory(weights, gradients, state, sum(saved.values()), peak)


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()

"""Memory of a training step, measured on one full batch."""

import copy
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from studio.core.results.events import TrainingMemory
from studio.core.specs.comparison_spec import TrainingSpec
from studio.nn.batching.batches import Batch
from studio.nn.losses import LossFunction
from studio.nn.networks.network import Network
from studio.nn.training.optimization import build_optimizer


def measure_memory(
    network: Network,
    batch: Batch,
    loss: LossFunction,
    training: TrainingSpec,
    autocast: AbstractContextManager[object] | None = None,
) -> TrainingMemory:
    """Runs one step on a copy of the network and measures its memory.

    Activations are the unique storages of the tensors saved for the backward pass, without
    weights; the sum over saved tensors would count views of one storage twice. On CUDA the peak is
    measured above the memory allocated before, so that other contenders do not count, and in a
    second step: in the very first, libraries allocate workspaces that they keep for all.
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
    allocated = 0
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        allocated = torch.cuda.memory_allocated(device)
    # .to() puts the copied weights into one block again, as cuDNN needs them
    probe = copy.deepcopy(network).to(device).train()
    optimizer = build_optimizer(probe, training)
    weight_storages = {parameter.untyped_storage().data_ptr() for parameter in probe.parameters()}
    saved: dict[int, int] = {}

    def remember(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weight_storages:
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
    peak = torch.cuda.max_memory_allocated(device) - allocated if device.type == "cuda" else None
    return TrainingMemory(weights, gradients, state, sum(saved.values()), peak)


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()

"""A prepared task on its device."""

from functools import cached_property

import torch

from studio.core.arrays import Doubles
from studio.core.prepared.examples import PreparedTask
from studio.nn.batching.batches import DeviceExamples
from studio.nn.networks.output_bias import output_bias


class TaskTensors:
    """A prepared task as tensors on one device, shared by all runs on it."""

    def __init__(self, task: PreparedTask, device: torch.device) -> None:
        self.task = task
        self.device = device
        self.training = DeviceExamples(task.training, device)
        self.validation = DeviceExamples(task.validation, device) if len(task.validation) else None

    @cached_property
    def output_bias(self) -> Doubles:
        """The best constant output for the training loss, (outputs,)."""
        return output_bias(self.task)

    @property
    def watched(self) -> tuple[DeviceExamples, str]:
        """The part that is scored after every epoch: validation, or training without one."""
        if self.validation is not None:
            return self.validation, "validation"
        return self.training, "training"

"""A prepared task where it is trained on."""

import torch

from studio.core.examples import PreparedTask
from studio.nn.batches import DeviceExamples


class TaskTensors:
    """A prepared task as tensors on one device, shared by all runs on it."""

    def __init__(self, task: PreparedTask, device: torch.device) -> None:
        self.task = task
        self.device = device
        self.training = DeviceExamples(task.training, device)
        self.validation = DeviceExamples(task.validation, device) if len(task.validation) else None

    @property
    def watched(self) -> tuple[DeviceExamples, str]:
        """The part that is scored after every epoch: validation, or training without one."""
        if self.validation is not None:
            return self.validation, "validation"
        return self.training, "training"

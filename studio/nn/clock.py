"""The durations of training steps: the processor's clock, or CUDA events read at the end of a turn.

Timing a CUDA step with the processor's clock would time its launch only, and waiting for each
step would slow it.
"""

import time

import numpy as np
import torch

from studio.core.arrays import Floats


class StepClock:
    """Takes the durations of consecutive steps on one device."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._on_cuda = device.type == "cuda"
        self._started = 0.0
        self._seconds: list[float] = []
        self.pending = 0.0
        """Seconds of the steps since they were last taken, as far as they are known."""
        self._events: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []

    @property
    def reads_at_once(self) -> bool:
        """Whether durations are known as soon as a step ends; on CUDA they are not."""
        return not self._on_cuda

    def start(self) -> None:
        """A step begins."""
        if self._on_cuda:
            begin = torch.cuda.Event(enable_timing=True)
            begin.record()
            self._events.append((begin, torch.cuda.Event(enable_timing=True)))
        else:
            self._started = time.perf_counter()

    def stop(self) -> None:
        """The step ended, or on CUDA was launched."""
        if self._on_cuda:
            self._events[-1][1].record()
        else:
            self._seconds.append(time.perf_counter() - self._started)
            self.pending += self._seconds[-1]

    def take(self) -> Floats:
        """Seconds of the steps since the last call, (steps,); on CUDA waits for the device."""
        if self._on_cuda:
            torch.cuda.synchronize(self._device)
            self._seconds = [begin.elapsed_time(end) / 1e3 for begin, end in self._events]
            self._events.clear()
        taken = np.array(self._seconds, dtype=np.float32)
        self._seconds.clear()
        self.pending = 0.0
        return taken

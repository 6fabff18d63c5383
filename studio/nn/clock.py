"""The durations of training steps: the processor's clock, or CUDA events.

Timing a CUDA step with the processor's clock would time its launch only, and waiting for each
step would slow it. So events are read some steps later, when the device has long passed them.
"""

import time
from collections import deque

import numpy as np
import torch

from studio.core.arrays import Floats

_MOST_IN_FLIGHT = 16  # enough work for the device while this thread is held up


class StepClock:
    """Takes the durations of consecutive steps on one device.

    On CUDA it also keeps the device from falling further behind than a few steps: otherwise a
    thousand steps could be launched ahead, and a pause or an end would come only after them.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._on_cuda = device.type == "cuda"
        self._started = 0.0
        self._seconds: list[float] = []
        self.pending = 0.0
        """Seconds of the steps since they were last taken, as far as they are known."""
        self._in_flight: deque[tuple[torch.cuda.Event, torch.cuda.Event]] = deque()

    @property
    def reads_at_once(self) -> bool:
        """Whether durations are known as soon as a step ends; on CUDA they are not."""
        return not self._on_cuda

    def start(self) -> None:
        """A step begins."""
        if self._on_cuda:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            self._in_flight.append((begin, end))
        else:
            self._started = time.perf_counter()

    def stop(self) -> None:
        """The step ended, or on CUDA was launched."""
        if not self._on_cuda:
            self._note(time.perf_counter() - self._started)
            return
        self._in_flight[-1][1].record()
        if len(self._in_flight) > _MOST_IN_FLIGHT:
            self._read_oldest()

    def take(self) -> Floats:
        """Seconds of the steps since the last call, (steps,); on CUDA waits for the device."""
        while self._in_flight:
            self._read_oldest()
        taken = np.array(self._seconds, dtype=np.float32)
        self._seconds.clear()
        self.pending = 0.0
        return taken

    def _read_oldest(self) -> None:
        begin, end = self._in_flight.popleft()
        end.synchronize()
        self._note(begin.elapsed_time(end) / 1e3)

    def _note(self, seconds: float) -> None:
        self._seconds.append(seconds)
        self.pending += seconds

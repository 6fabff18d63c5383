"""Durations of training steps, by the CPU clock or CUDA events.

On CUDA, the CPU clock would time only the launch of a step, and waiting for each step would slow
training. Events are therefore read some steps later, when the device has passed them.
"""

import time
from collections import deque

import numpy as np
import torch

from studio.core.arrays import Floats

_MOST_IN_FLIGHT = 16  # enough work for the device if this thread is delayed


class StepClock:
    """Measures the durations of consecutive steps on one device.

    On CUDA it also limits how many steps are in flight: otherwise a thousand steps could be
    launched in advance, and a pause or stop would take effect only after them.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._on_cuda = device.type == "cuda"
        self._started = 0.0
        self._seconds: list[float] = []
        self.pending = 0.0
        """Known seconds of the steps since the last call of take."""
        self._in_flight: deque[tuple[torch.cuda.Event, torch.cuda.Event]] = deque()

    @property
    def reads_at_once(self) -> bool:
        """Whether durations are known when a step ends; on CUDA they are not."""
        return not self._on_cuda

    def start(self) -> None:
        """Starts a step."""
        if self._on_cuda:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            self._in_flight.append((begin, end))
        else:
            self._started = time.perf_counter()

    def stop(self) -> None:
        """Ends a step, or on CUDA its launch."""
        if not self._on_cuda:
            self._record(time.perf_counter() - self._started)
            return
        self._in_flight[-1][1].record()
        if len(self._in_flight) > _MOST_IN_FLIGHT:
            self._read_oldest()

    def take(self) -> Floats:
        """Seconds of the steps since the last call, (steps,); on CUDA waits for the device."""
        while self._in_flight:
            self._read_oldest()
        seconds = np.array(self._seconds, dtype=np.float32)
        self._seconds.clear()
        self.pending = 0.0
        return seconds

    def _read_oldest(self) -> None:
        begin, end = self._in_flight.popleft()
        end.synchronize()
        self._record(begin.elapsed_time(end) / 1e3)

    def _record(self, seconds: float) -> None:
        self._seconds.append(seconds)
        self.pending += seconds

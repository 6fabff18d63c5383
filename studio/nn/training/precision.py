"""Precision and determinism on CUDA, set for the work of a run and restored afterwards."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple, Self

import torch
from torch.amp import GradScaler, autocast

from studio.core.specs.comparison_spec import MachineSpec

# cuBLAS reads this only when it is first used
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

_HALVES = {"bf16": torch.bfloat16, "fp16": torch.float16}


_ALLOW, _REFUSE = 0, 2  # torch's modes for operations without a deterministic algorithm


class _Settings(NamedTuple):
    """Whether cuBLAS and cuDNN may use TF32 (torch's default differs), and determinism."""

    cublas: bool
    cudnn: bool
    mode: int

    @classmethod
    def read(cls) -> Self:
        return cls(
            torch.backends.cuda.matmul.allow_tf32,
            torch.backends.cudnn.allow_tf32,
            torch.get_deterministic_debug_mode(),
        )

    def write(self) -> None:
        torch.backends.cuda.matmul.allow_tf32 = self.cublas
        torch.backends.cudnn.allow_tf32 = self.cudnn
        torch.set_deterministic_debug_mode(self.mode)


class PrecisionSettings:
    """Precision and determinism of a run on its device; without effect on the CPU."""

    def __init__(self, machine: MachineSpec, device: torch.device) -> None:
        self._machine = machine
        self._on_cuda = device.type == "cuda"

    @contextmanager
    def settings(self) -> Iterator[None]:
        """Applies the run's settings, and restores the caller's afterwards."""
        if not self._on_cuda:
            yield
            return
        before = _Settings.read()
        tf32 = self._machine.precision == "tf32"
        _Settings(tf32, tf32, _REFUSE if self._machine.deterministic else _ALLOW).write()
        try:
            yield
        finally:
            before.write()

    def autocast(self) -> AbstractContextManager[object]:
        """A context in which forward passes use the requested 16-bit format.

        Each weight is used once per pass, so that caching its 16-bit copy would gain nothing.
        """
        half = _HALVES.get(self._machine.precision)
        if half is None or not self._on_cuda:
            return nullcontext()
        return autocast("cuda", dtype=half, cache_enabled=False)

    def scaler(self) -> GradScaler | None:
        """For fp16: prevents underflow of gradients, and skips steps whose gradients overflow."""
        return GradScaler("cuda") if self._on_cuda and self._machine.precision == "fp16" else None

    @property
    def words(self) -> str:
        """For the note on times; "" on the CPU."""
        if not self._on_cuda:
            return ""
        return self._machine.precision + (", deterministic" if self._machine.deterministic else "")
